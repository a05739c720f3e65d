// CloudWatch: which operations there are.
#include "server/cloudwatch_operations.h"

namespace culprit::server {

namespace {

constexpr Operation kOperations[] = {
    {"DescribeAlarms", Access::kRead, describe_alarms},
    {"GetMetricData", Access::kRead, get_metric_data},
    {"GetMetricStatistics", Access::kRead, get_metric_statistics},
    {"ListMetrics", Access::kRead, list_metrics},
};

}  // namespace

std::span<const Operation> cloudwatch_operations() { return kOperations; }

}  // namespace culprit::server
