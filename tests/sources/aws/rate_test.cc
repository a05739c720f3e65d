#include "sources/aws/rate.h"

#include <gtest/gtest.h>

#include "fake_aws.h"

namespace culprit::aws {
namespace {

TEST(RateLimiter, KeepsItsRate) {
  FakeClock clock{Time{}};
  RateLimiter limiter(5);
  for (int i = 0; i < 11; ++i) limiter.acquire(clock);
  EXPECT_EQ(clock.slept(), std::chrono::seconds{2});
}

TEST(RateLimiter, SlowsDownWhenThrottledAndRecovers) {
  RateLimiter limiter(10);
  for (int i = 0; i < 100; ++i) limiter.on_throttled();
  EXPECT_DOUBLE_EQ(limiter.rate(), 0.5);
  for (int i = 0; i < 100; ++i) limiter.on_success();
  EXPECT_DOUBLE_EQ(limiter.rate(), 10);
}

TEST(Backoff, StaysWithinItsBounds) {
  for (int attempt = 1; attempt < 40; ++attempt)
    for (int i = 0; i < 50; ++i) {
      const auto wait = backoff(attempt);
      EXPECT_GE(wait.count(), 0);
      EXPECT_LE(wait.count(), std::min(20'000, attempt < 12 ? 100 << attempt : 20'000));
    }
}

TEST(Quota, FilterLogEventsIsAskedFiveTimesASecond) {
  EXPECT_EQ(quota_per_second("FilterLogEvents"), 5);
  EXPECT_EQ(quota_per_second("GetMetricData"), 50);
}

}  // namespace
}  // namespace culprit::aws
