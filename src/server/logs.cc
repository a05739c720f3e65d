// CloudWatch Logs: which operations there are.
#include "server/logs_operations.h"

namespace culprit::server {

namespace {

constexpr Operation kOperations[] = {
    {"CreateLogGroup", Access::kWrite, create_log_group},
    {"CreateLogStream", Access::kWrite, create_log_stream},
    {"DeleteLogGroup", Access::kWrite, delete_log_group},
    {"DeleteLogStream", Access::kWrite, delete_log_stream},
    {"DeleteMetricFilter", Access::kWrite, delete_metric_filter},
    {"DeleteQueryDefinition", Access::kWrite, delete_query_definition},
    {"DeleteRetentionPolicy", Access::kWrite, delete_retention_policy},
    {"DeleteSubscriptionFilter", Access::kWrite, delete_subscription_filter},
    {"DescribeLogGroups", Access::kRead, describe_log_groups},
    {"DescribeLogStreams", Access::kRead, describe_log_streams},
    {"DescribeMetricFilters", Access::kRead, describe_metric_filters},
    {"DescribeQueries", Access::kRead, describe_queries},
    {"DescribeQueryDefinitions", Access::kRead, describe_query_definitions},
    {"DescribeSubscriptionFilters", Access::kRead, describe_subscription_filters},
    {"FilterLogEvents", Access::kRead, filter_log_events},
    {"GetLogEvents", Access::kRead, get_log_events},
    {"GetLogGroupFields", Access::kRead, get_log_group_fields},
    {"GetLogRecord", Access::kRead, get_log_record},
    {"GetQueryResults", Access::kRead, get_query_results},
    {"ListTagsForResource", Access::kRead, list_log_tags},
    {"ListTagsLogGroup", Access::kRead, list_log_tags},
    {"PutLogEvents", Access::kWrite, put_log_events},
    {"PutMetricFilter", Access::kWrite, put_metric_filter},
    {"PutQueryDefinition", Access::kWrite, put_query_definition},
    {"PutRetentionPolicy", Access::kWrite, put_retention_policy},
    {"PutSubscriptionFilter", Access::kWrite, put_subscription_filter},
    {"StartQuery", Access::kRead, start_query},
    {"StopQuery", Access::kRead, stop_query},
    {"TagLogGroup", Access::kWrite, tag_log_group},
    {"TagResource", Access::kWrite, tag_log_group},
    {"TestMetricFilter", Access::kRead, test_metric_filter},
    {"UntagLogGroup", Access::kWrite, untag_log_group},
    {"UntagResource", Access::kWrite, untag_log_group},
};

}  // namespace

std::span<const Operation> logs_operations() { return kOperations; }

}  // namespace culprit::server
