#include "data_set.h"

#include <cmath>

namespace culprit::bench {

Figure share(std::string name, std::size_t hits, std::size_t cases, double target) {
  Figure out;
  out.name = std::move(name);
  out.cases = cases;
  out.target = target;
  out.spread_is = "95 % interval (Wilson)";
  if (cases == 0) return out;
  const auto n = static_cast<double>(cases);
  const double p = static_cast<double>(hits) / n;
  const double z = 1.959964;
  const double centre = (p + z * z / (2 * n)) / (1 + z * z / n);
  const double half = z / (1 + z * z / n) * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  out.value = p;
  out.low = std::max(0.0, centre - half);
  out.high = std::min(1.0, centre + half);
  return out;
}

}  // namespace culprit::bench
