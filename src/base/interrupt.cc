#include "base/interrupt.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "base/hold_interrupts.h"

namespace culprit {

namespace {

struct Item {
  std::filesystem::path path;
  std::string instead;
};

// Never destroyed: the thread that waits for a signal outlives everything.
struct Registry {
  std::recursive_mutex mutex;
  std::map<unsigned long, Item> items;
  unsigned long next_id = 1;
  bool watching = false;
};
Registry& registry() {
  static auto* const one = new Registry;
  return *one;
}

int signal_pipe[2] = {-1, -1};

// All that a handler may do; the rest is done by a thread.
void pass_on(int) {
  const int error_before = errno;
  [[maybe_unused]] const auto n = ::write(signal_pipe[1], "x", 1);
  errno = error_before;
}

void say(const std::string& text) { std::fputs((text + "\n").c_str(), stderr); }

// Writers are still at work: what they put back is taken away again, until it stays away. They fail soon, and
// then wait for the lock that is held here, or for the end.
void remove_surely(const std::filesystem::path& path) {
  constexpr int kAttempts = 600;
  constexpr int kAbsentEnough = 60;  // a quarter of a second: long enough for a busy machine
  constexpr auto kPause = std::chrono::milliseconds(4);
  std::error_code ec;
  int absent = 0;
  for (int i = 0; i < kAttempts && absent < kAbsentEnough; ++i) {
    std::filesystem::remove_all(path, ec);
    absent = std::filesystem::exists(path, ec) ? 0 : absent + 1;
    std::this_thread::sleep_for(kPause);
  }
  if (absent == 0)
    say("culprit: cannot remove " + path.string() + "; it may go: rm -r '" + path.string() + "'");
}

void wait_for_signal() {
  char byte = 0;
  while (::read(signal_pipe[0], &byte, 1) < 0 && errno == EINTR) {
  }
  Registry& r = registry();
  const std::lock_guard lock(r.mutex);
  if (::isatty(STDERR_FILENO) != 0) say("");  // behind a progress bar
  say("culprit: interrupted");
  for (const auto& [id, item] : r.items) {
    if (item.instead.empty())
      remove_surely(item.path);
    else
      say("culprit: " + item.instead);
  }
  std::fflush(stderr);
  ::_exit(kInterruptedExitCode);
}

bool has_default(int signal) {
  struct sigaction now {};
  return ::sigaction(signal, nullptr, &now) == 0 && (now.sa_flags & SA_SIGINFO) == 0 &&
         now.sa_handler == SIG_DFL;
}

void watch(Registry& r) {
  if (r.watching) return;
  r.watching = true;
  if (::pipe2(signal_pipe, O_CLOEXEC) != 0) return;  // then a signal ends the process, as without us
  std::thread(wait_for_signal).detach();
  struct sigaction action {};
  action.sa_handler = pass_on;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM})
    if (has_default(signal)) ::sigaction(signal, &action, nullptr);
}

}  // namespace

HoldInterrupts::HoldInterrupts() : lock_(registry().mutex) { watch(registry()); }

RemovedOnInterrupt::RemovedOnInterrupt(std::filesystem::path path, std::string instead) {
  std::error_code ec;
  const auto whole = std::filesystem::absolute(path, ec);  // the working directory may change
  Registry& r = registry();
  const std::lock_guard lock(r.mutex);
  watch(r);
  id_ = r.next_id++;
  r.items.emplace(id_, Item{ec ? std::move(path) : whole, std::move(instead)});
}

RemovedOnInterrupt::RemovedOnInterrupt(RemovedOnInterrupt&& other) noexcept
    : id_(std::exchange(other.id_, 0)) {}

RemovedOnInterrupt& RemovedOnInterrupt::operator=(RemovedOnInterrupt&& other) noexcept {
  std::swap(id_, other.id_);
  return *this;
}

RemovedOnInterrupt::~RemovedOnInterrupt() {
  if (id_ == 0) return;
  Registry& r = registry();
  const std::lock_guard lock(r.mutex);
  r.items.erase(id_);
}

}  // namespace culprit
