#include "store/file_handle.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

#include "base/file.h"

namespace culprit {

namespace {

std::atomic<FileFaults*> file_faults{nullptr};

int fault_before(FileFaults::Operation operation, const std::filesystem::path& path, std::uint64_t offset,
                 std::size_t& count) {
  FileFaults* const faults = file_faults.load();
  return faults == nullptr ? 0 : faults->before(operation, path, offset, count);
}

}  // namespace

void set_file_faults(FileFaults* faults) { file_faults = faults; }

FileHandle::FileHandle(FileHandle&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}

FileHandle& FileHandle::operator=(FileHandle&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(path_, other.path_);
  return *this;
}

FileHandle::~FileHandle() {
  if (fd_ >= 0) ::close(fd_);
}

Result<FileHandle> FileHandle::open(const std::filesystem::path& path, int flags, std::string_view verb) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0644);
  if (fd < 0) return tl::unexpected(storage_error(fmt::format("cannot {}", verb), path, errno));
  return FileHandle(fd, path);
}

Result<FileHandle> FileHandle::open_to_read(const std::filesystem::path& path) {
  return open(path, O_RDONLY, "open");
}

Result<FileHandle> FileHandle::open_to_write(const std::filesystem::path& path) {
  return open(path, O_RDWR, "open for writing");
}

Result<FileHandle> FileHandle::create(const std::filesystem::path& path) {
  return open(path, O_RDWR | O_CREAT | O_EXCL, "create");
}

Result<std::uint64_t> FileHandle::size() const {
  struct stat info {};
  if (::fstat(fd_, &info) != 0) return tl::unexpected(storage_error("cannot read the size", path_, errno));
  return static_cast<std::uint64_t>(info.st_size);
}

Result<void> FileHandle::write_at(std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    std::size_t count = bytes.size();
    const int fault = fault_before(FileFaults::Operation::kWrite, path_, offset, count);
    const ssize_t n = ::pwrite(fd_, bytes.data(), count, static_cast<off_t>(offset));
    if (fault != 0) return tl::unexpected(storage_error("cannot write", path_, fault));
    if (n < 0) {
      if (errno == EINTR) continue;
      return tl::unexpected(storage_error("cannot write", path_, errno));
    }
    bytes.remove_prefix(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
  return {};
}

Result<std::size_t> FileHandle::read_some_at(std::uint64_t offset, char* to, std::size_t count) const {
  std::size_t done = 0;
  while (done < count) {
    std::size_t wanted = count - done;
    if (const int fault = fault_before(FileFaults::Operation::kRead, path_, offset + done, wanted);
        fault != 0)
      return tl::unexpected(storage_error("cannot read", path_, fault));
    const ssize_t n = ::pread(fd_, to + done, wanted, static_cast<off_t>(offset + done));
    if (n < 0) {
      if (errno == EINTR) continue;
      return tl::unexpected(storage_error("cannot read", path_, errno));
    }
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  return done;
}

Result<void> FileHandle::read_at(std::uint64_t offset, char* to, std::size_t count) const {
  auto done = read_some_at(offset, to, count);
  if (!done) return tl::unexpected(done.error());
  if (*done == count) return {};
  return fail(ErrorCode::kDamaged,
              fmt::format("the file ends at byte {}, but {} bytes were expected at offset {}", offset + *done,
                          count, offset),
              path_.string());
}

Result<void> FileHandle::truncate(std::uint64_t size) {
  if (::ftruncate(fd_, static_cast<off_t>(size)) != 0)
    return tl::unexpected(storage_error("cannot truncate", path_, errno));
  return {};
}

Result<void> FileHandle::sync() {
  std::size_t nothing = 0;
  if (const int fault = fault_before(FileFaults::Operation::kSync, path_, 0, nothing); fault != 0)
    return tl::unexpected(storage_error("cannot sync", path_, fault));
  if (::fsync(fd_) != 0) return tl::unexpected(storage_error("cannot sync", path_, errno));
  return {};
}

Result<bool> FileHandle::try_lock_exclusive() {
  if (::flock(fd_, LOCK_EX | LOCK_NB) == 0) return true;
  if (errno == EWOULDBLOCK) return false;
  return tl::unexpected(storage_error("cannot lock", path_, errno));
}

Result<void> allowed_to_read(const std::filesystem::path& path, std::size_t bytes) {
  const int fault = fault_before(FileFaults::Operation::kRead, path, 0, bytes);
  if (fault != 0) return tl::unexpected(storage_error("cannot read", path, fault));
  return {};
}

Result<std::string> read_whole(const std::filesystem::path& path) {
  const auto file = FileHandle::open_to_read(path);
  if (!file) return tl::unexpected(file.error());
  const auto size = file->size();
  if (!size) return tl::unexpected(size.error());
  std::string out(*size, '\0');
  const auto done = file->read_some_at(0, out.data(), out.size());
  if (!done) return tl::unexpected(done.error());
  out.resize(*done);
  return out;
}

Result<void> sync_directory(const std::filesystem::path& directory) {
  const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return tl::unexpected(storage_error("cannot open", directory, errno));
  const int code = ::fsync(fd);
  const int error_number = errno;
  ::close(fd);
  if (code != 0) return tl::unexpected(storage_error("cannot sync", directory, error_number));
  return {};
}

}  // namespace culprit
