// Technical analysis: components, metrics, log patterns, statements, endpoints, jobs, log alerts.
#include <fmt/format.h>

#include "base/printable.h"
#include "report/outline_parts.h"

namespace culprit {

namespace {

using wording::Clock;

std::vector<EvidenceRef> refs_of(const std::vector<Claim>& claims) {
  std::vector<EvidenceRef> out;
  for (const auto& c : claims) out.insert(out.end(), c.evidence().begin(), c.evidence().end());
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::vector<EvidenceRef> refs_of(const std::optional<EvidenceRef>& ref) {
  return ref ? std::vector<EvidenceRef>{*ref} : std::vector<EvidenceRef>{};
}

void add_components(const Findings& f, Blocks& blocks) {
  blocks.push_back(heading("Components", "components"));
  if (f.components.empty()) return blocks.push_back(note("The system file names no components."));
  Table verdicts{{{"Component"}, {"Resource"}, {"Verdict"}, {"Why"}}, {}};
  Table facts{{{"Component"}, {"Fact"}, {"Value"}}, {}};
  for (const auto& c : f.components) {
    verdicts.rows.push_back({cell(c.title.empty() ? c.id : c.title, Tone::kStrong),
                             cell(c.kind + (c.name.empty() ? "" : " " + c.name)),
                             cell(wording::health(c.health), tone_of(c.health)),
                             cell(c.summary, refs_of(c.reasons))});
    for (const auto& fact : c.facts)
      facts.rows.push_back({cell(component_title(f, c.id)), cell(fact.name), cell(fact.value)});
  }
  Blocks plain{table(std::move(verdicts))};
  std::vector<Item> reasons;
  for (const auto& c : f.components)
    for (const auto& claim : c.reasons)
      if (claim.text() != c.summary) reasons.push_back({component_title(f, c.id), say(claim)});
  if (!reasons.empty()) plain.push_back(list(std::move(reasons)));
  if (!facts.rows.empty()) plain.push_back(table(std::move(facts)));
  blocks.push_back(visual(Block::Visual::kComponents, 0, std::move(plain)));
}

void add_metrics(const Findings& f, const Clock& clock, Blocks& blocks) {
  blocks.push_back(heading("Metrics", "metrics"));
  if (f.metrics.empty()) return blocks.push_back(note("The system file names no metrics."));
  Table t{{{"Metric"}, {"Normal range"}, {"Incident value"}, {"Status"}, {"Baseline", true}, {"Peak time"}},
          {}};
  for (const auto& m : f.metrics) {
    std::string incident(wording::kNoValue);
    if (m.incident_average && m.incident_maximum)
      incident = fmt::format("avg {}, max {}", wording::value(m.incident_average, m.unit),
                             wording::value(m.incident_maximum, m.unit));
    else if (m.incident_average || m.incident_maximum)
      incident = wording::value(m.incident_average ? m.incident_average : m.incident_maximum, m.unit);
    t.rows.push_back({cell(m.title, refs_of(m.claims)), cell(m.normal_range), cell(incident),
                      cell(wording::status(m.status), tone_of(m.status)),
                      cell(wording::value(m.baseline_median, m.unit)), cell(clock.both(m.peak_time))});
  }
  blocks.push_back(table(std::move(t)));
  blocks.push_back(visual(Block::Visual::kMetricCharts, 0, {}));
}

void add_patterns(const Findings& f, const Clock& clock, Blocks& blocks) {
  blocks.push_back(heading("Log patterns", "log-patterns"));
  if (f.patterns.empty()) return blocks.push_back(note("The system file names no log patterns."));
  Table t{
      {{"Pattern"}, {"Count", true}, {"Baseline", true}, {"First"}, {"Last"}, {"Peak minute"}, {"Excerpts"}},
      {}};
  std::vector<Item> notes;
  std::string unmatched;
  for (const auto& p : f.patterns) {
    const std::string name = p.title + ", " + component_title(f, p.component);
    const bool never = p.count == 0 && p.baseline_per_minute == 0;
    if (never) unmatched += (unmatched.empty() ? "" : "; ") + name;
    const std::string peak =
        p.peak ? fmt::format("{} in {}", wording::count(p.peak_count), clock.minute(*p.peak))
               : std::string(wording::kNoValue);
    if (!never)
      t.rows.push_back({cell(name, refs_of(p.evidence)), cell(wording::count(p.count)),
                        cell(wording::number(p.baseline_per_minute) + "/min"), cell(clock.both(p.first)),
                        cell(clock.both(p.last)), cell(peak),
                        cell(p.count == 0 ? ""
                                          : fmt::format("shown {} of {}", wording::count(p.shown),
                                                        wording::count(p.count)))});
    std::string text = fmt::format("searched as `{}`", one_line(p.pattern));
    if (p.runbook != p.pattern && !p.runbook.empty())
      text += fmt::format(", in the runbook `{}`", one_line(p.runbook));
    if (!p.note.empty()) text += ": " + one_line(p.note);
    if (!p.note.empty() || (p.runbook != p.pattern && !p.runbook.empty()))
      notes.push_back({one_line(name), Phrase{text, {}, Tone::kMuted, false}});
  }
  if (!t.rows.empty()) blocks.push_back(visual(Block::Visual::kPatternCharts, 0, {table(std::move(t))}));
  if (!unmatched.empty())
    blocks.push_back(
        note(fmt::format("No event matched, neither in the window nor before it: {}.", unmatched)));
  if (!notes.empty()) {
    blocks.push_back(heading("Searched forms that differ from the runbook's", {}, 4));
    blocks.push_back(list(std::move(notes)));
  }
}

void add_statements(const Findings& f, const Clock& clock, Blocks& blocks) {
  if (f.statements.empty()) return;
  blocks.push_back(heading("Statements", "statements"));
  Table t{{{"Statement"},
           {"Logged", true},
           {"Logged before", true},
           {"Cancelled", true},
           {"Cancelled before", true},
           {"Lock waits", true},
           {"p50", true},
           {"p95", true},
           {"Max", true},
           {"Longest IN list", true}},
          {}};
  for (const auto& s : f.statements) {
    // A statement of which only cancellations or lock waits were logged has no duration, not one of zero.
    const auto duration = [&](double ms) { return cell(s.max_ms > 0 ? wording::milliseconds(ms) : ""); };
    Phrase name = code_cell(s.fingerprint);
    name.evidence = s.evidence;
    t.rows.push_back(
        {std::move(name), cell(wording::count(s.calls)), cell(wording::count(s.baseline_calls)),
         cell(wording::count(s.timeouts), s.timeouts > s.baseline_timeouts ? Tone::kBad : Tone::kPlain),
         cell(wording::count(s.baseline_timeouts)), cell(wording::count(s.lock_waits)), duration(s.p50_ms),
         duration(s.p95_ms), duration(s.max_ms),
         cell(s.in_list_max == 0 ? "" : wording::count(s.in_list_max))});
  }
  blocks.push_back(table(std::move(t)));
  for (const auto& s : f.statements) {
    std::string when;
    if (s.first && s.last) when = fmt::format(", seen {} – {}", clock.both(*s.first), clock.both(*s.last));
    Phrase p = say("Statement " + s.fingerprint + when, Tone::kMuted);
    p.evidence = s.evidence;
    blocks.push_back(paragraph(std::move(p)));
    blocks.push_back(code(s.sql, "sql"));
  }
}

void add_endpoints(const Findings& f, Blocks& blocks) {
  if (f.endpoints.empty()) return;
  blocks.push_back(heading("Endpoints", "endpoints"));
  Table t{{{"Endpoint"},
           {"Requests", true},
           {"Errors", true},
           {"Time-outs", true},
           {"p50", true},
           {"p95", true},
           {"p95 before", true},
           {"Max", true},
           {"In database", true}},
          {}};
  for (const auto& e : f.endpoints) {
    Phrase name = code_cell(e.endpoint);
    name.evidence = e.evidence;
    t.rows.push_back(
        {std::move(name), cell(wording::count(e.requests)),
         cell(wording::count(e.errors), e.errors > e.baseline_errors ? Tone::kBad : Tone::kPlain),
         cell(wording::count(e.timeouts)), cell(wording::milliseconds(e.p50_ms)),
         cell(wording::milliseconds(e.p95_ms)), cell(wording::milliseconds(e.baseline_p95_ms)),
         cell(wording::milliseconds(e.max_ms)), cell(wording::share(e.database_share))});
  }
  blocks.push_back(table(std::move(t)));
}

void add_jobs(const Findings& f, Blocks& blocks) {
  if (f.jobs.empty()) return;
  blocks.push_back(heading("Jobs", "jobs"));
  Table t{{{"Job"}, {"Runs", true}, {"Failures", true}, {"p95", true}, {"p95 before", true}, {"Max", true}},
          {}};
  for (const auto& j : f.jobs) {
    Phrase name = code_cell(j.job_class);
    name.evidence = j.evidence;
    t.rows.push_back({std::move(name), cell(wording::count(j.runs)),
                      cell(wording::count(j.failures), j.failures > 0 ? Tone::kBad : Tone::kPlain),
                      cell(wording::milliseconds(j.p95_ms)), cell(wording::milliseconds(j.baseline_p95_ms)),
                      cell(wording::milliseconds(j.max_ms))});
  }
  blocks.push_back(table(std::move(t)));
}

void add_log_alerts(const Findings& f, const Clock& clock, Blocks& blocks) {
  if (f.log_alerts.empty()) return;
  blocks.push_back(heading("Log alerts", "log-alerts"));
  Table t{{{"Alert"}, {"Rule"}, {"Fired"}, {"Worst", true}, {"First fired"}}, {}};
  for (const auto& a : f.log_alerts)
    t.rows.push_back({cell(a.title, refs_of(a.evidence)), cell(a.rule),
                      a.known ? cell(a.fired ? "🚨 Fired" : "✅ Quiet", a.fired ? Tone::kBad : Tone::kGood)
                              : cell("No data", Tone::kMuted),
                      cell(a.known ? wording::number(a.worst) : ""), cell(clock.both(a.first_fired))});
  blocks.push_back(table(std::move(t)));
}

}  // namespace

Section technical_section(const Findings& f) {
  const Clock clock(f);
  Section s{"technical-analysis", "Technical analysis", {}};
  add_components(f, s.blocks);
  add_metrics(f, clock, s.blocks);
  add_patterns(f, clock, s.blocks);
  add_statements(f, clock, s.blocks);
  add_endpoints(f, s.blocks);
  add_jobs(f, s.blocks);
  add_log_alerts(f, clock, s.blocks);
  return s;
}

}  // namespace culprit
