// What a system file wants in CloudWatch: metric filters, alarms and composite alarms.
#pragma once

#include <string>
#include <vector>

#include "alarms/alarm.h"
#include "system/system.h"

namespace culprit {

// Counts the events of a log group that match.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
struct MetricFilter {
  std::string name;
  std::string log_group;
  std::string pattern;
  MetricId metric;  // without dimensions
  std::string value = "1";
  // Published in minutes with events none of which match; unset: nothing is.
  std::optional<double> default_value;
  bool operator==(const MetricFilter&) const = default;
};

// Why an alarm is there, for people.
struct AlarmOrigin {
  std::string alarm;  // its name
  std::string id;     // in the system file
  std::string title;
  std::string row;        // "G1"
  std::string component;  // component id
};

struct AlarmSet {
  std::string system;
  std::vector<MetricFilter> filters;
  std::vector<MetricAlarm> alarms;
  std::vector<CompositeAlarm> composites;
  std::vector<AlarmOrigin> origins;

  const MetricAlarm* alarm(std::string_view name) const;
  const AlarmOrigin* origin(std::string_view alarm) const;
  const MetricFilter* filter_of(const MetricId& metric) const;
};

// The alarms of the file's `alarms`, the metric filters and alarms of `log_alerts` with a filter, and the
// burn-rate alarms of `objectives`. kInput when CloudWatch would refuse one, or a name is used twice.
Result<AlarmSet> alarms_of(const System& system);

// Namespace of the metrics that a system's filters publish: "Culprit/<system>".
std::string filter_namespace(std::string_view system);
// What the names of its filters begin with: "culprit-<system>-".
std::string filter_prefix(std::string_view system);

// One step of multi-window, multi-burn-rate alerting (Site Reliability Workbook, chapter 5): alarm when the
// error budget burns `rate` times as fast as it may, over the long window and still over the short one.
struct BurnRate {
  double rate;
  std::chrono::minutes long_window, short_window;
  std::string_view kind;  // "page", "ticket"
};
// 14.4 over 1 h and 5 min, 6 over 6 h and 30 min, 3 over 1 day and 2 h. The workbook's last step looks three
// days back; CloudWatch's periods end at one day.
std::vector<BurnRate> burn_rates();

}  // namespace culprit
