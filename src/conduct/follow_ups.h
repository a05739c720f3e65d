// What is to be done after an incident (runbook row H7): proposed from the report, with owner and day.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/zone.h"
#include "diagnosis/findings.h"
#include "system/system.h"

namespace culprit {

struct ProposedFollowUp {
  std::string text;
  std::string owner;  // role of a contact, with the name that it has in the system file
  std::string due;    // "2025-09-01", of the team's clock
  std::string from;   // "recommendation", "monitoring", "code-review", "infrastructure"
};

// Recommendations, due after the day, week or month that they are for, and preventive measures, due in a
// month. A day is counted from `from`. Who owns what: the database's are the database owner's, what is bought
// or scaled is infrastructure's, all else is DevOps'; a role that the system file does not have falls to
// DevOps, then to whoever comes first.
std::vector<ProposedFollowUp> propose_follow_ups(const Findings& findings, const System& system, Time from,
                                                 const Zone& zone);

}  // namespace culprit
