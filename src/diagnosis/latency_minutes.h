// Latency quantiles by minute.
#pragma once

#include <cmath>
#include <limits>
#include <vector>

#include "diagnosis/grid.h"
#include "metrics/quantile_sketch.h"

namespace culprit {

class LatencyMinutes {
 public:
  explicit LatencyMinutes(const Grid& grid) : grid_(&grid), minutes_(grid.size()) {}

  void add(Time time, double value) {
    if (const auto i = grid_->index(time)) minutes_[*i].add(value);
  }
  // NaN where a minute has no value: nothing happened, so nothing is known of its latency.
  std::vector<double> quantiles(double p) const {
    std::vector<double> out;
    out.reserve(minutes_.size());
    for (const auto& m : minutes_)
      out.push_back(m.count() == 0 ? std::numeric_limits<double>::quiet_NaN()
                                   : (p >= 1 ? m.max() : m.quantile(p)));
    return out;
  }

 private:
  const Grid* grid_;
  std::vector<QuantileSketch> minutes_;
};

}  // namespace culprit
