#include <fmt/format.h>

#include <cmath>

#include "diagnosis/observation.h"
#include "diagnosis/unit_factor.h"

namespace culprit {

namespace {

// The series that carries the signal: the first statistic the system file names that has data, at the
// finest period.
const Series* carrier(const SystemMetric& metric, const std::vector<Series>& all) {
  for (const auto& statistic : metric.statistics) {
    const Series* best = nullptr;
    for (const auto& s : all)
      if (s.statistic == statistic && !s.points.empty() && (!best || s.period < best->period)) best = &s;
    if (best) return best;
  }
  return nullptr;
}

void spread(const Series& series, double factor, const Grid& grid, std::vector<double>& minutes) {
  for (const auto& point : series.points) {
    const auto range =
        grid.range({point.time, point.time + std::max(series.period, std::chrono::seconds(60))});
    for (std::size_t i = range.first; i < range.last; ++i) minutes[i] = point.value * factor;
  }
}

}  // namespace

Result<void> observe_metrics(const Store& store, const System& system, Observations& seen) {
  const Window span{seen.grid.time(0), seen.grid.time(seen.grid.size())};
  for (const auto& metric : system.metrics) {
    if (metric.metric.name.empty()) continue;  // computed from logs
    const Component* component = system.component(metric.component);
    if (component == nullptr) continue;
    const auto all = store.series(metric.metric, span);
    if (!all) return tl::unexpected(all.error());
    const Series* series = carrier(metric, *all);
    if (series == nullptr) continue;
    Signal s;
    s.name = metric.id;
    s.component = metric.component;
    s.unit = metric.unit;
    s.from = Signal::From::kMetric;
    s.metric = &metric;
    s.minutes.assign(seen.grid.size(), std::nan(""));
    spread(*series, unit_factor(series->unit, metric.unit), seen.grid, s.minutes);
    seen.signals.insert_or_assign(metric.id, std::move(s));
  }
  return {};
}

}  // namespace culprit
