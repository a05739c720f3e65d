#include "metrics/statistics.h"

#include <algorithm>
#include <cmath>

namespace culprit {

double quantile(std::vector<double> values, double p) {
  if (values.empty()) return 0;
  const double rank = p * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(std::floor(rank));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(low), values.end());
  const double at_low = values[low];
  if (low + 1 >= values.size()) return at_low;
  const double at_high =
      *std::min_element(values.begin() + static_cast<std::ptrdiff_t>(low) + 1, values.end());
  return at_low + (rank - static_cast<double>(low)) * (at_high - at_low);
}

double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

double mad(std::span<const double> values, double centre) {
  std::vector<double> deviations;
  deviations.reserve(values.size());
  for (double v : values) deviations.push_back(std::abs(v - centre));
  return 1.4826 * median(std::move(deviations));
}

}  // namespace culprit
