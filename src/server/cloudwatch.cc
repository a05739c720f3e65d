// CloudWatch: which operations there are.
#include "server/cloudwatch_operations.h"

namespace culprit::server {

namespace {

constexpr Operation kOperations[] = {
    {"DeleteAlarms", Access::kWrite, delete_alarms},
    {"DescribeAlarmHistory", Access::kRead, describe_alarm_history},
    {"DescribeAlarms", Access::kRead, describe_alarms},
    {"DisableAlarmActions", Access::kWrite, disable_alarm_actions},
    {"EnableAlarmActions", Access::kWrite, enable_alarm_actions},
    {"GetMetricData", Access::kRead, get_metric_data},
    {"GetMetricStatistics", Access::kRead, get_metric_statistics},
    {"ListMetrics", Access::kRead, list_metrics},
    {"PutCompositeAlarm", Access::kWrite, put_composite_alarm},
    {"PutMetricAlarm", Access::kWrite, put_metric_alarm},
    {"PutMetricData", Access::kWrite, put_metric_data},
    {"SetAlarmState", Access::kWrite, set_alarm_state},
};

}  // namespace

std::span<const Operation> cloudwatch_operations() { return kOperations; }

}  // namespace culprit::server
