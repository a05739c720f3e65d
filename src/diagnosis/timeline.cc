#include <fmt/format.h>

#include <set>

#include "diagnosis/case_file.h"
#include "diagnosis/onset.h"
#include "diagnosis/predicate.h"
#include "diagnosis/wording.h"

namespace culprit {

namespace {

using Kind = TimelineEntry::Kind;

constexpr auto kBeforeOnset = std::chrono::minutes(30);
constexpr std::size_t kChanges = 20;

std::string signal_title(const Signal& signal, const System& system) {
  if (signal.metric != nullptr) return signal.metric->title;
  const auto pattern = std::ranges::find(system.patterns, signal.name, &LogPattern::id);
  if (pattern != system.patterns.end()) return pattern->title;
  std::string name = signal.name.substr(signal.name.find('.') + 1);
  std::ranges::replace(name, '_', ' ');
  const Component* c = system.component(signal.component);
  return (c != nullptr ? c->title : signal.component) + ": " + name;
}

// Signals that the believed hypotheses rest on, each once, heaviest hypothesis first.
std::vector<const Signal*> telling_signals(const CaseFile& file) {
  std::vector<const Signal*> out;
  std::set<std::string> seen;
  for (const auto& h : file.findings.hypotheses) {
    if (h.role == CauseRole::kNone) continue;
    const auto issue = std::ranges::find(file.system.known_issues, h.cause, &KnownIssue::id);
    for (const auto& s : issue->symptoms)
      if (const Decision d = decide(s.when, file);
          d.truth == Truth::kHolds && seen.insert(d.signal->name).second)
        out.push_back(d.signal);
  }
  for (const auto& rule : file.system.severity_rules)
    for (const auto& p : rule.all)
      if (const Decision d = decide(p, file); d.truth == Truth::kHolds && seen.insert(d.signal->name).second)
        out.push_back(d.signal);
  return out;
}

void tell_signal(const Signal& signal, CaseFile& file, std::vector<TimelineEntry>& out) {
  const auto e = find_excursion(signal, file.seen);
  if (!e) return;
  const std::string title = signal_title(signal, file.system);
  const auto ref = file.evidence.of_signal(signal);
  out.push_back(
      {e->onset, signal.component, Kind::kSymptom,
       Claim(fmt::format("{} leaves its baseline of {}{}", title, format_value(e->baseline, signal.unit),
                         e->before_window ? " (before the window)" : ""),
             ref)});
  out.push_back({e->peak, signal.component, Kind::kPeak,
                 Claim(fmt::format("{} peaks at {}", title, format_value(e->peak_value, signal.unit)), ref)});
  if (e->recovery)
    out.push_back({*e->recovery, signal.component, Kind::kRecovery,
                   Claim(fmt::format("{} is back at its baseline", title), ref)});
}

void tell_changes(CaseFile& file, std::vector<TimelineEntry>& out) {
  const Time from = file.findings.onset.value_or(file.seen.window.start) - kBeforeOnset;
  std::size_t told = 0;
  for (const auto& change : file.seen.changes) {
    if (change.time < from || change.time >= file.seen.window.end + kBeforeOnset) continue;
    if (++told > kChanges) break;
    out.push_back({change.time, change.component, Kind::kChange,
                   Claim(fmt::format("{}: {}", change.kind, change.text), file.evidence.of_change(change))});
  }
}

void tell_alerts(CaseFile& file, std::vector<TimelineEntry>& out) {
  for (const auto& alert : file.findings.log_alerts)
    if (alert.fired && alert.first_fired && alert.evidence)
      out.push_back(
          {*alert.first_fired,
           {},
           Kind::kSymptom,
           Claim(fmt::format("Log alert would fire: {} {}", alert.title, alert.rule), *alert.evidence)});
}

}  // namespace

void tell_timeline(CaseFile& file) {
  auto& out = file.findings.timeline;
  tell_changes(file, out);
  if (file.findings.verdict == Verdict::kIncident) {
    const auto signals = telling_signals(file);
    for (const Signal* s : signals) tell_signal(*s, file, out);
    tell_alerts(file, out);
    if (file.findings.onset && !signals.empty()) {
      const auto ref = file.evidence.of_signal(*signals.front());
      out.push_back({*file.findings.onset, {}, Kind::kOnset, Claim("The incident begins", ref)});
      if (file.findings.recovery)
        out.push_back(
            {*file.findings.recovery, {}, Kind::kRecovery, Claim("The service is back to normal", ref)});
    }
  }
  const auto rank = [](Kind k) {  // at the same instant: cause before effect
    return k == Kind::kChange ? 0 : k == Kind::kOnset ? 1 : k == Kind::kRecovery ? 3 : 2;
  };
  std::ranges::stable_sort(out, [&](const TimelineEntry& a, const TimelineEntry& b) {
    return a.time != b.time ? a.time < b.time : rank(a.kind) < rank(b.kind);
  });
}

}  // namespace culprit
