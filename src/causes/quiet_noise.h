// How far quiet stretches go: the measure for a disturbance.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace culprit {

// Rows of the question: which are the window, which are its baseline.
struct AskedRows {
  std::size_t first = 0;  // window, [first, last)
  std::size_t last = 0;
  std::vector<bool> quiet;  // the baseline
  std::size_t quiet_rows = 0;
};

struct QuietWindow {
  std::size_t first = 0;
  double strength = 0;
};

// The strength (metrics/strongest_run.h) of every window of `rows` rows that lies in the baseline without a
// gap.
std::vector<QuietWindow> quiet_windows(std::span<const double> excess, std::span<const std::size_t> stretch,
                                       const AskedRows& asked, std::size_t rows);

}  // namespace culprit
