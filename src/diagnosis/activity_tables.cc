#include <fmt/format.h>

#include "diagnosis/case_file.h"
#include "diagnosis/filter_pattern.h"
#include "telemetry/quantity.h"

namespace culprit {

namespace {

constexpr std::size_t kRows = 20;

const Component* postgres_component(const CaseFile& file) {
  for (const auto& [id, format] : file.seen.log_formats)
    if (format.starts_with("postgres")) return file.system.component(id);
  return nullptr;
}

const Component* component_with_format(const CaseFile& file,
                                       std::initializer_list<std::string_view> formats) {
  for (const auto& [id, format] : file.seen.log_formats)
    if (std::ranges::find(formats, format) != formats.end()) return file.system.component(id);
  return nullptr;
}

void statements(CaseFile& file) {
  const Component* db = postgres_component(file);
  if (db == nullptr) return;
  std::vector<const StatementObservation*> rows;
  for (const auto& [fingerprint, s] : file.seen.statements)
    if (s.calls + s.lock_waits > 0) rows.push_back(&s);
  std::ranges::stable_sort(rows, [](const auto* a, const auto* b) {
    if (a->timeouts != b->timeouts) return a->timeouts > b->timeouts;
    return a->durations_ms.sum() > b->durations_ms.sum();
  });
  if (rows.size() > kRows) rows.resize(kRows);
  for (const auto* s : rows) {
    StatementFinding out;
    out.fingerprint = s->fingerprint;
    out.sql = s->sql;
    out.calls = s->calls;
    out.timeouts = s->timeouts;
    out.lock_waits = s->lock_waits;
    out.p50_ms = s->durations_ms.quantile(0.5);
    out.p95_ms = s->durations_ms.quantile(0.95);
    out.max_ms = s->slowest_ms;
    out.in_list_max = s->in_list_max;
    out.baseline_calls = s->baseline_calls;
    out.baseline_timeouts = s->baseline_timeouts;
    out.first = s->first.time;
    out.last = s->last.time;
    out.evidence.push_back(file.evidence.of_events(
        fmt::format("Statement {}: {}, {} cancelled", s->fingerprint,
                    wording::plural(s->calls, "logged call", "logged calls"), s->timeouts),
        *db, {s->first_timeout, s->slowest, s->last}, s->calls + s->lock_waits,
        s->timeouts > 0 ? "\"canceling statement due to statement timeout\""
        : s->calls > 0  ? "\"duration:\""
                        : "\"still waiting for\""));
    file.findings.statements.push_back(std::move(out));
  }
}

void endpoints(CaseFile& file) {
  const Component* web = component_with_format(file, {"rails", "lograge"});
  if (web == nullptr) return;
  const bool lograge = file.seen.log_formats.at(web->id) == "lograge";
  std::vector<const EndpointObservation*> rows;
  for (const auto& [name, e] : file.seen.endpoints)
    if (e.requests > 0) rows.push_back(&e);
  std::ranges::stable_sort(rows, [](const auto* a, const auto* b) {
    if (a->errors != b->errors) return a->errors > b->errors;
    return a->durations_ms.sum() > b->durations_ms.sum();
  });
  if (rows.size() > kRows) rows.resize(kRows);
  for (const auto* e : rows) {
    EndpointFinding out;
    out.endpoint = e->endpoint;
    out.requests = e->requests;
    out.errors = e->errors;
    out.timeouts = e->timeouts;
    out.p50_ms = e->durations_ms.quantile(0.5);
    out.p95_ms = e->durations_ms.quantile(0.95);
    out.max_ms = e->slowest_ms;
    out.database_share = e->total_ms > 0 ? std::min(1.0, e->database_ms / e->total_ms) : 0;
    out.baseline_p95_ms = e->baseline_durations_ms.quantile(0.95);
    out.baseline_requests = e->baseline_requests;
    out.baseline_errors = e->baseline_errors;
    out.evidence.push_back(file.evidence.of_events(
        fmt::format("{}: {}, {} failed", e->endpoint, wording::plural(e->requests, "request", "requests"),
                    e->errors),
        *web, {e->first_error, e->slowest}, e->requests, endpoint_filter(e->endpoint, lograge)));
    file.findings.endpoints.push_back(std::move(out));
  }
}

void jobs(CaseFile& file) {
  const Component* worker = component_with_format(file, {"sidekiq-json", "sidekiq-text", "sidekiq"});
  if (worker == nullptr) return;
  std::vector<const JobObservation*> rows;
  for (const auto& [name, j] : file.seen.jobs)
    if (j.runs > 0) rows.push_back(&j);
  std::ranges::stable_sort(rows, [](const auto* a, const auto* b) {
    if (a->failures != b->failures) return a->failures > b->failures;
    return a->durations_ms.sum() > b->durations_ms.sum();
  });
  if (rows.size() > kRows) rows.resize(kRows);
  for (const auto* j : rows) {
    JobFinding out;
    out.job_class = j->job_class;
    out.runs = j->runs;
    out.failures = j->failures;
    out.p95_ms = j->durations_ms.quantile(0.95);
    out.max_ms = j->slowest_ms;
    out.baseline_p95_ms = j->baseline_durations_ms.quantile(0.95);
    out.evidence.push_back(file.evidence.of_events(
        fmt::format("{}: {}, {} failed", j->job_class, wording::plural(j->runs, "run", "runs"), j->failures),
        *worker, {j->first_failure, j->slowest}, j->runs, quoted_term(j->job_class)));
    file.findings.jobs.push_back(std::move(out));
  }
}

}  // namespace

void tabulate_activity(CaseFile& file) {
  statements(file);
  endpoints(file);
  jobs(file);
}

}  // namespace culprit
