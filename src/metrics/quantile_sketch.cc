#include "metrics/quantile_sketch.h"

#include <algorithm>
#include <cmath>

#include "metrics/statistics.h"

namespace culprit {

namespace {
constexpr std::size_t kExactLimit = 2048;
constexpr double kRelativeError = 0.01;
const double kGamma = (1 + kRelativeError) / (1 - kRelativeError);
const double kLogGamma = std::log(kGamma);
constexpr double kLeast = 1e-9;  // smaller values count as zero
constexpr double kMost = 1e18;   // larger ones as this: the number of buckets stays bounded
constexpr int kRoom = 16;        // buckets added at once, on the side that is short

int bucket_of(double value) {
  return static_cast<int>(std::ceil(std::log(std::min(value, kMost)) / kLogGamma));
}
double value_of(int bucket) { return 2 * std::exp(kLogGamma * bucket) / (kGamma + 1); }
}  // namespace

void QuantileSketch::count_in(int bucket, std::uint64_t n) {
  if (buckets_.empty()) first_bucket_ = bucket;
  if (bucket < first_bucket_) {
    const int more = first_bucket_ - bucket + kRoom;
    buckets_.insert(buckets_.begin(), static_cast<std::size_t>(more), 0);
    first_bucket_ -= more;
  }
  const auto at = static_cast<std::size_t>(bucket - first_bucket_);
  if (at >= buckets_.size()) buckets_.resize(at + kRoom);
  buckets_[at] += n;
}

void QuantileSketch::add(double value) {
  ++count_;
  sum_ += value;
  max_ = std::max(max_, value);
  if (collapsed_) {
    value >= kLeast ? count_in(bucket_of(value), 1) : void(++zeros_);
    return;
  }
  exact_.push_back(value);
  if (exact_.size() > kExactLimit) collapse();
}

void QuantileSketch::collapse() {
  for (const double v : exact_) v >= kLeast ? count_in(bucket_of(v), 1) : void(++zeros_);
  exact_.clear();
  exact_.shrink_to_fit();
  collapsed_ = true;
}

void QuantileSketch::merge(const QuantileSketch& other) {
  count_ += other.count_;
  sum_ += other.sum_;
  max_ = std::max(max_, other.max_);
  exact_.insert(exact_.end(), other.exact_.begin(), other.exact_.end());
  zeros_ += other.zeros_;
  for (std::size_t i = 0; i < other.buckets_.size(); ++i)
    if (other.buckets_[i] > 0) count_in(other.first_bucket_ + static_cast<int>(i), other.buckets_[i]);
  collapsed_ = collapsed_ || other.collapsed_;
  if (collapsed_ || exact_.size() > kExactLimit) collapse();
}

double QuantileSketch::quantile(double p) const {
  if (count_ == 0) return 0;
  if (!collapsed_) return culprit::quantile(exact_, p);
  if (p >= 1) return max_;
  const auto rank = static_cast<std::uint64_t>(p * static_cast<double>(count_ - 1));
  std::uint64_t seen = zeros_;
  if (seen > rank) return 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen > rank) return std::min(value_of(first_bucket_ + static_cast<int>(i)), max_);
  }
  return max_;
}

}  // namespace culprit
