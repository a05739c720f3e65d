// How fast an API may be asked: its quota at first, less after throttling, slowly more again.
#pragma once

#include <mutex>
#include <string_view>

#include "base/time.h"
#include "sources/aws/clock.h"

namespace culprit::aws {

// Requests a second that AWS grants an account for an operation (default quotas, docs/aws.md).
double quota_per_second(std::string_view operation);

// Thread-safe.
class RateLimiter {
 public:
  explicit RateLimiter(double per_second) : most_(per_second), rate_(per_second) {}

  // Waits for its turn.
  void acquire(Clock& clock);
  void on_throttled();
  void on_success();
  double rate() const;

 private:
  Duration reserve(Time now);

  mutable std::mutex mutex_;
  double most_;
  double rate_;
  Time next_{};
};

// Exponential back-off with full jitter: a random share of 100 ms · 2^attempt, at most 20 s.
// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
Duration backoff(int attempt);

}  // namespace culprit::aws
