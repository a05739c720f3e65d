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

// Whether the directory is what create_store() leaves when it is killed: parts of a store and nothing else,
// no FORMAT, no event. create_store() starts anew in it.
bool is_unfinished_store(const std::filesystem::path& directory);

}  // namespace culprit
