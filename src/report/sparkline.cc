#include "report/sparkline.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>

namespace culprit {

namespace {

std::size_t cell_of(Time t, Window span, std::size_t columns) {
  const double at =
      static_cast<double>((t - span.start).count()) / static_cast<double>(span.length().count());
  return static_cast<std::size_t>(
      std::clamp(at * static_cast<double>(columns), 0.0, static_cast<double>(columns - 1)));
}

}  // namespace

std::string sparkline(const std::vector<Datapoint>& points, Duration period, Window span, std::size_t columns,
                      bool unicode) {
  static constexpr std::string_view kBlocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  static constexpr std::string_view kAscii[] = {"_", ",", "-", "~", "=", "+", "*", "#"};
  if (span.length().count() <= 0 || columns == 0) return {};
  std::vector<std::optional<double>> cells(columns);
  double low = 0;
  double high = 0;
  for (const auto& p : points) {
    if (!span.contains(p.time) || !std::isfinite(p.value)) continue;
    const std::size_t last = cell_of(p.time + std::max(period, Duration{1}) - Duration{1}, span, columns);
    for (std::size_t i = cell_of(p.time, span, columns); i <= last; ++i)
      cells[i] = std::max(cells[i].value_or(p.value), p.value);
    low = std::min(low, p.value);
    high = std::max(high, p.value);
  }
  std::string out;
  for (const auto& cell : cells) {
    if (!cell) {
      out += unicode ? " " : ".";
      continue;
    }
    const double level = high > low ? (*cell - low) / (high - low) : 0;
    const auto step = static_cast<std::size_t>(std::clamp(std::lround(level * 7), 0L, 7L));
    out += unicode ? kBlocks[step] : kAscii[step];
  }
  return out;
}

Window span_of(const std::vector<Datapoint>& points, Duration period) {
  if (points.empty()) return {};
  return {points.front().time, points.back().time + std::max(period, Duration{1})};
}

}  // namespace culprit
