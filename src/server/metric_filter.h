// Metric filters: what log events that are written add to metrics.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "logs/filter_pattern.h"
#include "server/live_group_filters.h"
#include "server/live_metrics.h"

namespace culprit::server {

struct MetricFilter {
  static constexpr FilterKind kKind{"logs:metric-filter", "metric filter", 100};

  boost::json::object description;  // of DescribeMetricFilters
  FilterPattern pattern;
  std::string name_space, metric, unit;
  std::string value;                              // a number, or "$.latency", "$bytes"
  std::optional<double> default_value;            // of minutes with events of which none matched
  std::map<std::string, std::string> dimensions;  // name → selector

  static MetricFilter read(boost::json::object description);
};

// What the events of one batch are worth. A default value is that of each minute of the batch without a
// match.
std::vector<PutValues> worth_of(const std::vector<std::shared_ptr<const MetricFilter>>& filters,
                                std::span<const std::pair<Time, std::string>> events);

}  // namespace culprit::server
