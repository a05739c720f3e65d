// The Numenta Anomaly Benchmark's scoring (Lavin and Ahmad, ICMLA 2015), as the benchmarks' README states it.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace culprit::bench {

struct NabFile {
  std::vector<double> scores;                                // one per row
  std::vector<std::pair<std::size_t, std::size_t>> windows;  // first and last row, ascending
};

struct NabProfile {
  double false_alarm = 0.11;  // cost of one far from any window
  double missed = 1;          // cost of a window without an alarm
};

struct NabResult {
  double figure = 0;     // 100 = perfect, 0 = silent
  double threshold = 0;  // a row alarms when its score reaches it
  std::size_t found = 0, false_alarms = 0;
};

// With the threshold that has the best total.
NabResult nab_best(const std::vector<const NabFile*>& files, const NabProfile& profile);
NabResult nab_at(const std::vector<const NabFile*>& files, const NabProfile& profile, double threshold);

}  // namespace culprit::bench
