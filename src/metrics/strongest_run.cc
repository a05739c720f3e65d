#include "metrics/strongest_run.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace culprit {

namespace {

std::vector<double> prefix_sums(std::span<const double> excess) {
  std::vector<double> sums(excess.size() + 1, 0.0);
  for (std::size_t i = 0; i < excess.size(); ++i)
    sums[i + 1] = sums[i] + (std::isfinite(excess[i]) ? excess[i] : 0.0);
  return sums;
}

// best[i] = max(best[i], values[i .. i + width - 1]), by a queue of falling candidates.
void raise_by_sliding_maximum(const std::vector<double>& values, std::size_t width,
                              std::vector<double>& best) {
  std::vector<std::size_t> queue(values.size());
  std::size_t head = 0;
  std::size_t tail = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    while (tail > head && values[queue[tail - 1]] <= values[i]) --tail;
    queue[tail++] = i;
    if (queue[head] + width <= i) ++head;
    if (i + 1 >= width) best[i + 1 - width] = std::max(best[i + 1 - width], values[queue[head]]);
  }
}

}  // namespace

std::vector<std::size_t> run_lengths(std::size_t rows_max) {
  std::vector<std::size_t> lengths;
  for (std::size_t power = 1; power <= rows_max; power *= 2) {
    lengths.push_back(power);
    if (power >= 2 && power + power / 2 <= rows_max) lengths.push_back(power + power / 2);
    if (power > rows_max / 2) break;
  }
  return lengths;
}

Run strongest_run(std::span<const double> excess) {
  const auto sums = prefix_sums(excess);
  Run best;
  for (const auto rows : run_lengths(excess.size())) {
    const double scale = 1 / std::sqrt(static_cast<double>(rows));
    for (std::size_t first = 0; first + rows <= excess.size(); ++first) {
      const double strength = (sums[first + rows] - sums[first]) * scale;
      if (best.rows == 0 || strength > best.strength) best = {first, rows, strength};
    }
  }
  return best;
}

std::vector<double> strongest_runs(std::span<const double> excess, std::size_t window_rows) {
  if (window_rows == 0 || excess.size() < window_rows) return {};
  const auto sums = prefix_sums(excess);
  std::vector<double> best(excess.size() - window_rows + 1, -std::numeric_limits<double>::infinity());
  std::vector<double> strengths;
  for (const auto rows : run_lengths(window_rows)) {
    const double scale = 1 / std::sqrt(static_cast<double>(rows));
    strengths.resize(excess.size() - rows + 1);
    for (std::size_t i = 0; i < strengths.size(); ++i) strengths[i] = (sums[i + rows] - sums[i]) * scale;
    raise_by_sliding_maximum(strengths, window_rows - rows + 1, best);
  }
  return best;
}

}  // namespace culprit
