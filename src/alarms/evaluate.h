// How CloudWatch decides an alarm's state: a pure function of the datapoints of its evaluation range.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "alarms/alarm.h"

namespace culprit {

// One period of what the alarm watches. Without a value the datapoint is missing.
struct AlarmDatapoint {
  Time time;  // start of the period
  std::optional<double> value;
  std::optional<double> samples;  // SampleCount, for low-sample percentiles
  // The band, for alarms that watch one; a datapoint without a band is missing.
  std::optional<double> lower, upper;
  bool operator==(const AlarmDatapoint&) const = default;
};

// Periods that are looked at: the evaluation periods and two spare ones, so that late or missing datapoints
// can be made up for by older ones (the guide's tables have 5 for 3).
int evaluation_range(const MetricAlarm& alarm);

// Samples below which a percentile means little: 10/(1-p) for p >= 0.5, else 10/p.
double samples_needed(double percentile);

bool breaches(const MetricAlarm& alarm, const AlarmDatapoint& datapoint);

struct Evaluation {
  AlarmState state = AlarmState::kInsufficientData;
  std::string reason;                  // StateReason, in the service's words
  std::vector<AlarmDatapoint> recent;  // the real datapoints that decided, newest first
  int filled = 0;                      // missing datapoints that treatMissingData stood for
  bool held = false;                   // the state was kept for lack of data
};

// `range`: oldest first, one entry a period; more than evaluation_range() are cut from the old end, fewer
// count as missing before. `previous` is the state that `ignore` and too little data keep.
//  - With as many real datapoints as periods, the newest of them decide and treatMissingData says nothing.
//  - With fewer, all real ones count and treatMissingData stands for as few missing ones as possible.
//  - `missing`: ALARM also when all real datapoints breach and the oldest is at least M periods old; a
//  younger
//    one is too early to tell, and the state is kept. No datapoint at all: INSUFFICIENT_DATA.
Evaluation evaluate(const MetricAlarm& alarm, std::span<const AlarmDatapoint> range, AlarmState previous);

// StateReason of an alarm that was just made.
inline constexpr std::string_view kInitialReason = "Unchecked: Initial alarm creation";

}  // namespace culprit
