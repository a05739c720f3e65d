// Progress on stderr: a bar with ETA on a terminal, nothing otherwise.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace culprit {

// Thread-safe. Total 0 = unknown.
class Progress {
 public:
  virtual ~Progress() = default;
  virtual void start(std::string label, std::uint64_t total) = 0;  // begins a new bar; ends the one before
  virtual void advance(std::uint64_t amount) = 0;
  virtual void note(std::string_view line) = 0;  // a line above the bar (also when no bar is drawn)
  virtual void finish() = 0;
};

std::unique_ptr<Progress> make_progress(bool quiet);  // looks at stderr, TERM, NO_COLOR
std::unique_ptr<Progress> make_silent_progress();

}  // namespace culprit
