// Observations of components put together. Statements, endpoints and jobs of the same name may be in the logs
// of several.
#include "diagnosis/observation.h"

namespace culprit {

namespace {

using Mark = EventCounter::Mark;

void take_earlier(Mark& mine, const Mark& other) {
  if (other.number != 0 && (mine.number == 0 || other.time < mine.time)) mine = other;
}
void take_later(Mark& mine, const Mark& other) {
  if (other.number != 0 && (mine.number == 0 || other.time >= mine.time)) mine = other;
}
void take_slower(Mark& mine, double& mine_ms, const Mark& other, double other_ms) {
  if (other_ms <= mine_ms) return;
  mine = other;
  mine_ms = other_ms;
}

void merge(StatementObservation& mine, StatementObservation&& other) {
  mine.durations_ms.merge(other.durations_ms);
  mine.calls += other.calls;
  mine.timeouts += other.timeouts;
  mine.lock_waits += other.lock_waits;
  mine.baseline_calls += other.baseline_calls;
  mine.baseline_timeouts += other.baseline_timeouts;
  mine.in_list_max = std::max(mine.in_list_max, other.in_list_max);
  mine.baseline_in_list_max = std::max(mine.baseline_in_list_max, other.baseline_in_list_max);
  take_earlier(mine.first, other.first);
  take_later(mine.last, other.last);
  take_earlier(mine.first_timeout, other.first_timeout);
  take_slower(mine.slowest, mine.slowest_ms, other.slowest, other.slowest_ms);
}

void merge(EndpointObservation& mine, EndpointObservation&& other) {
  mine.durations_ms.merge(other.durations_ms);
  mine.baseline_durations_ms.merge(other.baseline_durations_ms);
  mine.requests += other.requests;
  mine.errors += other.errors;
  mine.timeouts += other.timeouts;
  mine.query_cancellations += other.query_cancellations;
  mine.baseline_requests += other.baseline_requests;
  mine.baseline_errors += other.baseline_errors;
  mine.total_ms += other.total_ms;
  mine.database_ms += other.database_ms;
  take_earlier(mine.first_error, other.first_error);
  take_slower(mine.slowest, mine.slowest_ms, other.slowest, other.slowest_ms);
}

void merge(JobObservation& mine, JobObservation&& other) {
  mine.durations_ms.merge(other.durations_ms);
  mine.baseline_durations_ms.merge(other.baseline_durations_ms);
  mine.runs += other.runs;
  mine.failures += other.failures;
  if (mine.first_failure.number == 0) mine.first_failure = other.first_failure;
  take_slower(mine.slowest, mine.slowest_ms, other.slowest, other.slowest_ms);
}

template <class Value>
void merge_all(std::map<std::string, Value>& mine, std::map<std::string, Value>&& other) {
  for (auto& [name, value] : other) {
    const auto [at, is_new] = mine.try_emplace(name);
    if (is_new)
      at->second = std::move(value);
    else
      merge(at->second, std::move(value));
  }
}

template <class Value>
void append(std::vector<Value>& mine, std::vector<Value>&& other) {
  std::ranges::move(other, std::back_inserter(mine));
}

}  // namespace

std::unique_ptr<Observations> Observations::part_for(const Component& component) const {
  auto part = std::make_unique<Observations>(window, baseline, Window{grid.time(0), grid.time(grid.size())});
  for (const auto& [name, signal] : signals)
    if (signal.component == component.id) part->signals.emplace(name, signal);
  return part;
}

void Observations::take_in(Observations&& part) {
  for (auto& [name, signal] : part.signals) signals.insert_or_assign(name, std::move(signal));
  append(patterns, std::move(part.patterns));
  merge_all(statements, std::move(part.statements));
  merge_all(endpoints, std::move(part.endpoints));
  merge_all(jobs, std::move(part.jobs));
  append(changes, std::move(part.changes));
  log_formats.merge(part.log_formats);
  append(gaps, std::move(part.gaps));
}

}  // namespace culprit
