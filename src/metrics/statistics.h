// Robust statistics on plain values.
#pragma once

#include <span>
#include <vector>

namespace culprit {

// Linear interpolation between closest ranks (type 7); p in [0, 1]. Empty input gives 0.
double quantile(std::vector<double> values, double p);
double median(std::vector<double> values);

// Median absolute deviation, scaled to a normal distribution's standard deviation (1.4826).
double mad(std::span<const double> values, double centre);

}  // namespace culprit
