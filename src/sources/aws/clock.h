// The clock that signing, retries and rates go by; tests give a false one.
#pragma once

#include "base/time.h"

namespace culprit::aws {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
  virtual void sleep(Duration duration) = 0;
};

Clock& system_clock();

}  // namespace culprit::aws
