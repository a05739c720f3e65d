// Counters: series that only grow, but for restarts of what counts.
#pragma once

#include <span>
#include <vector>

namespace culprit {

// True when nearly all steps are upwards or level (a reset to near nothing aside) and most are upwards, over
// at least 20 values. A gauge that happens to climb for twenty rows is taken for one too; callers say so.
bool looks_like_counter(std::span<const double> values);

// What was counted between a row and the one before; NaN where either is missing. A fall is a reset: what
// stands there has been counted since.
std::vector<double> counted_per_row(std::span<const double> values);

}  // namespace culprit
