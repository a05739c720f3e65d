// Which of thousands of series changed in a window? A first look that costs two medians a series.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace culprit {

struct ScreenedChange {
  double before = 0;  // median of the rows before the window
  double during = 0;  // median of the window's
  double score = 0;  // (during - before) / spread; the spread is the MAD before, scaled to a normal deviation
  bool known = false;  // false: fewer than 3 values before or none in the window, score 0
};

// `rows` values a series, one series after another, NaN where nothing is known; the window is
// [first, last). A series that never moved before has a spread of 2 % of its level, or of what it moved by
// when that level is 0, so that the least step does not count without bound. Uses both cores; the order is
// that of the series.
std::vector<ScreenedChange> screen_changes(std::span<const double> values, std::size_t rows,
                                           std::size_t first, std::size_t last);

// The same for one series.
ScreenedChange screen_change(std::span<const double> values, std::size_t first, std::size_t last);

}  // namespace culprit
