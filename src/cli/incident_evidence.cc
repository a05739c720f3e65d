#include "cli/incident_evidence.h"

namespace culprit {

Result<Incident> incident_to_look_back_at(const IncidentBook& book, const std::string& id) {
  if (!id.empty()) return book.find(id);
  const auto all = book.all();  // newest first
  if (!all) return tl::unexpected(all.error());
  for (const auto& i : *all)
    if (i.open()) return i;
  if (!all->empty()) return all->front();
  return fail(ErrorCode::kNotFound, "there is no incident", "", "`culprit incident open` opens one.");
}

Result<AnalysedEvidence> analyse_evidence(const std::string& capsule, const SystemOptions& system,
                                          Memory memory) {
  const auto progress = make_silent_progress();
  auto evidence = open_evidence(capsule, system);
  if (!evidence) return tl::unexpected(evidence.error());
  auto options = options_for(*evidence, *progress);
  if (!options) return tl::unexpected(options.error());
  options->capsule = capsule;
  options->memory = std::move(memory);
  auto findings = investigate(evidence->store(), evidence->system, *options);
  if (!findings) return tl::unexpected(findings.error());
  return AnalysedEvidence{std::move(*evidence), std::move(*options), std::move(*findings)};
}

Result<AnalysedEvidence> analyse_incident(const Incident& incident, const std::string& capsule,
                                          const SystemOptions& system, Memory memory) {
  const std::string& chosen = capsule.empty() ? incident.capsule : capsule;
  if (chosen.empty())
    return fail(ErrorCode::kUsage, incident.id + " was opened without evidence", "",
                "Name its capsule: --capsule incident.culprit");
  return analyse_evidence(chosen, system, std::move(memory));
}

}  // namespace culprit
