#include <fmt/format.h>

#include <set>

#include "diagnosis/case_file.h"
#include "diagnosis/phrasing.h"
#include "diagnosis/predicate.h"
#include "telemetry/quantity.h"

namespace culprit {

namespace {

using Kind = TimelineEntry::Kind;

// Changes older than this before the onset are no part of the incident's story.
constexpr auto kBeforeOnset = std::chrono::minutes(15);
constexpr std::size_t kChanges = 20;

// Signals that the believed hypotheses rest on, each once, heaviest hypothesis first.
std::vector<const Signal*> telling_signals(const CaseFile& file) {
  std::vector<const Signal*> out;
  std::set<std::string> seen;
  const auto add = [&](const Predicate& p) {
    const Decision d = decide(p, file);
    if (d.truth == Truth::kHolds && !is_traffic(*d.signal) && seen.insert(d.signal->name).second)
      out.push_back(d.signal);
  };
  for (const auto& h : file.findings.hypotheses) {
    if (h.role == CauseRole::kNone) continue;
    const auto issue = std::ranges::find(file.system.known_issues, h.cause, &KnownIssue::id);
    for (const auto& s : issue->symptoms) add(s.when);
  }
  for (const auto& rule : file.system.severity_rules)
    for (const auto& p : rule.all) add(p);
  return out;
}

// What one signal did at one time; what happened together is told in one entry.
struct Happening {
  Time time;
  bool exact = false;
  std::string component;
  Kind kind = Kind::kSymptom;
  std::string text;  // as it stands inside a sentence
  EvidenceRef evidence;
};

std::string rise_text(const Signal& signal, const SignalName& name, const Excursion& e) {
  std::string out =
      signal.is_count && e.baseline == 0
          ? fmt::format("{} begin{}", name.many, name.plural ? "" : "s")
          : fmt::format("{} {} {}", name.many, name.plural ? "rise above their" : "rises above its",
                        "usual " + wording::value(e.baseline, signal.unit));
  if (e.before_window) out += ", before the window";
  return out;
}

// Of a metric the largest value that its table row shows, which may lie above the averages of the minutes.
double peak_of(const Signal& signal, const Excursion& e, const Findings& f) {
  const auto m = std::ranges::find(f.metrics, signal.name, &MetricFinding::id);
  return m != f.metrics.end() && m->peak_time == e.peak ? m->incident_maximum.value_or(e.peak_value)
                                                        : e.peak_value;
}

void turns_of(const Signal& signal, CaseFile& file, std::vector<Happening>& out) {
  const auto e = find_excursion(signal, file.seen);
  if (!e) return;
  const SignalName name = name_of(signal, file.system);
  const auto ref = file.evidence.of_signal(signal);
  out.push_back({e->onset, signal.events.has_value(), signal.component, Kind::kSymptom,
                 rise_text(signal, name, *e), ref});
  out.push_back({e->peak, false, signal.component, Kind::kPeak,
                 fmt::format("{} peak{} at {}", name.many, name.plural ? "" : "s",
                             wording::value(peak_of(signal, *e, file.findings), signal.unit)),
                 ref});
  if (e->recovery) out.push_back({*e->recovery, false, signal.component, Kind::kRecovery, name.many, ref});
}

Claim claim_of(std::string text, const std::vector<Happening>& turns) {
  std::vector<EvidenceRef> refs;
  for (const auto& t : turns)
    if (std::ranges::find(refs, t.evidence) == refs.end()) refs.push_back(t.evidence);
  return {std::move(text), refs.front(), std::vector<EvidenceRef>(refs.begin() + 1, refs.end())};
}

// "Back to normal: statement time-outs and RDS CPU (Chatwoot database); failed requests (Chatwoot web)"
TimelineEntry recovery_entry(const std::vector<Happening>& turns, const System& system) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<std::string>> by_component;
  for (const auto& t : turns) {
    if (!by_component.contains(t.component)) order.push_back(t.component);
    by_component[t.component].push_back(t.text);
  }
  std::string text;
  for (const auto& id : order) {
    const Component* c = system.component(id);
    text += (text.empty() ? "Back to normal: " : "; ") + listed(by_component[id]);
    if (order.size() > 1) text += fmt::format(" ({})", c != nullptr ? c->title : id);
  }
  return {turns.front().time, order.size() == 1 ? order.front() : std::string{}, Kind::kRecovery,
          claim_of(std::move(text), turns), false};
}

TimelineEntry joined_entry(const std::vector<Happening>& turns) {
  std::string text;
  for (const auto& t : turns) text += (text.empty() ? "" : "; ") + t.text;
  const Happening& first = turns.front();
  return {first.time, first.component, first.kind, claim_of(capitalised(text), turns), first.exact};
}

// Same instant, component and kind: one entry. Recoveries of one minute are one entry for all components.
void tell_signals(const std::vector<const Signal*>& signals, CaseFile& file,
                  std::vector<TimelineEntry>& out) {
  std::vector<Happening> turns;
  for (const Signal* s : signals) turns_of(*s, file, turns);
  std::vector<std::vector<Happening>> together;
  for (auto& t : turns) {
    const auto same = std::ranges::find_if(together, [&](const auto& group) {
      const Happening& g = group.front();
      return g.time == t.time && g.kind == t.kind && g.exact == t.exact &&
             (t.kind == Kind::kRecovery || g.component == t.component);
    });
    if (same != together.end())
      same->push_back(std::move(t));
    else
      together.push_back({std::move(t)});
  }
  for (const auto& group : together)
    out.push_back(group.front().kind == Kind::kRecovery ? recovery_entry(group, file.system)
                                                        : joined_entry(group));
}

// Changes that may belong to the incident: shortly before its onset, and until the window ends. What a
// service says of itself (tasks started, deployment completed) is told from the onset on.
void tell_changes(CaseFile& file, std::vector<TimelineEntry>& out) {
  const Time onset = file.findings.onset.value_or(file.seen.window.start);
  const Time from = file.findings.onset ? onset - kBeforeOnset : onset;
  std::size_t told = 0;
  for (const auto& change : file.seen.changes) {
    if (change.time < from || change.time >= file.seen.window.end) continue;
    if (change.kind == "service-event" && change.time < onset) continue;
    if (++told > kChanges) break;
    out.push_back({change.time, change.component, Kind::kChange,
                   Claim(fmt::format("{}: {}", capitalised(change_title(change.kind)), change.text),
                         file.evidence.of_change(change))});
  }
}

void tell_alerts(CaseFile& file, std::vector<TimelineEntry>& out) {
  for (const auto& alert : file.findings.log_alerts) {
    if (!alert.fired || !alert.first_fired || !alert.evidence) continue;
    const auto rule = std::ranges::find(file.system.log_alerts, alert.id, &LogAlert::id);
    const Signal* signal = file.signal(rule->signal);
    out.push_back(
        {*alert.first_fired, signal != nullptr ? signal->component : std::string{}, Kind::kSymptom,
         Claim(fmt::format("The log alert “{}” would fire ({})", alert.title, alert.rule), *alert.evidence),
         false});
  }
}

void tell_onset_and_recovery(CaseFile& file, std::vector<TimelineEntry>& out) {
  const auto harm = file.harm();
  if (const auto onset = earliest_onset(harm, file.seen))
    out.push_back({onset->time,
                   {},
                   Kind::kOnset,
                   Claim("The incident begins", file.evidence.of_signal(*onset->signal)),
                   onset->exact});
  if (const auto recovery = last_recovery(harm, file.seen)) {
    const SignalName name = name_of(*recovery->signal, file.system);
    const std::string text = recovery->exact ? fmt::format("The last {}: no harm is seen after it",
                                                           name.one.empty() ? name.many : name.one)
                                             : std::string("The service is back to normal");
    out.push_back({recovery->time,
                   {},
                   Kind::kRecovery,
                   Claim(text, file.evidence.of_signal(*recovery->signal)),
                   recovery->exact});
  }
}

}  // namespace

void tell_timeline(CaseFile& file) {
  auto& out = file.findings.timeline;
  tell_changes(file, out);
  if (file.findings.verdict == Verdict::kIncident) {
    tell_signals(telling_signals(file), file, out);
    tell_alerts(file, out);
    tell_onset_and_recovery(file, out);
  }
  const auto rank = [](Kind k) {  // at the same instant: cause before effect
    return k == Kind::kChange ? 0 : k == Kind::kOnset ? 1 : k == Kind::kRecovery ? 3 : 2;
  };
  std::ranges::stable_sort(out, [&](const TimelineEntry& a, const TimelineEntry& b) {
    return a.time != b.time ? a.time < b.time : rank(a.kind) < rank(b.kind);
  });
}

}  // namespace culprit
