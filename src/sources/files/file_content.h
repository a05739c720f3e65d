// The bytes of one file, unpacked, with a look ahead.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/file.h"

namespace culprit {

// Opens a file (plain, .gz, .zst), holds its first bytes for recognition, and then gives all of them block by
// block. Damage in the middle ends the content; what stands before it is given all the same.
class FileContent {
 public:
  static constexpr std::size_t kSampleBytes = 64 * 1024;

  static Result<FileContent> open(const std::filesystem::path& path);

  // The first bytes (all of them when the file is small).
  std::string_view sample() const { return sample_; }
  // The next block, beginning with the sample; empty at the end or where the damage is.
  std::string_view next();
  // What ended the content early.
  const std::optional<Error>& damage() const { return damage_; }
  std::uint64_t bytes_given() const { return bytes_given_; }

 private:
  explicit FileContent(std::unique_ptr<BlockReader> reader) : reader_(std::move(reader)) {}
  std::string_view read();

  std::unique_ptr<BlockReader> reader_;
  std::string sample_;
  bool sample_given_ = false;
  std::optional<Error> damage_;
  std::uint64_t bytes_given_ = 0;
};

}  // namespace culprit
