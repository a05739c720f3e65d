#include "metrics/quantile_sketch.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "metrics/statistics.h"

namespace culprit {

namespace {
constexpr std::size_t kExactLimit = 2048;
constexpr double kRelativeError = 0.01;
const double kGamma = (1 + kRelativeError) / (1 - kRelativeError);
const double kLogGamma = std::log(kGamma);
constexpr int kZeroBucket = std::numeric_limits<int>::min();  // values too small to matter

int bucket_of(double value) {
  return value < 1e-9 ? kZeroBucket : static_cast<int>(std::ceil(std::log(value) / kLogGamma));
}
double value_of(int bucket) {
  return bucket == kZeroBucket ? 0 : 2 * std::exp(kLogGamma * bucket) / (kGamma + 1);
}
}  // namespace

void QuantileSketch::add(double value) {
  ++count_;
  sum_ += value;
  max_ = std::max(max_, value);
  if (collapsed_) {
    ++buckets_[bucket_of(value)];
    return;
  }
  exact_.push_back(value);
  if (exact_.size() > kExactLimit) collapse();
}

void QuantileSketch::collapse() {
  for (const double v : exact_) ++buckets_[bucket_of(v)];
  exact_.clear();
  exact_.shrink_to_fit();
  collapsed_ = true;
}

void QuantileSketch::merge(const QuantileSketch& other) {
  count_ += other.count_;
  sum_ += other.sum_;
  max_ = std::max(max_, other.max_);
  exact_.insert(exact_.end(), other.exact_.begin(), other.exact_.end());
  for (const auto& [bucket, n] : other.buckets_) buckets_[bucket] += n;
  collapsed_ = collapsed_ || other.collapsed_;
  if (collapsed_ || exact_.size() > kExactLimit) collapse();
}

double QuantileSketch::quantile(double p) const {
  if (count_ == 0) return 0;
  if (!collapsed_) return culprit::quantile(exact_, p);
  if (p >= 1) return max_;
  const auto rank = static_cast<std::uint64_t>(p * static_cast<double>(count_ - 1));
  std::uint64_t seen = 0;
  for (const auto& [bucket, n] : buckets_) {
    seen += n;
    if (seen > rank) return std::min(value_of(bucket), max_);
  }
  return max_;
}

}  // namespace culprit
