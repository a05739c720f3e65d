// The evidence that an incident was opened with, analysed; shared by the commands about incidents.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cli/analyse.h"
#include "conduct/incident_book.h"
#include "diagnosis/investigate.h"

namespace culprit {

// The incident with this id, or a part of it; without one the only one that is open, else the last one.
Result<Incident> incident_to_look_back_at(const IncidentBook& book, const std::string& id);

struct AnalysedEvidence {
  OpenEvidence evidence;
  InvestigateOptions options;
  Findings findings;
};

// Opens a capsule or store and analyses it. `memory`: remembered incidents to compare with.
Result<AnalysedEvidence> analyse_evidence(const std::string& capsule, const SystemOptions& system,
                                          Memory memory);

// The same of what the incident was opened with, or of `capsule` when it is not empty. kUsage when there is
// neither.
Result<AnalysedEvidence> analyse_incident(const Incident& incident, const std::string& capsule,
                                          const SystemOptions& system, Memory memory);

}  // namespace culprit
