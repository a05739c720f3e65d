// The FORMAT file of a store directory: "culprit-store 2\n".
#pragma once

#include <filesystem>

#include "base/error.h"

namespace culprit {

constexpr std::string_view kFormatName = "FORMAT";
constexpr int kFormatVersion = 2;
constexpr std::string_view kFormatText = "culprit-store 2\n";
constexpr std::string_view kCatalogueName = "catalogue.sqlite";

// kNotFound when there is no such directory or it is no store, kDamaged when its version is another.
Result<void> check_format(const std::filesystem::path& store);

}  // namespace culprit
