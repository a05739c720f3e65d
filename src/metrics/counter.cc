#include "metrics/counter.h"

#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>

namespace culprit {

namespace {

constexpr std::size_t kValuesMin = 20;
constexpr double kRisingShareMin = 0.6;  // of the steps
constexpr double kResetShareMax = 0.05;  // of the steps
constexpr double kResetRemainder = 0.2;  // of the value before: what a restarted counter may stand at

}  // namespace

bool looks_like_counter(std::span<const double> values) {
  std::size_t steps = 0;
  std::size_t rising = 0;
  std::size_t resets = 0;
  std::optional<double> before;
  for (const double v : values) {
    if (!std::isfinite(v)) continue;
    if (v < 0) return false;
    if (before) {
      ++steps;
      if (v > *before) ++rising;
      if (v < *before) {
        if (v > kResetRemainder * *before) return false;
        ++resets;
      }
    }
    before = v;
  }
  const auto share = [&](std::size_t n) { return static_cast<double>(n) / static_cast<double>(steps); };
  return steps + 1 >= kValuesMin && share(rising) >= kRisingShareMin && share(resets) <= kResetShareMax;
}

std::vector<double> counted_per_row(std::span<const double> values) {
  std::vector<double> out(values.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t i = 1; i < values.size(); ++i) {
    if (!std::isfinite(values[i]) || !std::isfinite(values[i - 1])) continue;
    out[i] = values[i] >= values[i - 1] ? values[i] - values[i - 1] : values[i];
  }
  return out;
}

}  // namespace culprit
