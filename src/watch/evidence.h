// The flight recorder, frozen when an incident opens and when it ends: a capsule, analysed as `culprit
// investigate` does it, and the message for stakeholders from its findings.
#pragma once

#include <filesystem>

#include "conduct/incident_book.h"
#include "watch/flight_recorder.h"
#include "watch/watch_machine.h"

namespace culprit {

// `what` is an Effect::kEvidence. Writes <folder>/<incident>-<phase>.culprit, anew if it is there. Never
// fails as a whole: what went wrong is in `problem`.
EvidenceSeen make_evidence(const Effect& what, const FlightRecorder& recorder, const System& system,
                           const IncidentBook& book, const std::filesystem::path& folder);

}  // namespace culprit
