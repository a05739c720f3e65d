// What is told to people: the status message for stakeholders (runbook row H3) and the handover. Both say
// only what findings and book hold.
#pragma once

#include <string>

#include "base/zone.h"
#include "conduct/incident_book.h"
#include "diagnosis/findings.h"
#include "system/system.h"

namespace culprit {

// When the next update is due: P0 15 minutes, P1 30 minutes, P2 2 hours, P3 a day.
Duration update_interval(std::string_view severity);

struct StatusInput {
  const Incident& incident;
  const System& system;
  const Findings* findings = nullptr;  // already redacted; null: nothing is known yet
  Time now;
  Zone zone;
};

// Plain text: what is known, what is not, what happens next, when the next update comes, to whom it goes.
std::string status_message(const StatusInput& input);

// "Since you slept": at most ten lines of at most 40 columns, for a phone.
std::string handover(const StatusInput& input);

}  // namespace culprit
