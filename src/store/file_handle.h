// An open file whose every failure names it. Moves, closes itself, never half-writes silently.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"

namespace culprit {

// What a test makes of the disk: asked before each operation on an open file. In the program there is none.
class FileFaults {
 public:
  enum class Operation { kWrite, kRead, kSync };
  virtual ~FileFaults() = default;
  // An errno to fail with, or 0. A write or read may be cut to fewer bytes; then it fails all the same when
  // the errno is not 0, with the first `count` bytes done.
  virtual int before(Operation operation, const std::filesystem::path& path, std::uint64_t offset,
                     std::size_t& count) = 0;
};
// Until told otherwise, for the whole process; nullptr for none.
void set_file_faults(FileFaults* faults);

class FileHandle {
 public:
  FileHandle() = default;
  FileHandle(FileHandle&& other) noexcept;
  FileHandle& operator=(FileHandle&& other) noexcept;
  ~FileHandle();

  static Result<FileHandle> open_to_read(const std::filesystem::path& path);
  static Result<FileHandle> open_to_write(const std::filesystem::path& path);  // kept, positioned by offset
  static Result<FileHandle> create(const std::filesystem::path& path);         // kUsage when it exists

  bool is_open() const { return fd_ >= 0; }
  const std::filesystem::path& path() const { return path_; }

  Result<std::uint64_t> size() const;
  Result<void> write_at(std::uint64_t offset, std::string_view bytes);
  // Exactly `count` bytes; kDamaged when the file ends before.
  Result<void> read_at(std::uint64_t offset, char* to, std::size_t count) const;
  // Up to `count` bytes; fewer only at the end of the file.
  Result<std::size_t> read_some_at(std::uint64_t offset, char* to, std::size_t count) const;
  Result<void> truncate(std::uint64_t size);
  Result<void> sync();
  // False when another process holds the lock. Released when the handle closes.
  Result<bool> try_lock_exclusive();

 private:
  FileHandle(int fd, std::filesystem::path path) : fd_(fd), path_(std::move(path)) {}
  static Result<FileHandle> open(const std::filesystem::path& path, int flags, std::string_view verb);

  int fd_ = -1;
  std::filesystem::path path_;
};

// For what is read in another way than by a FileHandle: kStorage when a test has the disk fail.
Result<void> allowed_to_read(const std::filesystem::path& path, std::size_t bytes);

// The whole file.
Result<std::string> read_whole(const std::filesystem::path& path);

// Makes names created in or removed from the directory durable.
Result<void> sync_directory(const std::filesystem::path& directory);

}  // namespace culprit
