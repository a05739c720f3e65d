// CloudWatch Logs: which operations there are.
#include "server/logs_operations.h"

namespace culprit::server {

namespace {

constexpr Operation kOperations[] = {
    {"CreateLogGroup", Access::kWrite, create_log_group},
    {"CreateLogStream", Access::kWrite, create_log_stream},
    {"DeleteRetentionPolicy", Access::kWrite, delete_retention_policy},
    {"DescribeLogGroups", Access::kRead, describe_log_groups},
    {"DescribeLogStreams", Access::kRead, describe_log_streams},
    {"FilterLogEvents", Access::kRead, filter_log_events},
    {"GetLogEvents", Access::kRead, get_log_events},
    {"ListTagsForResource", Access::kRead, list_log_tags},
    {"ListTagsLogGroup", Access::kRead, list_log_tags},
    {"PutLogEvents", Access::kWrite, put_log_events},
    {"PutRetentionPolicy", Access::kWrite, put_retention_policy},
    {"TagLogGroup", Access::kWrite, tag_log_group},
    {"TagResource", Access::kWrite, tag_log_group},
    {"TestMetricFilter", Access::kRead, test_metric_filter},
    {"UntagLogGroup", Access::kWrite, untag_log_group},
    {"UntagResource", Access::kWrite, untag_log_group},
};

}  // namespace

std::span<const Operation> logs_operations() { return kOperations; }

}  // namespace culprit::server
