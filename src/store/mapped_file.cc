#include "store/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/file.h"

namespace culprit {

namespace {

struct Descriptor {
  explicit Descriptor(int fd_) : fd(fd_) {}
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int fd;
};

}  // namespace

Result<std::shared_ptr<const MappedFile>> MappedFile::open(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd < 0) return tl::unexpected(storage_error("cannot open", path, errno));
  struct stat info {};
  if (::fstat(file.fd, &info) != 0) return tl::unexpected(storage_error("cannot read the size", path, errno));
  const auto size = static_cast<std::size_t>(info.st_size);
  // make_shared cannot reach the constructor, and the deleter is the class's own.
  if (size == 0) return std::shared_ptr<const MappedFile>(new MappedFile({}));
  void* const at = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.fd, 0);
  if (at == MAP_FAILED) return tl::unexpected(storage_error("cannot map", path, errno));
  return std::shared_ptr<const MappedFile>(new MappedFile({static_cast<const char*>(at), size}));
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

}  // namespace culprit
