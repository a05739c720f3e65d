// Operations of CloudWatch, in the files cloudwatch_*.cc.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Operations.html
#pragma once

#include "server/metric_reader.h"
#include "server/operations.h"

namespace culprit::server {

boost::json::object get_metric_statistics(Account& account, const ApiRequest& request);
boost::json::object get_metric_data(Account& account, const ApiRequest& request);
boost::json::object list_metrics(Account& account, const ApiRequest& request);
boost::json::object delete_alarms(Account& account, const ApiRequest& request);
boost::json::object describe_alarm_history(Account& account, const ApiRequest& request);
boost::json::object disable_alarm_actions(Account& account, const ApiRequest& request);
boost::json::object enable_alarm_actions(Account& account, const ApiRequest& request);
boost::json::object put_composite_alarm(Account& account, const ApiRequest& request);
boost::json::object put_metric_alarm(Account& account, const ApiRequest& request);
boost::json::object put_metric_data(Account& account, const ApiRequest& request);
boost::json::object set_alarm_state(Account& account, const ApiRequest& request);
boost::json::object delete_anomaly_detector(Account& account, const ApiRequest& request);
boost::json::object delete_dashboards(Account& account, const ApiRequest& request);
boost::json::object describe_alarms_for_metric(Account& account, const ApiRequest& request);
boost::json::object describe_anomaly_detectors(Account& account, const ApiRequest& request);
boost::json::object get_dashboard(Account& account, const ApiRequest& request);
boost::json::object get_metric_widget_image(Account& account, const ApiRequest& request);
boost::json::object list_dashboards(Account& account, const ApiRequest& request);
boost::json::object list_tags_for_resource(Account& account, const ApiRequest& request);
boost::json::object put_anomaly_detector(Account& account, const ApiRequest& request);
boost::json::object put_dashboard(Account& account, const ApiRequest& request);
boost::json::object tag_resource(Account& account, const ApiRequest& request);
boost::json::object untag_resource(Account& account, const ApiRequest& request);
boost::json::object describe_alarms(Account& account, const ApiRequest& request);

// Namespace, MetricName and Dimensions of parameters; dimensions sorted.
MetricId metric_id_of(const Parameters& p);
std::vector<Dimension> dimensions_of(const Parameters& p);

// Seconds since the epoch, as CloudWatch's answers have moments.
double seconds_of(Time time);

// The finest period that is still kept of data that old: 60 s for 15 days, 300 s for 63 days, then 1 h.
std::chrono::seconds finest_period_at(Time data, Time now);

}  // namespace culprit::server
