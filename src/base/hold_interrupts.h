// For making something and registering it with RemovedOnInterrupt, without an interrupt in between.
#pragma once

#include <mutex>

namespace culprit {

// While it lives, an interrupt waits (a second one does not). For steps that are short. May be nested.
class HoldInterrupts {
 public:
  HoldInterrupts();

 private:
  std::unique_lock<std::recursive_mutex> lock_;
};

}  // namespace culprit
