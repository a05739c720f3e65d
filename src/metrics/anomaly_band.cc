#include "metrics/anomaly_band.h"

#include <algorithm>

#include "metrics/statistics.h"

namespace culprit {

namespace {

constexpr std::chrono::hours kDay{24};
constexpr std::chrono::hours kWeek{7 * 24};
constexpr std::size_t kLeastInBucket = 3;
// A metric that never moved would have a band without width: every change would be an anomaly of any size.
constexpr double kLeastRelativeSpread = 0.01;

}  // namespace

std::size_t AnomalyModel::bucket_of(Time time) const {
  if (season_.count() == 0) return 0;
  const auto hours = std::chrono::floor<std::chrono::hours>(time.time_since_epoch()).count();
  return static_cast<std::size_t>(hours % season_.count());
}

AnomalyModel AnomalyModel::learn(std::span<const Datapoint> history) {
  AnomalyModel out;
  if (history.size() < kLeast) return out;
  const Duration length = history.back().time - history.front().time;
  if (length >= 2 * kWeek)
    out.season_ = kWeek;
  else if (length >= 2 * kDay)
    out.season_ = kDay;
  std::vector<std::vector<double>> values(
      std::max<std::size_t>(1, static_cast<std::size_t>(out.season_.count())));
  std::vector<double> every;
  for (const auto& p : history) {
    values[out.bucket_of(p.time)].push_back(p.value);
    every.push_back(p.value);
    out.never_negative_ = out.never_negative_ && p.value >= 0;
  }
  const auto describe = [](const std::vector<double>& v) {
    Bucket b;
    b.filled = v.size() >= kLeastInBucket;
    b.median = median(v);
    b.spread = std::max(mad(v, b.median), kLeastRelativeSpread * std::abs(b.median));
    return b;
  };
  out.all_ = describe(every);
  for (const auto& v : values) out.buckets_.push_back(describe(v));
  return out;
}

AnomalyModel::Band AnomalyModel::at(Time time, double width) const {
  const Bucket& own = buckets_[bucket_of(time)];
  const Bucket& b = own.filled ? own : all_;
  const double lower = b.median - width * b.spread;
  return {never_negative_ ? std::max(0.0, lower) : lower, b.median + width * b.spread};
}

}  // namespace culprit
