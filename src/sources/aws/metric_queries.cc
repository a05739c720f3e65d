#include "sources/aws/metric_queries.h"

#include <fmt/format.h>

namespace culprit::aws {

namespace {

constexpr std::size_t kQueriesPerCall = 500;

std::chrono::seconds kept_period(std::chrono::seconds wanted, Time start, Time now) {
  const Duration age = now - start;
  std::chrono::seconds least{60};
  if (age > std::chrono::hours{15 * 24}) least = std::chrono::seconds{300};
  if (age > std::chrono::hours{63 * 24}) least = std::chrono::seconds{3600};
  if (wanted < std::chrono::seconds{60} && age <= std::chrono::hours{3})
    return std::max(wanted, std::chrono::seconds{1});
  const auto whole = std::max<std::int64_t>(1, (wanted + least - std::chrono::seconds{1}) / least);
  return least * whole;
}

Window aligned(const Window& window, std::chrono::seconds period) {
  const std::int64_t step = std::chrono::duration_cast<Duration>(period).count();
  const std::int64_t start = to_epoch_ms(window.start) / step * step;
  const std::int64_t end = (to_epoch_ms(window.end) + step - 1) / step * step;
  return {from_epoch_ms(start), from_epoch_ms(std::max(end, start + step))};
}

void add_queries(std::vector<MetricQuery>& out, const SystemMetric& metric, const Window& window,
                 std::chrono::seconds period, bool long_view) {
  const auto add = [&](const std::string& statistic, bool extra) {
    out.push_back({&metric, statistic, extra, long_view, period, aligned(window, period)});
  };
  for (const auto& statistic : metric.statistics) add(statistic, false);
  if (!long_view)
    for (const auto& statistic : metric.extra_statistics)
      if (std::ranges::find(metric.statistics, statistic) == metric.statistics.end()) add(statistic, true);
}

}  // namespace

bool is_cloudwatch_metric(const SystemMetric& metric) {
  return !metric.metric.name_space.empty() && !metric.metric.name.empty();
}

std::vector<MetricQuery> plan_metric_queries(const System& system, const Window& span, const Window& incident,
                                             Time now) {
  std::vector<MetricQuery> out;
  for (const auto& metric : system.metrics) {
    if (!is_cloudwatch_metric(metric)) continue;
    add_queries(out, metric, span, kept_period(metric.period, span.start, now), false);
  }
  for (const auto& metric : system.metrics) {
    if (!is_cloudwatch_metric(metric) || !metric.long_view || !metric.long_period) continue;
    const Window window{incident.end - *metric.long_view, std::max(incident.end, span.end)};
    add_queries(out, metric, window, kept_period(*metric.long_period, window.start, now), true);
  }
  return out;
}

std::vector<std::vector<MetricQuery>> batches_of(const std::vector<MetricQuery>& queries) {
  std::vector<std::vector<MetricQuery>> out;
  for (const auto& query : queries) {
    auto it = std::ranges::find_if(out, [&](const auto& batch) {
      return batch.size() < kQueriesPerCall && batch.front().window == query.window;
    });
    if (it == out.end())
      out.push_back({query});
    else
      it->push_back(query);
  }
  return out;
}

boost::json::object metric_request(std::span<const MetricQuery> batch) {
  boost::json::array queries;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const MetricId& id = batch[i].metric->metric;
    boost::json::array dimensions;
    for (const auto& dimension : id.dimensions)
      dimensions.push_back({{"Name", dimension.name}, {"Value", dimension.value}});
    queries.push_back(
        {{"Id", fmt::format("q{}", i)},
         {"MetricStat",
          {{"Metric", {{"Namespace", id.name_space}, {"MetricName", id.name}, {"Dimensions", dimensions}}},
           {"Period", batch[i].period.count()},
           {"Stat", batch[i].statistic}}},
         {"ReturnData", true}});
  }
  return {{"MetricDataQueries", queries},
          {"StartTime", to_epoch_ms(batch.front().window.start) / 1000},
          {"EndTime", to_epoch_ms(batch.front().window.end) / 1000},
          {"ScanBy", "TimestampAscending"}};
}

std::string cloudwatch_unit(std::string_view unit) {
  if (unit == "percent") return "Percent";
  if (unit == "seconds") return "Seconds";
  if (unit == "count") return "Count";
  if (unit == "bytes") return "Bytes";
  if (unit == "per-second") return "Count/Second";
  return {};
}

}  // namespace culprit::aws
