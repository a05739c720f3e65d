#include "diagnosis/case_file.h"

#include "diagnosis/phrasing.h"
#include "diagnosis/predicate.h"

namespace culprit {

std::vector<Watched> CaseFile::harmed_signals() const {
  std::vector<Watched> out;
  for (const auto& rule : system.severity_rules) {
    const bool holds = !rule.all.empty() && std::ranges::all_of(rule.all, [&](const Predicate& p) {
      return decide(p, *this).truth == Truth::kHolds;
    });
    if (!holds) continue;
    for (const auto& p : rule.all) {
      const Signal* s = signal(p.signal);
      if (!is_traffic(*s) && std::ranges::find(out, s, &Watched::signal) == out.end()) out.push_back({s});
    }
  }
  return out;
}

std::vector<Watched> CaseFile::harm() const {
  std::vector<Watched> out = harmed_signals();
  if (findings.hypotheses.empty() || findings.hypotheses.front().role != CauseRole::kPrimary) return out;
  const auto issue =
      std::ranges::find(system.known_issues, findings.hypotheses.front().cause, &KnownIssue::id);
  for (const auto& s : issue->symptoms)
    if (const Decision d = decide(s.when, *this); d.truth == Truth::kHolds && d.signal->is_count)
      out.push_back({d.signal});
  return out;
}

}  // namespace culprit
