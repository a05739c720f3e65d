#include <algorithm>
#include <map>

#include "diagnosis/investigate.h"
#include "diagnosis/observation.h"
#include "reviews/review_parts.h"

namespace culprit {

namespace {

// Worst first: those in which most time was waited, and those that failed most.
constexpr std::size_t kByTime = 8, kByFailures = 4;
constexpr std::size_t kChangesMax = 60;

template <class Row, class Failures>
void keep_worst(std::vector<Row>& rows, Failures failures) {
  std::ranges::stable_sort(rows, [](const Row& a, const Row& b) { return a.total_ms > b.total_ms; });
  if (rows.size() <= kByTime) return;
  std::ranges::stable_sort(rows.begin() + kByTime, rows.end(), std::greater<>(), failures);
  std::size_t kept = kByTime;
  while (kept < std::min(rows.size(), kByTime + kByFailures) && failures(rows[kept]) > 0) ++kept;
  rows.resize(kept);
}

void endpoints(const Observations& seen, Review& out) {
  for (const auto& [name, e] : seen.endpoints) {
    if (e.requests == 0) continue;
    EndpointReview row;
    row.endpoint = name;
    row.requests = e.requests;
    row.errors = e.errors;
    row.timeouts = e.timeouts;
    row.requests_before = e.baseline_requests;
    row.errors_before = e.baseline_errors;
    row.total_ms = e.total_ms;
    row.p50_ms = e.durations_ms.quantile(0.5);
    row.p95_ms = e.durations_ms.quantile(0.95);
    row.max_ms = e.slowest_ms;
    if (e.baseline_durations_ms.count() > 0) row.p95_before_ms = e.baseline_durations_ms.quantile(0.95);
    out.endpoints.push_back(std::move(row));
  }
  out.endpoints_in_all = out.endpoints.size();
  keep_worst(out.endpoints, [](const EndpointReview& r) { return r.errors + r.timeouts; });
}

void statements(const Observations& seen, Review& out) {
  for (const auto& [fingerprint, s] : seen.statements) {
    if (s.calls + s.timeouts + s.lock_waits == 0) continue;
    StatementReview row;
    row.fingerprint = fingerprint;
    row.sql = s.sql;
    row.calls = s.calls;
    row.timeouts = s.timeouts;
    row.lock_waits = s.lock_waits;
    row.calls_before = s.baseline_calls;
    row.timeouts_before = s.baseline_timeouts;
    row.total_ms = s.durations_ms.sum();
    row.p50_ms = s.durations_ms.quantile(0.5);
    row.p95_ms = s.durations_ms.quantile(0.95);
    row.max_ms = s.slowest_ms;
    out.statements.push_back(std::move(row));
  }
  out.statements_in_all = out.statements.size();
  keep_worst(out.statements, [](const StatementReview& r) { return r.timeouts; });
}

void changes(const Observations& seen, Review& out) {
  std::map<std::pair<std::string, std::string>, std::size_t> known;  // component and text, to a place
  for (const auto& change : seen.changes) {
    if (!out.week.contains(change.time)) continue;
    const auto [at, fresh] = known.emplace(std::pair{change.component, change.text}, out.changes.size());
    if (fresh)
      out.changes.push_back({change.time, change.component, change.kind, change.text, 1});
    else
      ++out.changes[at->second].times;
  }
  out.changes_in_all = out.changes.size();
  if (out.changes.size() > kChangesMax)
    out.changes.erase(out.changes.begin(), out.changes.end() - kChangesMax);
}

}  // namespace

Result<void> review_activity(const Store& store, const System& system, Review& out) {
  InvestigateOptions options;
  options.window = out.week;
  options.baseline = out.before;
  const auto seen = observe(store, system, options);
  if (!seen) return tl::unexpected(seen.error());
  endpoints(**seen, out);
  statements(**seen, out);
  changes(**seen, out);
  return {};
}

}  // namespace culprit
