// What a series is expected to be: the middle of its quiet rows, by time of day where that is known better.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/time.h"

namespace culprit {

struct NormalLevel {
  std::vector<double> expected;  // a value a row
  double centre = 0;             // median of the quiet rows
  double spread = 0;             // their MAD about what was expected, scaled to a normal deviation
  std::size_t samples = 0;       // quiet rows with a value
  bool by_time_of_day = false;
};

// `values` and `times` are rows in order of time, NaN where nothing is known; `quiet` marks the rows that are
// the baseline. Without a single quiet value everything is 0 and `samples` says so. The time of day is taken
// into account only when at least three days of quiet rows are held and it leaves less than 0.8 of the
// spread.
NormalLevel normal_level(std::span<const double> values, std::span<const Time> times,
                         const std::vector<bool>& quiet);

}  // namespace culprit
