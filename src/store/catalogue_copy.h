// A catalogue rewritten in a fixed order, so that the same rows give the same bytes.
#pragma once

#include <filesystem>

#include "base/error.h"

namespace culprit {

// Copies what is committed at one moment; `to` must not exist. Free pages, the order in which series and
// states came, and traces of deleted rows do not go along.
Result<void> copy_catalogue(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace culprit
