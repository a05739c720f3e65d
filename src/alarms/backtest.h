// Would the alarms have fired? A replay over recorded evidence, held against the onset of its incident.
#pragma once

#include <optional>

#include "alarms/recorded_metrics.h"

namespace culprit {

struct AlarmBacktest {
  std::string alarm;
  bool composite = false;
  std::size_t points = 0;  // datapoints that its metrics have in the recording; 0: it could see nothing
  std::vector<Transition> transitions;
  std::optional<Time> fired;       // first ALARM from the onset on
  std::optional<Duration> delay;   // fired - onset
  std::vector<Time> false_alarms;  // ALARMs before the onset; without an onset every one
  Duration in_alarm{0};
};

struct Backtest {
  Window window;
  std::optional<Time> onset;  // unset: a quiet recording
  std::vector<AlarmBacktest> alarms;

  const AlarmBacktest* first_to_fire() const;
  std::size_t false_alarms() const;
};

// Evaluates every alarm of the set at each minute of the window, as if each datapoint were there when its
// minute ends.
Result<Backtest> backtest(const AlarmSet& set, RecordedMetrics& metrics, const Window& window,
                          std::optional<Time> onset);

}  // namespace culprit
