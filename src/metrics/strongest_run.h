// How far out of the ordinary a window is, when what disturbs it may fill all of it or only a few rows.
//
// The sum of a run of rows over the square root of its length is the same for noise of any length, and grows
// with the length for a disturbance that lasts. The strongest of the runs of 1, 2, 3, 4, 6, 8, 12 … rows
// therefore neither drowns a short disturbance in a long window nor lets one odd row beat a lasting one
// (the scan statistic of Arias-Castro, Donoho, Huo, IEEE Trans. Inf. Theory 51, 2005, on dyadic lengths).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace culprit {

struct Run {
  std::size_t first = 0;
  std::size_t rows = 0;
  double strength = 0;  // sum / sqrt(rows)
};

// 1, 2, 3, 4, 6, 8, 12 … up to `rows_max`.
std::vector<std::size_t> run_lengths(std::size_t rows_max);

// Missing rows (NaN) count as ordinary, 0. Empty input gives a run of no rows.
Run strongest_run(std::span<const double> excess);

// The strength of the strongest run of every window of `window_rows` rows; [i] is of the window from row i.
// Linear in the rows.
std::vector<double> strongest_runs(std::span<const double> excess, std::size_t window_rows);

}  // namespace culprit
