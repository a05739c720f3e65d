// What the system file would have to know for the next incident like this one (runbook row H7): a known issue
// made of what moved, and an alarm that would have caught it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "alarms/alarm_set.h"
#include "alarms/tune.h"
#include "diagnosis/findings.h"
#include "diagnosis/observation.h"
#include "system/system.h"

namespace culprit {

struct Lesson {
  std::string id;                    // of the known issue or the alarm
  std::string yaml;                  // an item of its list, without a dash (conduct/system_patch.h)
  std::vector<std::string> because;  // in words: what moved, what it was held against
};

// A known issue: up to five signals that moved furthest, the furthest one required, each held against a value
// halfway between what it reached before and what it reached in the incident. kInput when fewer than two
// signals can be told from what they were before: too little to know an issue by.
Result<Lesson> learn_issue(const System& system, const Observations& seen, const Findings& findings,
                           std::string_view cause);

// The alarm with the widest margin among those that fire in time without a false alarm on this recording;
// nullopt when there is none. Results are of tune(), with an alarm on each metric of the system.
std::optional<Lesson> learn_alarm(const System& system, const std::vector<TuningResult>& tuned,
                                  std::string_view cause, std::string_view severity);

// "An index was dropped!" -> "an-index-was-dropped", at most forty letters.
std::string slug(std::string_view text);

}  // namespace culprit
