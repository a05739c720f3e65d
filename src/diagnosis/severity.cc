#include <fmt/format.h>

#include "diagnosis/case_file.h"
#include "diagnosis/phrasing.h"
#include "diagnosis/predicate.h"

namespace culprit {

namespace {

// The worst level with a rule that holds, and all reasons of that level.
void grade(CaseFile& file) {
  auto& f = file.findings;
  for (const auto& rule : file.system.severity_rules) {
    if (!f.severity.empty() && rule.level != f.severity) continue;
    auto reason = severity_reason(rule, file);
    if (!reason) continue;
    f.severity = rule.level;
    f.severity_reasons.push_back(std::move(*reason));
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
  const auto harm = file.harm();
  if (const auto onset = earliest_onset(harm, file.seen)) f.onset = onset->time;
  if (const auto recovery = last_recovery(harm, file.seen)) f.recovery = recovery->time;
}

}  // namespace

std::optional<Claim> severity_reason(const SeverityRule& rule, CaseFile& file) {
  std::string observed;
  std::vector<EvidenceRef> refs;
  for (const auto& p : rule.all) {
    const Decision d = decide(p, file);
    if (d.truth != Truth::kHolds) return std::nullopt;
    observed += (observed.empty() ? "" : "; ") + d.observed_text;
    refs.push_back(file.evidence.of_signal(*d.signal));
  }
  if (refs.empty()) return std::nullopt;
  return Claim(fmt::format("{} ({})", capitalised(rule.says), observed), refs.front(),
               std::vector<EvidenceRef>(refs.begin() + 1, refs.end()));
}

void judge_severity(CaseFile& file) {
  auto& f = file.findings;
  if (!anything_seen(file)) {
    f.verdict = Verdict::kCannotTell;
    f.headline = "Cannot tell: there are no logs and no metrics in this window.";
    return;
  }
  grade(file);
  const bool cause_believed =
      !f.hypotheses.empty() && f.hypotheses.front().confidence >= file.options.tuning.believed_min;
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
