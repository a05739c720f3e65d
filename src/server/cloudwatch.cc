// CloudWatch: which operations there are.
#include "server/cloudwatch_operations.h"

namespace culprit::server {

namespace {

constexpr Operation kOperations[] = {
    {"DeleteAlarms", Access::kWrite, delete_alarms},
    {"DeleteAnomalyDetector", Access::kWrite, delete_anomaly_detector},
    {"DeleteDashboards", Access::kWrite, delete_dashboards},
    {"DescribeAlarmHistory", Access::kRead, describe_alarm_history},
    {"DescribeAlarms", Access::kRead, describe_alarms},
    {"DescribeAlarmsForMetric", Access::kRead, describe_alarms_for_metric},
    {"DescribeAnomalyDetectors", Access::kRead, describe_anomaly_detectors},
    {"DisableAlarmActions", Access::kWrite, disable_alarm_actions},
    {"EnableAlarmActions", Access::kWrite, enable_alarm_actions},
    {"GetDashboard", Access::kRead, get_dashboard},
    {"GetMetricData", Access::kRead, get_metric_data},
    {"GetMetricStatistics", Access::kRead, get_metric_statistics},
    {"GetMetricWidgetImage", Access::kRead, get_metric_widget_image},
    {"ListDashboards", Access::kRead, list_dashboards},
    {"ListMetrics", Access::kRead, list_metrics},
    {"ListTagsForResource", Access::kRead, list_tags_for_resource},
    {"PutAnomalyDetector", Access::kWrite, put_anomaly_detector},
    {"PutCompositeAlarm", Access::kWrite, put_composite_alarm},
    {"PutDashboard", Access::kWrite, put_dashboard},
    {"PutMetricAlarm", Access::kWrite, put_metric_alarm},
    {"PutMetricData", Access::kWrite, put_metric_data},
    {"SetAlarmState", Access::kWrite, set_alarm_state},
    {"TagResource", Access::kWrite, tag_resource},
    {"UntagResource", Access::kWrite, untag_resource},
};

}  // namespace

std::span<const Operation> cloudwatch_operations() { return kOperations; }

}  // namespace culprit::server
