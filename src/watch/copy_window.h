// Evidence of a stretch of time, from one store into another.
#pragma once

#include <functional>

#include "store/store.h"

namespace culprit {

struct CopyOptions {
  Window window;                                         // of events, datapoints and states
  std::function<bool(const LogEventView&)> keep_event;   // unset = every one
  std::function<bool(const ResourceState&)> keep_state;  // unset = every one
  bool events = true, gaps = true, journal = true;
};

// Events and series of the window; states, gaps and journal; no notes.
Result<void> copy_window(const Store& from, StoreWriter& to, const CopyOptions& options);

}  // namespace culprit
