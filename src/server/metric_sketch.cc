#include "server/metric_sketch.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace culprit::server {

namespace {

constexpr std::string_view kPrefix = "sketch:";
constexpr double kRelativeError = 0.005;
constexpr double kGamma = (1 + kRelativeError) / (1 - kRelativeError);
constexpr double kSmallest = 1e-9;  // sizes below it are zero
constexpr int kBucketMax = 100'000;

}  // namespace

int bucket_of(double value) {
  const double size = std::abs(value);
  if (!(size >= kSmallest)) return 0;
  const double index = std::ceil(std::log(size / kSmallest) / std::log(kGamma)) + 1;
  const int bucket = static_cast<int>(std::min(index, double{kBucketMax}));
  return value < 0 ? -bucket : bucket;
}

double value_of_bucket(int bucket) {
  if (bucket == 0) return 0;
  const double upper = kSmallest * std::pow(kGamma, std::abs(bucket) - 1);
  const double middle = 2 * upper / (kGamma + 1);
  return bucket < 0 ? -middle : middle;
}

std::string bucket_statistic(int bucket) { return fmt::format("{}{}", kPrefix, bucket); }

std::optional<int> bucket_of_statistic(std::string_view statistic) {
  if (!statistic.starts_with(kPrefix)) return std::nullopt;
  statistic.remove_prefix(kPrefix.size());
  int bucket = 0;
  const auto [end, error] = std::from_chars(statistic.data(), statistic.data() + statistic.size(), bucket);
  if (error != std::errc{} || end != statistic.data() + statistic.size() || std::abs(bucket) > kBucketMax)
    return std::nullopt;
  return bucket;
}

}  // namespace culprit::server
