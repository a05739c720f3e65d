#include "metrics/change_screen.h"

#include <algorithm>
#include <cmath>
#include <thread>

#include "metrics/statistics.h"

namespace culprit {

namespace {

constexpr std::size_t kBeforeMin = 3;
constexpr double kSpreadOfLevelMin = 0.02;  // a deviation below 2 % of the level is nobody's incident
constexpr std::size_t kSeriesPerThreadMin = 64;

double middle(std::vector<double>& values) {
  const auto half = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), half, values.end());
  if (values.size() % 2 == 1) return *half;
  return (*half + *std::max_element(values.begin(), half)) / 2;
}

ScreenedChange screen(std::span<const double> values, std::size_t first, std::size_t last,
                      std::vector<double>& scratch) {
  ScreenedChange out;
  const auto gather = [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < std::min(to, values.size()); ++i)
      if (std::isfinite(values[i])) scratch.push_back(values[i]);
  };
  scratch.clear();
  gather(first, last);
  if (scratch.empty()) return out;
  out.during = middle(scratch);
  scratch.clear();
  gather(0, first);
  if (scratch.size() < kBeforeMin) return out;
  out.known = true;
  out.before = middle(scratch);
  for (double& v : scratch) v = std::abs(v - out.before);
  const double moved = out.during - out.before;
  double spread = std::max(1.4826 * middle(scratch), kSpreadOfLevelMin * std::abs(out.before));
  if (spread == 0) spread = std::abs(moved);
  out.score = moved == 0 ? 0 : moved / spread;
  return out;
}

}  // namespace

ScreenedChange screen_change(std::span<const double> values, std::size_t first, std::size_t last) {
  std::vector<double> scratch;
  return screen(values, first, last, scratch);
}

std::vector<ScreenedChange> screen_changes(std::span<const double> values, std::size_t rows,
                                           std::size_t first, std::size_t last) {
  if (rows == 0) return {};
  std::vector<ScreenedChange> out(values.size() / rows);
  const auto part = [&](std::size_t from, std::size_t to) {
    std::vector<double> scratch;
    scratch.reserve(rows);
    for (std::size_t s = from; s < to; ++s)
      out[s] = screen(values.subspan(s * rows, rows), first, last, scratch);
  };
  const std::size_t half = out.size() < kSeriesPerThreadMin ? out.size() : out.size() / 2;
  std::jthread other;
  if (half < out.size()) other = std::jthread([&] { part(half, out.size()); });
  part(0, half);
  if (other.joinable()) other.join();
  return out;
}

}  // namespace culprit
