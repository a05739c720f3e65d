// Thresholds and M-of-N proposed from history, with what each would have cost.
#pragma once

#include "alarms/backtest.h"

namespace culprit {

// One recording that a proposal is held against.
struct TuningCase {
  RecordedMetrics* metrics = nullptr;
  Window window;
  std::optional<Time> onset;
};

struct Tuned {
  MetricAlarm alarm;
  std::optional<Duration> slowest;  // of the incidents, from onset to ALARM; unset: some incident not seen
  std::size_t missed = 0;           // incidents not seen
  std::size_t false_alarms = 0;
  Duration watched{0};  // quiet time that these are counted over
  double usd_per_month = 0;
  // How far apart quiet and incident lie: the level that the incident would still have crossed in time, over
  // the highest that quiet time reached (below: the other way round). Above 1 a threshold exists.
  double margin = 0;
};

struct TuningResult {
  std::string alarm;  // the one that is tuned
  Tuned as_it_is;
  std::vector<Tuned> proposals;  // best first; empty: none fires in time without a false alarm
  std::string why_none;
};

struct TuningGoal {
  Duration within{180'000};  // of the onset
};

// Tunes an alarm on one metric against the recordings: periods of one minute, M of N from 1/1 to 3/5. For
// each, the highest level that quiet time reaches and the level that every incident crosses in time are
// computed exactly; the threshold lies between them. Every proposal is replayed before it is shown.
Result<TuningResult> tune(const MetricAlarm& alarm, const std::vector<TuningCase>& cases,
                          const TuningGoal& goal);

// The set's alarms, and one for each metric of the system that has none yet, without a threshold of its own
// (±1e300) where the system file says none: what tune() may look for one in.
AlarmSet with_candidates(const System& system, AlarmSet set);

// $0.10 a month for an alarm, $0.30 when its period is below a minute (list price us-east-1).
double usd_per_month(const MetricAlarm& alarm);

}  // namespace culprit
