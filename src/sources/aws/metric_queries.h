// Which series are asked of GetMetricData, and in which batches.
#pragma once

#include <boost/json.hpp>
#include <span>
#include <vector>

#include "sources/aws/collect_aws.h"

namespace culprit::aws {

// False for ranges on signals that come from logs (an error rate): nothing to ask CloudWatch for.
bool is_cloudwatch_metric(const SystemMetric& metric);

struct MetricQuery {
  const SystemMetric* metric = nullptr;
  std::string statistic;
  bool extra = false;  // of extra_statistics: nothing is said when it stays empty
  bool long_view = false;
  std::chrono::seconds period{60};
  Window window;  // aligned to the period
};

// Every statistic of every metric from `span.start` to `span.end`, and the long views before window.end.
// Periods follow what CloudWatch still keeps at that age: 60 s for 15 days, 300 s for 63 days, then 1 h; age
// counts from `now` (account_time() of the session).
std::vector<MetricQuery> plan_metric_queries(const System& system, const Window& span, const Window& incident,
                                             Time now);

// Groups of at most 500 with the same window, in order.
std::vector<std::vector<MetricQuery>> batches_of(const std::vector<MetricQuery>& queries);

// The GetMetricData request of a batch; ids are q0, q1 …
boost::json::object metric_request(std::span<const MetricQuery> batch);

// "percent" -> "Percent" …
std::string cloudwatch_unit(std::string_view system_unit);

}  // namespace culprit::aws
