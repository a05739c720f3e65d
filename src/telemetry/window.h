// A stretch of time under analysis.
#pragma once

#include "base/time.h"

namespace culprit {

// [start, end): start inclusive, end exclusive, as CloudWatch's StartTime and EndTime.
struct Window {
  Time start;
  Time end;

  bool contains(Time t) const { return start <= t && t < end; }
  Duration length() const { return end - start; }
  bool operator==(const Window&) const = default;
};

}  // namespace culprit
