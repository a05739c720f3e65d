// The alarms of a system, decided minute by minute. Pure.
#pragma once

#include "alarms/alarm_set.h"
#include "watch/watch_state.h"

namespace culprit {

struct AlarmChange {
  std::string alarm;
  AlarmState to = AlarmState::kOk;
  std::string reason;
  bool operator==(const AlarmChange&) const = default;
};

// What changed at the end of one minute.
struct MinuteChanges {
  Time minute;
  std::vector<AlarmChange> changes;
};

// Which alarms a watch can decide, and which not, and why (shown once at the start).
struct Watchable {
  AlarmSet set;                             // those that it can
  std::vector<std::string> cannot;          // "NAME: …"
  std::map<MetricId, Duration> looks_back;  // how far its alarms look, by metric
};
Watchable watchable(const AlarmSet& all, const System& system);

// Alarms that only feed a composite open no incident themselves.
bool opens_incident(const AlarmSet& set, const std::string& alarm);

// Evaluates each minute in (after, until], from the states in `before`. kInput: an alarm that cannot be
// evaluated, named.
Result<std::vector<MinuteChanges>> evaluate_minutes(const AlarmSet& set, RecordedMetrics& metrics,
                                                    const std::map<std::string, AlarmMemory>& before,
                                                    Time after, Time until);

}  // namespace culprit
