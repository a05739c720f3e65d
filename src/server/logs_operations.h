// Operations of CloudWatch Logs, in the files logs_*.cc.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_Operations.html
#pragma once

#include "server/operations.h"

namespace culprit::server {

boost::json::object create_log_group(Account& account, const ApiRequest& request);
boost::json::object delete_log_group(Account& account, const ApiRequest& request);
boost::json::object delete_log_stream(Account& account, const ApiRequest& request);
boost::json::object put_subscription_filter(Account& account, const ApiRequest& request);
boost::json::object describe_subscription_filters(Account& account, const ApiRequest& request);
boost::json::object delete_subscription_filter(Account& account, const ApiRequest& request);
boost::json::object put_metric_filter(Account& account, const ApiRequest& request);
boost::json::object describe_metric_filters(Account& account, const ApiRequest& request);
boost::json::object delete_metric_filter(Account& account, const ApiRequest& request);
boost::json::object create_log_stream(Account& account, const ApiRequest& request);
boost::json::object delete_retention_policy(Account& account, const ApiRequest& request);
boost::json::object put_log_events(Account& account, const ApiRequest& request);
boost::json::object put_retention_policy(Account& account, const ApiRequest& request);
boost::json::object tag_log_group(Account& account, const ApiRequest& request);
boost::json::object untag_log_group(Account& account, const ApiRequest& request);
boost::json::object describe_log_groups(Account& account, const ApiRequest& request);
boost::json::object describe_log_streams(Account& account, const ApiRequest& request);
boost::json::object filter_log_events(Account& account, const ApiRequest& request);
boost::json::object get_log_events(Account& account, const ApiRequest& request);
boost::json::object list_log_tags(Account& account, const ApiRequest& request);
boost::json::object start_query(Account& account, const ApiRequest& request);
boost::json::object get_query_results(Account& account, const ApiRequest& request);
boost::json::object stop_query(Account& account, const ApiRequest& request);
boost::json::object describe_queries(Account& account, const ApiRequest& request);
boost::json::object get_log_record(Account& account, const ApiRequest& request);
boost::json::object get_log_group_fields(Account& account, const ApiRequest& request);
boost::json::object put_query_definition(Account& account, const ApiRequest& request);
boost::json::object delete_query_definition(Account& account, const ApiRequest& request);
boost::json::object describe_query_definitions(Account& account, const ApiRequest& request);
boost::json::object test_metric_filter(Account& account, const ApiRequest& request);

}  // namespace culprit::server
