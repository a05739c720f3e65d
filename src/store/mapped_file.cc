#include "store/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <mutex>

#include "base/file.h"
#include "store/file_handle.h"

namespace culprit {

// A mapped range that the signal handler can look up: in a list that only grows, and whose nodes are used
// again, so that the handler needs no lock.
struct MappedFile::Guard {
  std::atomic<std::uintptr_t> begin{0};
  std::atomic<std::uintptr_t> end{0};  // 0: not in use
  std::atomic<bool> lost{false};
  Guard* next = nullptr;
  Guard* next_free = nullptr;
};

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

std::atomic<void*> guards{nullptr};  // the first Guard
std::mutex guards_mutex;
void* free_guards = nullptr;
struct sigaction handler_before {};
std::once_flag handler_set;

}  // namespace

void MappedFile::handle_signal(int signal, siginfo_t* info, void* context) {
  const auto at = reinterpret_cast<std::uintptr_t>(info->si_addr);
  for (auto* g = static_cast<Guard*>(guards.load()); g != nullptr; g = g->next) {
    if (at < g->begin || at >= g->end) continue;
    const int error_before = errno;
    const auto page_bytes = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    auto* const page = reinterpret_cast<void*>(at / page_bytes * page_bytes);
    g->lost = true;
    const void* const zeros =
        ::mmap(page, page_bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    errno = error_before;
    if (zeros != MAP_FAILED) return;
    break;
  }
  if ((handler_before.sa_flags & SA_SIGINFO) != 0 && handler_before.sa_sigaction != nullptr)
    return handler_before.sa_sigaction(signal, info, context);
  ::signal(signal, SIG_DFL);  // the access is made again, and ends the process as it would have
}

MappedFile::Guard* MappedFile::guard_range(std::string_view bytes) {
  std::call_once(handler_set, [] {
    struct sigaction action {};
    action.sa_sigaction = handle_signal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    ::sigaction(SIGBUS, &action, &handler_before);
  });
  const std::lock_guard lock(guards_mutex);
  auto* guard = static_cast<Guard*>(free_guards);
  const bool is_new = guard == nullptr;
  if (is_new)
    guard = new Guard;  // never freed: the handler may be looking at it
  else
    free_guards = guard->next_free;
  guard->lost = false;
  guard->begin = reinterpret_cast<std::uintptr_t>(bytes.data());
  guard->end = reinterpret_cast<std::uintptr_t>(bytes.data() + bytes.size());
  if (is_new) {
    guard->next = static_cast<Guard*>(guards.load());
    guards = guard;
  }
  return guard;
}

Result<std::shared_ptr<const MappedFile>> MappedFile::open(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd < 0) return tl::unexpected(storage_error("cannot open", path, errno));
  struct stat info {};
  if (::fstat(file.fd, &info) != 0) return tl::unexpected(storage_error("cannot read the size", path, errno));
  const auto size = static_cast<std::size_t>(info.st_size);
  if (auto read = allowed_to_read(path, size); !read) return tl::unexpected(read.error());
  // make_shared cannot reach the constructor, and the deleter is the class's own.
  if (size == 0) return std::shared_ptr<const MappedFile>(new MappedFile({}, nullptr));
  void* const at = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.fd, 0);
  if (at == MAP_FAILED) return tl::unexpected(storage_error("cannot map", path, errno));
  const std::string_view bytes(static_cast<const char*>(at), size);
  return std::shared_ptr<const MappedFile>(new MappedFile(bytes, guard_range(bytes)));
}

bool MappedFile::lost() const { return guard_ != nullptr && guard_->lost; }

MappedFile::~MappedFile() {
  if (guard_ == nullptr) return;
  const std::lock_guard lock(guards_mutex);
  guard_->end = 0;
  guard_->next_free = static_cast<Guard*>(free_guards);
  free_guards = guard_;
  ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

}  // namespace culprit
