#include "alarms/tune.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace culprit {

namespace {

constexpr std::pair<int, int> kShapes[] = {{1, 1}, {2, 2}, {2, 3}, {3, 3}, {3, 4}, {3, 5}};  // M of N
constexpr double kUsdStandard = 0.10, kUsdHighResolution = 0.30;

bool is_upward(const MetricAlarm& alarm) {
  return alarm.comparison == Comparison::kGreater || alarm.comparison == Comparison::kGreaterOrEqual;
}

// The level that M of the last N minutes reach at a time: the M-th best of the newest N datapoints; nullopt
// with fewer than N. Signs are turned so that upward is always worse.
std::optional<double> level_at(const MetricAlarm& alarm, Time now, MetricReader& metrics) {
  const auto points = alarm_datapoints(alarm, now, metrics);
  if (!points) return std::nullopt;
  std::vector<double> newest;
  for (auto it = points->rbegin(); it != points->rend(); ++it)
    if (it->value && static_cast<int>(newest.size()) < alarm.evaluation_periods)
      newest.push_back(is_upward(alarm) ? *it->value : -*it->value);
  const auto m = static_cast<std::size_t>(alarm.needed());
  if (newest.size() < m) return std::nullopt;
  std::ranges::sort(newest, std::greater());
  return newest[m - 1];
}

// What a shape can reach: the highest level of quiet time, and the lowest of the levels that the incidents
// reach in time.
struct Levels {
  std::optional<double> quiet, incident;
};

Levels levels_of(const MetricAlarm& alarm, const std::vector<TuningCase>& cases, const TuningGoal& goal) {
  Levels out;
  for (const auto& c : cases) {
    std::optional<double> best;
    for (Time t = floor_minute(c.window.start) + std::chrono::minutes(1); t <= c.window.end;
         t += std::chrono::minutes(1)) {
      const bool quiet = !c.onset || t < *c.onset;
      if (!quiet && t > *c.onset + goal.within) break;
      const auto level = level_at(alarm, t, *c.metrics);
      if (!level) continue;
      if (quiet)
        out.quiet = std::max(out.quiet.value_or(*level), *level);
      else
        best = std::max(best.value_or(*level), *level);
    }
    if (!c.onset) continue;
    // An incident without a level in time cannot be seen at any threshold.
    const double reached = best.value_or(-INFINITY);
    out.incident = out.incident ? std::min(*out.incident, reached) : reached;
  }
  return out;
}

// Two significant digits, inside (low, high) where there is such a number.
double rounded_between(double low, double high) {
  const double middle = low > 0 && high / low > 2 ? std::sqrt(low * high) : (low + high) / 2;
  for (int digits = 1; digits <= 6; ++digits) {
    if (middle == 0) break;
    const double unit = std::pow(10.0, std::floor(std::log10(std::abs(middle))) - digits + 1);
    const double rounded = std::round(middle / unit) * unit;
    if (rounded >= low && rounded < high) return std::stod(fmt::format("{:.6g}", rounded));
  }
  return middle;
}

Result<Tuned> measure(const MetricAlarm& alarm, const std::vector<TuningCase>& cases) {
  Tuned out;
  out.alarm = alarm;
  out.usd_per_month = usd_per_month(alarm);
  AlarmSet one;
  one.alarms = {alarm};
  for (const auto& c : cases) {
    const auto tested = backtest(one, *c.metrics, c.window, c.onset);
    if (!tested) return tl::unexpected(tested.error());
    const auto& result = tested->alarms.front();
    out.false_alarms += result.false_alarms.size();
    out.watched += (c.onset ? *c.onset : c.window.end) - c.window.start;
    if (!c.onset) continue;
    if (result.delay)
      out.slowest = std::max(out.slowest.value_or(*result.delay), *result.delay);
    else
      ++out.missed;
  }
  if (out.missed > 0) out.slowest.reset();
  return out;
}

}  // namespace

double usd_per_month(const MetricAlarm& alarm) {
  const auto metrics = std::max<std::ptrdiff_t>(
      1, std::ranges::count_if(alarm.queries, [](const AlarmQuery& q) { return q.stat.has_value(); }));
  return static_cast<double>(metrics) *
         (alarm.period() < std::chrono::seconds(60) ? kUsdHighResolution : kUsdStandard);
}

Result<TuningResult> tune(const MetricAlarm& alarm, const std::vector<TuningCase>& cases,
                          const TuningGoal& goal) {
  TuningResult out;
  out.alarm = alarm.name;
  auto now = measure(alarm, cases);
  if (!now) return tl::unexpected(now.error());
  out.as_it_is = std::move(*now);
  if (!alarm.queries.empty() || alarm.watches_band()) {
    out.why_none = "only alarms on one metric with a threshold are tuned";
    return out;
  }
  if (std::ranges::none_of(cases, [](const TuningCase& c) { return c.onset.has_value(); })) {
    out.why_none = "no recording holds an incident to be seen";
    return out;
  }
  bool has_quiet = false, has_incident = false;
  for (const auto& [m, n] : kShapes) {
    MetricAlarm candidate = alarm;
    candidate.stat.period = std::chrono::seconds(60);
    candidate.evaluation_periods = n;
    candidate.datapoints_to_alarm = m;
    candidate.comparison = is_upward(alarm) ? Comparison::kGreater : Comparison::kLess;
    const Levels levels = levels_of(candidate, cases, goal);
    has_quiet = has_quiet || levels.quiet.has_value();
    has_incident = has_incident || (levels.incident && std::isfinite(*levels.incident));
    if (!levels.quiet || !levels.incident || !(*levels.incident > *levels.quiet)) continue;
    const double threshold = rounded_between(*levels.quiet, *levels.incident);
    candidate.threshold = is_upward(alarm) ? threshold : -threshold;
    auto tuned = measure(candidate, cases);
    if (!tuned) return tl::unexpected(tuned.error());
    if (tuned->false_alarms > 0 || !tuned->slowest || *tuned->slowest > goal.within) continue;
    tuned->margin = *levels.quiet > 0                           ? *levels.incident / *levels.quiet
                    : *levels.quiet < 0 && *levels.incident < 0 ? *levels.quiet / *levels.incident
                                                                : INFINITY;
    out.proposals.push_back(std::move(*tuned));
  }
  std::ranges::sort(out.proposals, [](const Tuned& a, const Tuned& b) {
    if (a.margin != b.margin) return a.margin > b.margin;
    return a.alarm.needed() > b.alarm.needed();
  });
  if (out.proposals.empty())
    out.why_none = !has_quiet      ? "the metric has no datapoints in quiet time"
                   : !has_incident ? "the metric has no datapoints in the incident"
                                   : fmt::format("quiet time reaches what the incident reaches within {}",
                                                 format_duration(goal.within));
  return out;
}

AlarmSet with_candidates(const System& system, AlarmSet set) {
  for (const auto& metric : system.metrics) {
    if (!metric.signal.empty() || metric.metric.name.empty()) continue;
    const bool watched = std::ranges::any_of(set.alarms, [&](const MetricAlarm& alarm) {
      return alarm.queries.empty() && alarm.stat.metric == metric.metric;
    });
    if (watched) continue;
    MetricAlarm alarm;
    alarm.name = "(none yet) " + metric.id;
    alarm.stat = {metric.metric, metric.range.high_below ? "Minimum" : "Average", std::chrono::seconds(60),
                  ""};
    alarm.comparison = metric.range.high_below ? Comparison::kLess : Comparison::kGreater;
    alarm.threshold = metric.range.high_above.value_or(
        metric.range.high_below.value_or(metric.range.high_below ? -1e300 : 1e300));
    set.alarms.push_back(std::move(alarm));
  }
  return set;
}

}  // namespace culprit
