#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "diagnosis/case_file.h"
#include "diagnosis/onset.h"
#include "metrics/statistics.h"
#include "telemetry/quantity.h"

namespace culprit {

namespace {

std::string normal_range(const MetricRange& range, std::optional<double> baseline, std::string_view unit) {
  if (range.normal_below) return "< " + wording::value(*range.normal_below, unit);
  if (range.normal_above) return "> " + wording::value(*range.normal_above, unit);
  if (baseline) return "about " + wording::value(*baseline, unit) + " (baseline)";
  return "no baseline";
}

// Judged by the 95th percentile of the minutes, so that one odd minute does not raise an alarm.
MetricStatus status_of(const MetricRange& range, const Signal& signal, const CaseFile& file) {
  const auto high = aggregate(signal, file.window_minutes(), Predicate::Aggregate::kP95);
  if (!high) return MetricStatus::kNoData;
  auto minutes = values(signal, file.window_minutes());
  const double low = quantile(std::move(minutes), 0.05);
  if (range.high_above && *high > *range.high_above) return MetricStatus::kHigh;
  if (range.high_below && low < *range.high_below) return MetricStatus::kHigh;
  const auto before = aggregate(signal, file.baseline_minutes(), Predicate::Aggregate::kP95);
  if (range.high_over_baseline && before && *high > *range.high_over_baseline * *before)
    return MetricStatus::kHigh;
  if (range.normal_below && *high >= *range.normal_below) return MetricStatus::kElevated;
  if (range.normal_above && low <= *range.normal_above) return MetricStatus::kElevated;
  if (range.elevated_over_baseline && before && *high > *range.elevated_over_baseline * *before)
    return MetricStatus::kElevated;
  return MetricStatus::kNormal;
}

Series series_of_signal(const Signal& signal, const Grid& grid) {
  Series s;
  s.statistic = "per minute";
  for (std::size_t i = 0; i < signal.minutes.size(); ++i)
    if (!std::isnan(signal.minutes[i])) s.points.push_back({grid.time(i), signal.minutes[i]});
  return s;
}

std::optional<double> statistic_of_window(const std::vector<Series>& chart, std::string_view statistic,
                                          const Window& window, bool maximum) {
  for (const auto& s : chart) {
    if (s.statistic != statistic) continue;
    double best = -std::numeric_limits<double>::infinity();
    double sum = 0;
    std::size_t n = 0;
    for (const auto& p : s.points) {
      if (!window.contains(p.time)) continue;
      best = std::max(best, p.value);
      sum += p.value;
      ++n;
    }
    if (n > 0) return maximum ? best : sum / static_cast<double>(n);
  }
  return std::nullopt;
}

std::string claim_text(const MetricFinding& m, const CaseFile& file) {
  std::string text = m.title;
  if (m.incident_average) text += fmt::format(" averaged {}", wording::value(*m.incident_average, m.unit));
  if (m.incident_maximum) {
    text += fmt::format(" and peaked at {}", wording::value(*m.incident_maximum, m.unit));
    if (m.peak_time) text += " at " + file.clock(*m.peak_time);
  }
  text += fmt::format(" (normal {}", m.normal_range);
  const bool said = m.normal_range.ends_with("(baseline)");
  if (m.baseline_median && !said)
    text += fmt::format(", {} before", wording::value(*m.baseline_median, m.unit));
  return text + ")";
}

MetricFinding row(const SystemMetric& metric, CaseFile& file) {
  MetricFinding m;
  m.id = metric.id;
  m.component = metric.component;
  m.title = metric.title;
  m.unit = metric.unit;
  m.row = metric.row;
  m.high_line = metric.range.high_above ? metric.range.high_above : metric.range.high_below;
  const Signal* signal = file.signal(metric.id);
  if (signal != nullptr) {
    const auto before = values(*signal, file.baseline_minutes());
    if (!before.empty()) m.baseline_median = median(before);
  }
  m.normal_range = normal_range(metric.range, m.baseline_median, metric.unit);
  if (signal == nullptr || values(*signal, file.window_minutes()).empty()) return m;

  m.chart = file.evidence.chart(*signal);
  if (m.chart.empty()) m.chart.push_back(series_of_signal(*signal, file.seen.grid));
  m.status = status_of(metric.range, *signal, file);
  m.incident_average = aggregate(*signal, file.window_minutes(), Predicate::Aggregate::kAverage);
  m.incident_maximum = aggregate(*signal, file.window_minutes(), Predicate::Aggregate::kMax);
  if (const auto max = statistic_of_window(m.chart, "Maximum", file.seen.window, true))
    m.incident_maximum = max;
  const auto window = file.window_minutes();
  const bool low_is_bad = metric.range.normal_above.has_value() || metric.range.high_below.has_value();
  std::optional<std::size_t> peak;
  for (std::size_t i = window.first; i < window.last; ++i) {
    const double v = signal->minutes[i];
    if (std::isnan(v)) continue;
    if (!peak || (low_is_bad ? v < signal->minutes[*peak] : v > signal->minutes[*peak])) peak = i;
  }
  if (peak) m.peak_time = file.seen.grid.time(*peak);
  if (m.status != MetricStatus::kNormal)
    if (const auto e = find_excursion(*signal, file.seen, low_is_bad)) m.onset = e->onset;
  m.claims.emplace_back(claim_text(m, file), file.evidence.of_signal(*signal));
  return m;
}

}  // namespace

void tabulate_metrics(CaseFile& file) {
  for (const auto& metric : file.system.metrics) file.findings.metrics.push_back(row(metric, file));
}

}  // namespace culprit
