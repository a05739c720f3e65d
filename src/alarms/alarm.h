// CloudWatch's alarms as values, in its own words.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "telemetry/metric.h"

namespace culprit {

enum class AlarmState { kInsufficientData, kOk, kAlarm };

enum class Comparison {
  kGreater,         // GreaterThanThreshold
  kGreaterOrEqual,  // GreaterThanOrEqualToThreshold
  kLess,            // LessThanThreshold
  kLessOrEqual,     // LessThanOrEqualToThreshold
  kOutsideBand,     // LessThanLowerOrGreaterThanUpperThreshold
  kBelowBand,       // LessThanLowerThreshold
  kAboveBand,       // GreaterThanUpperThreshold
};

enum class MissingData { kMissing, kIgnore, kBreaching, kNotBreaching };

// One statistic of one metric over periods.
struct MetricStat {
  MetricId metric;
  std::string statistic = "Average";  // also "p99", "tm95" …
  std::chrono::seconds period{60};
  std::string unit;
  bool operator==(const MetricStat&) const = default;
};

// One line of an alarm on metric math.
struct AlarmQuery {
  std::string id;
  std::optional<MetricStat> stat;  // either this …
  std::string expression;          // … or an expression
  std::string label;
  bool return_data = false;
  std::chrono::seconds period{0};  // of an expression; 0 = that of its metrics
  bool operator==(const AlarmQuery&) const = default;
};

struct AlarmActions {
  bool enabled = true;
  std::vector<std::string> alarm, ok, insufficient_data;  // ARNs
  bool operator==(const AlarmActions&) const = default;
};

struct MetricAlarm {
  std::string name;
  std::string description;
  MetricStat stat;                  // used when `queries` is empty
  std::vector<AlarmQuery> queries;  // metric math
  std::string band_id;              // ThresholdMetricId: the query that is an ANOMALY_DETECTION_BAND
  double threshold = 0;
  Comparison comparison = Comparison::kGreater;
  int evaluation_periods = 1;
  int datapoints_to_alarm = 0;  // 0 = all of them
  MissingData missing = MissingData::kMissing;
  bool ignore_low_samples = false;  // EvaluateLowSampleCountPercentile=ignore
  AlarmActions actions;

  int needed() const { return datapoints_to_alarm > 0 ? datapoints_to_alarm : evaluation_periods; }
  // The alarm's period: that of the metric, or the longest of its queries.
  std::chrono::seconds period() const;
  bool watches_band() const { return comparison >= Comparison::kOutsideBand; }
  bool operator==(const MetricAlarm&) const = default;
};

struct CompositeAlarm {
  std::string name;
  std::string description;
  std::string rule;
  AlarmActions actions;
  std::string suppressor;  // name or ARN of the alarm that holds actions back
  std::chrono::seconds suppressor_wait{0}, suppressor_extension{0};
  bool operator==(const CompositeAlarm&) const = default;
};

std::string_view to_string(AlarmState state);            // "OK", "ALARM", "INSUFFICIENT_DATA"
std::string_view to_string(Comparison comparison);       // "GreaterThanThreshold" …
std::string_view to_string(MissingData missing);         // "missing", "ignore", "breaching", "notBreaching"
std::string_view sign_of(Comparison comparison);         // ">", ">=" …
Result<AlarmState> parse_alarm_state(std::string_view);  // kInput
Result<Comparison> parse_comparison(std::string_view);
Result<MissingData> parse_missing_data(std::string_view);

// What PutMetricAlarm would refuse: period and range, M above N, a band without its comparison, queries
// without exactly one that returns data. kInput in the service's sense.
Result<void> check_alarm(const MetricAlarm& alarm);

// Whether CloudWatch takes this period and number of periods (10, 20, 30 or whole minutes; at most a day in
// all, or a week with periods of an hour or more).
Result<void> check_period(std::chrono::seconds period, int evaluation_periods);

}  // namespace culprit
