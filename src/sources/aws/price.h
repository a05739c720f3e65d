// What AWS charges for asking (list prices of us-east-1; docs/aws.md).
#pragma once

namespace culprit::aws {

inline constexpr double kUsdPerMetricRequested = 0.01 / 1000;  // GetMetricData
inline constexpr double kUsdPerCloudWatchCall = 0.01 / 1000;   // ListMetrics, DescribeAlarms
// FilterLogEvents, DescribeLogGroups and the reads of ECS, RDS, STS are free.

}  // namespace culprit::aws
