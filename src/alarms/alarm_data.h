// From metrics to the datapoints of an alarm's evaluation range, and from there through time.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "alarms/evaluate.h"
#include "metrics/anomaly_band.h"
#include "telemetry/window.h"

namespace culprit {

// What is known of one period of a metric.
struct PeriodValue {
  std::optional<double> value;    // of the statistic asked for
  std::optional<double> samples;  // SampleCount, when known
};

// Where an alarm's data come from: a store, a server's memory, a stream.
class MetricReader {
 public:
  virtual ~MetricReader() = default;
  // One entry for each whole period of the window, oldest first.
  virtual Result<std::vector<PeriodValue>> read(const MetricStat& stat, const Window& window) = 0;
  // The model behind ANOMALY_DETECTION_BAND. One that knows nothing leaves the alarm without data, as
  // CloudWatch does while it trains.
  virtual Result<AnomalyModel> model(const MetricStat&) { return AnomalyModel{}; }
};

// How often CloudWatch evaluates: each minute, each 10 s for periods below a minute.
Duration tick_of(const MetricAlarm& alarm);

// The periods that an evaluation at `now` looks at. They end with the last whole tick before `now` and slide
// with it; they are not aligned to multiples of the period.
Window range_of(const MetricAlarm& alarm, Time now);

// evaluation_range(alarm) entries, oldest first. kInput for an expression that cannot be evaluated.
Result<std::vector<AlarmDatapoint>> alarm_datapoints(const MetricAlarm& alarm, Time now,
                                                     MetricReader& reader);

struct Transition {
  Time time;
  AlarmState from = AlarmState::kInsufficientData;
  AlarmState to = AlarmState::kOk;
  std::string reason;
  bool operator==(const Transition&) const = default;
};

// Every change of state when the alarm is evaluated at each tick in (window.start, window.end].
Result<std::vector<Transition>> replay(const MetricAlarm& alarm, MetricReader& reader, const Window& window,
                                       AlarmState initial = AlarmState::kInsufficientData);

}  // namespace culprit
