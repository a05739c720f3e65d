// Evidence of a stretch of time, from one store into another.
#pragma once

#include <functional>

#include "store/store.h"

namespace culprit {

struct CopyOptions {
  Window window;                                         // of events, datapoints and states
  std::function<bool(const LogEventView&)> keep_event;   // unset = every one
  std::function<bool(const ResourceState&)> keep_state;  // unset = every one
  bool events = true;
};

// Events, series, states and gaps; neither journal nor notes. States are taken up to the window's end.
Result<void> copy_window(const Store& from, StoreWriter& to, const CopyOptions& options);

}  // namespace culprit
