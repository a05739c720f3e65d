#include <fmt/format.h>

#include "diagnosis/case_file.h"
#include "diagnosis/onset.h"
#include "diagnosis/predicate.h"

namespace culprit {

namespace {

constexpr double kConfident = 0.5;

struct RuleOutcome {
  bool holds = false;
  std::vector<Claim> reasons;
};

RuleOutcome apply(const SeverityRule& rule, CaseFile& file) {
  RuleOutcome out;
  std::string observed;
  std::vector<EvidenceRef> refs;
  for (const auto& p : rule.all) {
    const Decision d = decide(p, file);
    if (d.truth != Truth::kHolds) return {};
    observed += (observed.empty() ? "" : "; ") + d.observed_text;
    refs.push_back(file.evidence.of_signal(*d.signal));
  }
  if (refs.empty()) return {};
  out.holds = true;
  out.reasons.emplace_back(fmt::format("{} ({})", rule.says, observed), refs.front(),
                           std::vector<EvidenceRef>(refs.begin() + 1, refs.end()));
  return out;
}

// The worst level with a rule that holds, and all reasons of that level.
void grade(CaseFile& file) {
  auto& f = file.findings;
  for (const auto& rule : file.system.severity_rules) {
    if (!f.severity.empty() && rule.level != f.severity) continue;
    auto outcome = apply(rule, file);
    if (!outcome.holds) continue;
    f.severity = rule.level;
    f.severity_reasons.insert(f.severity_reasons.end(), outcome.reasons.begin(), outcome.reasons.end());
  }
}

bool anything_seen(const CaseFile& file) {
  for (const auto& [name, signal] : file.seen.signals)
    if (signal.from != Signal::From::kState && !values(signal, file.window_minutes()).empty()) return true;
  return false;
}

// Critical components of which nothing at all was seen in the window.
std::vector<std::string> blind_spots(const CaseFile& file) {
  std::vector<std::string> out;
  for (const auto& c : file.system.components) {
    if (!c.critical) continue;
    bool seen = false;
    for (const auto& [name, signal] : file.seen.signals)
      if (signal.component == c.id && signal.from != Signal::From::kState)
        seen = seen || !values(signal, file.window_minutes()).empty();
    if (!seen) out.push_back(c.title);
  }
  return out;
}

// Onset and recovery of the incident: of the signals that the severity and the first cause rest on.
void date_incident(CaseFile& file) {
  auto& f = file.findings;
  std::vector<const Signal*> harm = file.harmed_signals();
  if (!f.hypotheses.empty() && f.hypotheses.front().role == CauseRole::kPrimary) {
    const auto issue =
        std::ranges::find(file.system.known_issues, f.hypotheses.front().cause, &KnownIssue::id);
    for (const auto& s : issue->symptoms)
      if (const Decision d = decide(s.when, file); d.truth == Truth::kHolds && d.signal->is_count)
        harm.push_back(d.signal);
  }
  if (const auto onset = earliest_onset(harm, file.seen)) f.onset = onset->time;
  bool all_recovered = true;
  for (const Signal* signal : harm) {
    const auto e = find_excursion(*signal, file.seen);
    if (!e) continue;
    if (!e->recovery) all_recovered = false;
    if (e->recovery && (!f.recovery || *e->recovery > *f.recovery)) f.recovery = e->recovery;
  }
  if (!all_recovered) f.recovery.reset();
}

}  // namespace

void judge_severity(CaseFile& file) {
  auto& f = file.findings;
  if (!anything_seen(file)) {
    f.verdict = Verdict::kCannotTell;
    f.headline = "Cannot tell: there are no logs and no metrics in this window.";
    return;
  }
  grade(file);
  const bool cause_believed = !f.hypotheses.empty() && f.hypotheses.front().confidence >= kConfident;
  const bool harmed = !f.severity.empty() && f.severity != "P3";
  if (cause_believed || harmed) {
    f.verdict = Verdict::kIncident;
    if (f.severity.empty()) f.severity = "P3";
    date_incident(file);
    return;
  }
  f.severity.clear();
  f.severity_reasons.clear();
  const auto blind = blind_spots(file);
  if (blind.empty()) {
    f.verdict = Verdict::kNoIncident;
    f.headline = "No incident was found in this window.";
    return;
  }
  f.verdict = Verdict::kCannotTell;
  f.headline =
      fmt::format("Cannot tell: nothing wrong in what could be seen, but nothing could be seen of {}.",
                  fmt::join(blind, ", "));
}

}  // namespace culprit
