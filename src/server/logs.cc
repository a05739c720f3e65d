// CloudWatch Logs: which operations there are.
#include "server/logs_operations.h"

namespace culprit::server {

namespace {

constexpr Operation kOperations[] = {
    {"DescribeLogGroups", Access::kRead, describe_log_groups},
    {"DescribeLogStreams", Access::kRead, describe_log_streams},
    {"FilterLogEvents", Access::kRead, filter_log_events},
    {"GetLogEvents", Access::kRead, get_log_events},
    {"ListTagsForResource", Access::kRead, list_log_tags},
    {"ListTagsLogGroup", Access::kRead, list_log_tags},
    {"TestMetricFilter", Access::kRead, test_metric_filter},
};

}  // namespace

std::span<const Operation> logs_operations() { return kOperations; }

}  // namespace culprit::server
