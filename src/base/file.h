// Files: whole reads, atomic writes, temporary directories, and readers that see through .gz and .zst.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/interrupt.h"

namespace culprit {

Result<std::string> read_file(const std::filesystem::path& path);

// Temporary file beside it, fsync, rename, fsync of the directory: the final name never holds half a file.
Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

// errno -> Error: kNotFound, kStorage (with a hint for ENOSPC, EACCES).
Error storage_error(std::string what, const std::filesystem::path& path, int error_number);

// A directory that is removed with the object.
class TemporaryDirectory {
 public:
  static Result<TemporaryDirectory> create(std::string_view prefix = "culprit");
  TemporaryDirectory(TemporaryDirectory&& other) noexcept;
  TemporaryDirectory& operator=(TemporaryDirectory&& other) noexcept;
  ~TemporaryDirectory();
  const std::filesystem::path& path() const { return path_; }

 private:
  explicit TemporaryDirectory(std::filesystem::path path) : path_(std::move(path)), guard_(path_) {}
  std::filesystem::path path_;
  RemovedOnInterrupt guard_;
};

// Reads plain, gzip and zstd files (told apart by their first bytes) block by block.
class BlockReader {
 public:
  virtual ~BlockReader() = default;
  // The next block; empty at the end. kInput when compressed data are damaged (says after how many bytes).
  virtual Result<std::string_view> next() = 0;
  // The same into the caller's memory: up to `room` bytes, 0 at the end. Use one of the two, not both.
  virtual Result<std::size_t> read(char* to, std::size_t room);

 private:
  std::string_view rest_;  // of the last block, for read()
};
Result<std::unique_ptr<BlockReader>> open_blocks(const std::filesystem::path& path);

// zstd frames for segments. decompress refuses to grow beyond max_bytes (kDamaged).
std::string zstd_compress(std::string_view bytes, int level);
Result<std::string> zstd_decompress(std::string_view frame, std::size_t max_bytes);

}  // namespace culprit
