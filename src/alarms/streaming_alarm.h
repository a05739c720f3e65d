// An alarm that is evaluated as its data arrive: what a server and a watch use. Its states are those that
// replay() gives for the same data known at the same times.
#pragma once

#include <map>

#include "alarms/alarm_data.h"
#include "metrics/cloudwatch_statistic.h"

namespace culprit {

// Keeps no more than the evaluation range of the alarm's own metrics. One thread at a time.
class StreamingAlarm {
 public:
  explicit StreamingAlarm(MetricAlarm alarm, AlarmState state = AlarmState::kInsufficientData);

  const MetricAlarm& alarm() const { return alarm_; }
  AlarmState state() const { return state_; }
  const std::string& reason() const { return reason_; }
  // SetAlarmState: holds until the next evaluation.
  void set_state(AlarmState state, std::string reason);

  // Samples of a metric at a time; in any order, late ones too. What lies before the range of the last tick
  // is of no use any more and is dropped, as are other metrics than the alarm's.
  void add(const MetricId& metric, Time time, const Samples& samples);

  // Evaluates at `now`; the change of state, if there was one. A clock that goes back is not followed:
  // nothing is evaluated until it has passed the last tick.
  Result<std::optional<Transition>> tick(Time now);

  // Single samples kept, for limits and tests.
  std::size_t kept() const;

 private:
  class Reader;
  using Buckets = std::map<Time, Samples>;

  MetricAlarm alarm_;
  AlarmState state_;
  std::string reason_;
  std::map<MetricId, Buckets> metrics_;
  std::optional<Time> last_;
};

}  // namespace culprit
