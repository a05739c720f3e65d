// Alarms on the system's metrics: DescribeAlarms.
#include <fmt/format.h>

#include "sources/aws/answer.h"
#include "sources/aws/collection.h"
#include "sources/aws/price.h"

namespace culprit::aws {

namespace {

constexpr int kMaxPages = 50;

// An alarm on a metric by name, whatever its dimensions: an alarm without dimensions is worth seeing too.
bool watches(const boost::json::object& alarm, const System& system) {
  const auto same = [&](const boost::json::object& metric) {
    const std::string name_space = text_at(metric, "Namespace");
    const std::string name = text_at(metric, "MetricName");
    return std::ranges::any_of(system.metrics, [&](const SystemMetric& own) {
      return own.metric.name_space == name_space && own.metric.name == name;
    });
  };
  if (same(alarm)) return true;
  for (const auto& item : array_at(alarm, "Metrics")) {
    const auto* query = item.if_object();
    const auto* stat = query == nullptr ? nullptr : query->if_contains("MetricStat");
    const auto* metric =
        stat == nullptr || !stat->is_object() ? nullptr : stat->get_object().if_contains("Metric");
    if (metric != nullptr && metric->is_object() && same(metric->get_object())) return true;
  }
  return false;
}

}  // namespace

void collect_alarms(Client& client, Collection& collection) {
  if (collection.system().metrics.empty()) return;
  const Asked asked{Service::kCloudWatch, "DescribeAlarms", "alarms", "", std::nullopt};
  ApiError held_back;
  held_back.kind = ApiError::Kind::kNotAsked;
  held_back.message = "not asked: it would pass the cost cap (--max-cost)";
  if (!collection.spend(kUsdPerCloudWatchCall)) return collection.failed(asked, held_back);
  int pages = 0;
  bool stopped = false;
  const auto done = for_each_page(
      client, Service::kCloudWatch, asked.operation, {{"AlarmTypes", {"MetricAlarm"}}, {"MaxRecords", 100}},
      "NextToken", [&](boost::json::object& page) {
        auto* alarms = page.if_contains("MetricAlarms");
        if (alarms != nullptr && alarms->is_array())
          for (auto& item : alarms->get_array()) {
            if (!item.is_object() || !watches(item.get_object(), collection.system())) continue;
            write_timestamps_as_cli(item);
            ResourceState state{"cloudwatch:alarm", text_at(item.get_object(), "AlarmName"),
                                collection.clock().now(), std::move(item)};
            collection.put(state);
          }
        stopped = !text_at(page, "NextToken").empty() &&
                  (++pages >= kMaxPages || !collection.spend(kUsdPerCloudWatchCall));
        return !stopped && collection.going();
      });
  if (!done) return collection.failed(asked, done.error());
  if (stopped)
    collection.put(Gap{GapReason::kCut, asked.subject, "",
                       "not all alarms of the account were looked through", "cloudwatch:DescribeAlarms",
                       std::nullopt});
}

}  // namespace culprit::aws
