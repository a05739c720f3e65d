#include "sources/aws/clock.h"

#include <thread>

namespace culprit::aws {

namespace {
class SystemClock : public Clock {
 public:
  Time now() const override { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); }
  void sleep(Duration duration) override { std::this_thread::sleep_for(duration); }
};
}  // namespace

Clock& system_clock() {
  static SystemClock clock;
  return clock;
}

}  // namespace culprit::aws
