// Progress on stderr: a bar with ETA on a terminal, nothing otherwise.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/time.h"

namespace culprit {

enum class ProgressUnit { kCount, kBytes };

// Thread-safe. Total 0 = unknown.
class Progress {
 public:
  virtual ~Progress() = default;
  // Begins a new bar; ends the one before.
  virtual void start(std::string label, std::uint64_t total, ProgressUnit unit = ProgressUnit::kCount) = 0;
  virtual void advance(std::uint64_t amount) = 0;
  virtual void note(std::string_view line) = 0;  // a line above the bar (also when no bar is drawn)
  virtual void finish() = 0;
};

// On stderr: bar and notes on a terminal (unless TERM is "dumb" or unset), notes alone elsewhere, nothing
// when quiet. The bar is drawn at most ten times a second.
std::unique_ptr<Progress> make_progress(bool quiet);
std::unique_ptr<Progress> make_silent_progress();

// The state of one bar, and the line that shows it: "Reading logs  42 %  84.0 MB of 200.0 MB  61.2 MB/s  2 s
// left". Never longer than `columns`.
struct ProgressState {
  std::string label;
  std::uint64_t done = 0;
  std::uint64_t total = 0;
  ProgressUnit unit = ProgressUnit::kCount;
  Duration elapsed{0};
};
std::string progress_line(const ProgressState& state, std::size_t columns);

// A bar that writes to `write` and reads the time (since any fixed moment) from `clock`.
std::unique_ptr<Progress> make_progress_bar(std::function<void(std::string_view)> write,
                                            std::function<Duration()> clock,
                                            std::function<std::size_t()> columns);

}  // namespace culprit
