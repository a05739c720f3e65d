// What must not be left behind when the user interrupts: temporary folders and half-written files.
#pragma once

#include <filesystem>
#include <string>

namespace culprit {

// While it lives, SIGINT and SIGTERM (unless something else handles or ignores them) take the path away, say
// so on stderr and end the process with exit code 130; a second signal ends it at once. Does nothing to the
// path when it is destroyed. Any thread.
class RemovedOnInterrupt {
 public:
  RemovedOnInterrupt() = default;
  // With `instead`, the path is kept, and these words are said.
  explicit RemovedOnInterrupt(std::filesystem::path path, std::string instead = "");
  RemovedOnInterrupt(RemovedOnInterrupt&& other) noexcept;
  RemovedOnInterrupt& operator=(RemovedOnInterrupt&& other) noexcept;
  ~RemovedOnInterrupt();

 private:
  unsigned long id_ = 0;
};

constexpr int kInterruptedExitCode = 130;

}  // namespace culprit
