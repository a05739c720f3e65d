#include "report/json_parts.h"

namespace culprit {

namespace {

std::vector<EvidenceRef> one(const std::optional<EvidenceRef>& ref) {
  return ref ? std::vector<EvidenceRef>{*ref} : std::vector<EvidenceRef>{};
}

void put_component(JsonWriter& w, const ComponentFinding& c) {
  put(w, "id", c.id);
  put(w, "title", c.title);
  put(w, "kind", c.kind);
  put(w, "name", c.name);
  put(w, "health", to_string(c.health));
  put(w, "summary", c.summary);
  put(w, "reasons", c.reasons);
  put_each(w, "facts", c.facts, [&](const ComponentFinding::Fact& fact) {
    put(w, "name", fact.name);
    put(w, "value", fact.value);
  });
}

void put_series(JsonWriter& w, const Series& s) {
  w.key("metric");
  w.begin_object();
  put(w, "namespace", s.id.name_space);
  put(w, "name", s.id.name);
  w.key("dimensions");
  w.begin_object();
  for (const auto& d : s.id.dimensions) put(w, d.name, d.value);
  w.end_object();
  w.end_object();
  put(w, "statistic", s.statistic);
  put(w, "unit", s.unit);
  put(w, "period_seconds", static_cast<std::uint64_t>(s.period.count()));
  put(w, "points", s.points);
}

void put_metric(JsonWriter& w, const MetricFinding& m) {
  put(w, "id", m.id);
  put(w, "component", m.component);
  put(w, "title", m.title);
  put(w, "unit", m.unit);
  put(w, "normal_range", m.normal_range);
  put(w, "row", m.row);
  put(w, "status", to_string(m.status));
  put(w, "incident_average", m.incident_average);
  put(w, "incident_maximum", m.incident_maximum);
  put(w, "baseline_median", m.baseline_median);
  put(w, "peak_time", m.peak_time);
  put(w, "onset", m.onset);
  put(w, "high_line", m.high_line);
  put(w, "claims", m.claims);
  put_each(w, "chart", m.chart, [&](const Series& s) { put_series(w, s); });
}

void put_pattern(JsonWriter& w, const PatternFinding& p) {
  put(w, "id", p.id);
  put(w, "component", p.component);
  put(w, "title", p.title);
  put(w, "group", p.group);
  put(w, "pattern", p.pattern);
  put(w, "runbook", p.runbook);
  put(w, "note", p.note);
  put(w, "row", p.row);
  put(w, "count", p.count);
  put(w, "shown", p.shown);
  put(w, "baseline_per_minute", p.baseline_per_minute);
  put(w, "first", p.first);
  put(w, "last", p.last);
  put(w, "peak", p.peak);
  put(w, "peak_count", p.peak_count);
  put(w, "evidence", one(p.evidence));
  put(w, "per_minute", p.per_minute);
}

void put_statement(JsonWriter& w, const StatementFinding& s) {
  put(w, "fingerprint", s.fingerprint);
  put(w, "sql", s.sql);
  put(w, "calls", s.calls);
  put(w, "timeouts", s.timeouts);
  put(w, "lock_waits", s.lock_waits);
  put(w, "p50_ms", s.p50_ms);
  put(w, "p95_ms", s.p95_ms);
  put(w, "max_ms", s.max_ms);
  put(w, "in_list_max", s.in_list_max);
  put(w, "baseline_calls", s.baseline_calls);
  put(w, "baseline_timeouts", s.baseline_timeouts);
  put(w, "first", s.first);
  put(w, "last", s.last);
  put(w, "evidence", s.evidence);
}

void put_endpoint(JsonWriter& w, const EndpointFinding& e) {
  put(w, "endpoint", e.endpoint);
  put(w, "requests", e.requests);
  put(w, "errors", e.errors);
  put(w, "timeouts", e.timeouts);
  put(w, "p50_ms", e.p50_ms);
  put(w, "p95_ms", e.p95_ms);
  put(w, "max_ms", e.max_ms);
  put(w, "database_share", e.database_share);
  put(w, "baseline_p95_ms", e.baseline_p95_ms);
  put(w, "baseline_requests", e.baseline_requests);
  put(w, "baseline_errors", e.baseline_errors);
  put(w, "evidence", e.evidence);
}

void put_job(JsonWriter& w, const JobFinding& j) {
  put(w, "job_class", j.job_class);
  put(w, "runs", j.runs);
  put(w, "failures", j.failures);
  put(w, "p95_ms", j.p95_ms);
  put(w, "max_ms", j.max_ms);
  put(w, "baseline_p95_ms", j.baseline_p95_ms);
  put(w, "evidence", j.evidence);
}

void put_log_alert(JsonWriter& w, const LogAlertFinding& a) {
  put(w, "id", a.id);
  put(w, "title", a.title);
  put(w, "rule", a.rule);
  put_bool(w, "known", a.known);
  put_bool(w, "fired", a.fired);
  put(w, "worst", a.worst);
  put(w, "first_fired", a.first_fired);
  put(w, "evidence", one(a.evidence));
}

}  // namespace

void put_technical(JsonWriter& w, const Findings& f) {
  put_each(w, "components", f.components, [&](const auto& x) { put_component(w, x); });
  put_each(w, "metrics", f.metrics, [&](const auto& x) { put_metric(w, x); });
  put_each(w, "patterns", f.patterns, [&](const auto& x) { put_pattern(w, x); });
  put_each(w, "statements", f.statements, [&](const auto& x) { put_statement(w, x); });
  put_each(w, "endpoints", f.endpoints, [&](const auto& x) { put_endpoint(w, x); });
  put_each(w, "jobs", f.jobs, [&](const auto& x) { put_job(w, x); });
  put_each(w, "log_alerts", f.log_alerts, [&](const auto& x) { put_log_alert(w, x); });
}

}  // namespace culprit
