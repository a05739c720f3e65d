#include "sources/aws/rate.h"

#include <algorithm>
#include <array>
#include <random>

namespace culprit::aws {

namespace {

struct Quota {
  std::string_view operation;
  double per_second;
};
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html and
// …/logs/cloudwatch_limits_cwl.html
constexpr std::array<Quota, 5> kQuotas{{{"GetMetricData", 50},
                                        {"ListMetrics", 25},
                                        {"DescribeAlarms", 9},
                                        {"FilterLogEvents", 5},
                                        {"DescribeLogGroups", 5}}};
constexpr double kOtherQuota = 10;
constexpr double kLeast = 0.5;

}  // namespace

double quota_per_second(std::string_view operation) {
  const auto it = std::ranges::find(kQuotas, operation, &Quota::operation);
  return it == kQuotas.end() ? kOtherQuota : it->per_second;
}

Duration RateLimiter::reserve(Time now) {
  const std::lock_guard lock(mutex_);
  next_ = std::max(next_, now);
  const Duration wait = next_ - now;
  next_ += Duration{static_cast<std::int64_t>(1000.0 / rate_)};
  return wait;
}

void RateLimiter::acquire(Clock& clock) {
  const Duration wait = reserve(clock.now());
  if (wait.count() > 0) clock.sleep(wait);
}

void RateLimiter::on_throttled() {
  const std::lock_guard lock(mutex_);
  rate_ = std::max(kLeast, rate_ * 0.7);
}

void RateLimiter::on_success() {
  const std::lock_guard lock(mutex_);
  rate_ = std::min(most_, rate_ + most_ * 0.02);
}

double RateLimiter::rate() const {
  const std::lock_guard lock(mutex_);
  return rate_;
}

Duration backoff(int attempt) {
  thread_local std::minstd_rand random{std::random_device{}()};
  const double most_ms = std::min(20'000.0, 100.0 * static_cast<double>(1 << std::clamp(attempt, 0, 12)));
  return Duration{static_cast<std::int64_t>(std::uniform_real_distribution<double>(0, most_ms)(random))};
}

}  // namespace culprit::aws
