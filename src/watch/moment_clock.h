// Where a watch gets its time from.
#pragma once

#include <filesystem>
#include <memory>

#include "watch/watch_state.h"

namespace culprit {

// Thread-safe.
class MomentClock {
 public:
  virtual ~MomentClock() = default;
  virtual Moment now() const = 0;
  // How long to sleep, really, for so much of this clock's time.
  virtual Duration really(Duration of_this_clock) const { return of_this_clock; }
};

// The wall clock, and the machine's own that counts on while it is suspended.
std::unique_ptr<MomentClock> machine_clock();

// A drill's: begins at `start` when `file` is first made, runs `speed` times as fast, and goes on from there
// after a restart.
Result<std::unique_ptr<MomentClock>> drill_clock(const std::filesystem::path& file, Time start, double speed);

}  // namespace culprit
