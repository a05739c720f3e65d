#include "alarms/recorded_metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/search.h"
#include "logs/message_pattern.h"

namespace culprit {

namespace {

const Window kEver{from_epoch_ms(0), from_epoch_ms(253'402'300'799'000)};
constexpr std::chrono::minutes kMinute{1};

}  // namespace

std::vector<MetricStat> stats_of(const MetricAlarm& alarm) {
  if (alarm.queries.empty()) return {alarm.stat};
  std::vector<MetricStat> out;
  for (const auto& query : alarm.queries)
    if (query.stat) out.push_back(*query.stat);
  return out;
}

std::vector<MetricId> metrics_of(const AlarmSet& set) {
  std::set<MetricId> out;
  for (const auto& alarm : set.alarms)
    for (const auto& stat : stats_of(alarm)) out.insert(stat.metric);
  return {out.begin(), out.end()};
}

Result<RecordedMetrics> RecordedMetrics::load(const Store& store, const AlarmSet& set, const Window& window) {
  RecordedMetrics out;
  out.replay_start_ = window.start;
  for (const auto& metric : metrics_of(set))
    if (set.filter_of(metric) == nullptr)
      if (auto done = out.load_series(store, metric); !done) return tl::unexpected(done.error());
  if (auto done = out.load_counts(store, set); !done) return tl::unexpected(done.error());
  return out;
}

Result<void> RecordedMetrics::load_series(const Store& store, const MetricId& metric) {
  const auto all = store.series(metric, kEver);
  if (!all) return tl::unexpected(all.error());
  if (all->empty()) return {};
  Metric held;
  held.period = std::ranges::min_element(*all, {}, &Series::period)->period;
  for (const auto& series : *all)
    if (series.period == held.period)
      for (const auto& p : series.points) held.statistics[series.statistic][p.time] = p.value;
  metrics_[metric] = std::move(held);
  return {};
}

// A minute in which a group has events but none that match counts 0, as a filter with a default value has it.
Result<void> RecordedMetrics::load_counts(const Store& store, const AlarmSet& set) {
  std::map<std::string, std::vector<const MetricFilter*>> by_group;
  for (const auto& filter : set.filters) by_group[filter.log_group].push_back(&filter);
  for (const auto& [group, filters] : by_group) {
    std::vector<MessagePattern> patterns;
    auto every = MessagePattern::filter("");
    if (!every) return tl::unexpected(every.error());
    patterns.push_back(std::move(*every));
    for (const auto* filter : filters) {
      auto pattern = MessagePattern::filter(filter->pattern);
      if (!pattern) return tl::unexpected(pattern.error());
      patterns.push_back(std::move(*pattern));
    }
    const auto counts = store.count_matches({{group}, std::nullopt}, LogSearch(std::move(patterns)), kMinute);
    if (!counts) return tl::unexpected(counts.error());
    for (std::size_t i = 0; i < filters.size(); ++i) {
      Metric held;
      held.from_log = true;
      auto& sums = held.statistics["Sum"];
      auto& samples = held.statistics["SampleCount"];
      if (filters[i]->default_value)
        for (const auto& minute : counts->front().periods) {
          sums[minute.start] = *filters[i]->default_value;
          samples[minute.start] = 1;
        }
      for (const auto& minute : (*counts)[i + 1].periods)
        sums[minute.start] = samples[minute.start] = static_cast<double>(minute.count);
      metrics_[filters[i]->metric] = std::move(held);
    }
  }
  return {};
}

std::optional<double> RecordedMetrics::combine(const Metric& metric, std::string_view statistic, Time start,
                                               Time end) const {
  const auto points = [&](std::string_view name) -> const Points* {
    const auto found = metric.statistics.find(name);
    return found == metric.statistics.end() ? nullptr : &found->second;
  };
  // Of counted events everything follows from their number: each is 1.
  std::string_view source = statistic;
  if (metric.from_log && statistic != "SampleCount") source = "Sum";
  const Points* own = points(source);
  if (own == nullptr) return std::nullopt;
  const Points* samples = points("SampleCount");
  double sum = 0, weight = 0, low = INFINITY, high = -INFINITY;
  std::size_t n = 0;
  for (auto it = own->lower_bound(start); it != own->end() && it->first < end; ++it, ++n) {
    double w = 1;
    if (statistic == "Average" && samples != nullptr)
      if (const auto at = samples->find(it->first); at != samples->end()) w = at->second;
    sum += it->second * (metric.from_log ? 1 : w);
    weight += w;
    low = std::min(low, it->second);
    high = std::max(high, it->second);
  }
  if (n == 0) return std::nullopt;
  if (statistic == "Sum" || statistic == "SampleCount") return sum;
  if (statistic == "Average") return weight > 0 ? sum / weight : 0;
  if (metric.from_log) return high > 0 ? 1 : 0;
  if (statistic == "Minimum") return low;
  if (statistic == "Maximum") return high;
  // A percentile of a longer period does not follow from those of its parts.
  return n == 1 && end - start == metric.period ? std::optional(sum) : std::nullopt;
}

Result<std::vector<PeriodValue>> RecordedMetrics::read(const MetricStat& stat, const Window& window) {
  const auto found = metrics_.find(stat.metric);
  std::vector<PeriodValue> out;
  for (Time start = window.start; start + stat.period <= window.end; start += stat.period) {
    PeriodValue value;
    if (found != metrics_.end()) {
      value.value = combine(found->second, stat.statistic, start, start + stat.period);
      value.samples = combine(found->second, "SampleCount", start, start + stat.period);
    }
    out.push_back(value);
  }
  return out;
}

Result<AnomalyModel> RecordedMetrics::model(const MetricStat& stat) {
  const auto found = metrics_.find(stat.metric);
  if (found == metrics_.end()) return AnomalyModel{};
  const auto series = found->second.statistics.find(stat.statistic);
  if (series == found->second.statistics.end()) return AnomalyModel{};
  std::vector<Datapoint> history;
  for (const auto& [time, value] : series->second)
    if (time < replay_start_) history.push_back({time, value});
  return AnomalyModel::learn(history);
}

RecordedMetrics::Held RecordedMetrics::held(const MetricId& metric) const {
  const auto found = metrics_.find(metric);
  if (found == metrics_.end()) return {};
  Held out{0, found->second.period, found->second.from_log};
  for (const auto& [name, points] : found->second.statistics)
    out.points = std::max(out.points, points.size());
  return out;
}

void RecordedMetrics::put(const Point& point) {
  Metric& held = metrics_[point.metric];
  held.period = point.period;
  held.from_log = point.from_log;
  held.statistics[point.statistic].insert_or_assign(point.time, point.value);
}

void RecordedMetrics::merge(const RecordedMetrics& newer) {
  for (const auto& [metric, known] : newer.metrics_) {
    Metric& held = metrics_[metric];
    held.period = known.period;
    held.from_log = known.from_log;
    for (const auto& [statistic, points] : known.statistics)
      for (const auto& [time, value] : points) held.statistics[statistic].insert_or_assign(time, value);
  }
}

void RecordedMetrics::forget_before(const MetricId& metric, Time time) {
  const auto found = metrics_.find(metric);
  if (found == metrics_.end()) return;
  for (auto& [statistic, points] : found->second.statistics)
    points.erase(points.begin(), points.lower_bound(time));
}

void RecordedMetrics::forget_from(Time time) {
  for (auto& [metric, held] : metrics_)
    for (auto& [statistic, points] : held.statistics) points.erase(points.lower_bound(time), points.end());
}

std::vector<RecordedMetrics::Point> RecordedMetrics::points() const {
  std::vector<Point> out;
  for (const auto& [metric, held] : metrics_)
    for (const auto& [statistic, points] : held.statistics)
      for (const auto& [time, value] : points)
        out.push_back({metric, statistic, held.period, held.from_log, time, value});
  return out;
}

void RecordedMetrics::overlay(const MetricId& metric, const Window& window, double value) {
  Metric& held = metrics_[metric];
  if (held.statistics.empty()) held.statistics["Average"];
  for (auto& [statistic, points] : held.statistics) {
    if (statistic == "SampleCount") continue;
    for (Time t = window.start; t < window.end; t += held.period) points[t] = value;
  }
}

void RecordedMetrics::add_counts(const MetricId& metric, const Window& window, double per_minute) {
  Metric& held = metrics_[metric];
  held.from_log = true;
  for (Time t = window.start; t < window.end; t += kMinute) {
    held.statistics["Sum"][t] += per_minute;
    held.statistics["SampleCount"][t] = held.statistics["Sum"][t];
  }
}

}  // namespace culprit
