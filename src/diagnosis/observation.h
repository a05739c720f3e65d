// What one pass over the store sees: signals, tables of statements, endpoints and jobs, changes, states.
// Facts only; no judgement.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "diagnosis/segment_feed.h"
#include "diagnosis/signal.h"
#include "logs/message_pattern.h"
#include "metrics/quantile_sketch.h"
#include "store/store.h"
#include "system/system.h"
#include "telemetry/change_event.h"
#include "telemetry/gap.h"

namespace culprit {

struct StatementObservation {
  std::string fingerprint;
  std::string sql;
  QuantileSketch durations_ms;  // in the window; a cancelled statement counts with its time-out, if known
  std::uint64_t calls = 0, timeouts = 0, lock_waits = 0;
  std::uint64_t baseline_calls = 0, baseline_timeouts = 0;
  std::uint64_t in_list_max = 0, baseline_in_list_max = 0;
  EventCounter::Mark first, last, slowest, first_timeout;
  double slowest_ms = 0;
};

struct EndpointObservation {
  std::string endpoint;
  QuantileSketch durations_ms, baseline_durations_ms;
  std::uint64_t requests = 0, errors = 0, timeouts = 0, query_cancellations = 0;
  std::uint64_t baseline_requests = 0, baseline_errors = 0;
  double total_ms = 0, database_ms = 0;
  EventCounter::Mark slowest, first_error;
  double slowest_ms = 0;
};

struct JobObservation {
  std::string job_class;
  QuantileSketch durations_ms, baseline_durations_ms;
  std::uint64_t runs = 0, failures = 0;
  EventCounter::Mark slowest, first_failure;
  double slowest_ms = 0;
};

struct PatternObservation {
  const LogPattern* pattern = nullptr;
  std::string group;
};

struct Observations {
  Observations(const Window& window_, const Window& baseline_, const Window& span)
      : window(window_), baseline(baseline_), grid(span) {}
  Observations(const Observations&) = delete;  // observers refer to its parts
  Observations& operator=(const Observations&) = delete;
  // For observing a component apart from the others, and taken in again: parts of different components may be
  // filled at once.
  std::unique_ptr<Observations> part_for(const Component& component) const;
  void take_in(Observations&& part);

  Window window;
  Window baseline;
  Grid grid;
  Signals signals;
  std::vector<PatternObservation> patterns;                // their counts are the signals of the same name
  std::map<std::string, StatementObservation> statements;  // by fingerprint
  std::map<std::string, EndpointObservation> endpoints;
  std::map<std::string, JobObservation> jobs;
  std::vector<ChangeEvent> changes;                          // by time
  std::map<std::string, std::vector<ResourceState>> states;  // by component id, by time
  std::map<std::string, std::string> log_formats;            // by component id, as detected
  std::vector<LogGroupSummary> groups;
  std::vector<Gap> gaps;  // of the store, and those found while observing

  // The signal, made when it is not there yet.
  // References stay valid.
  Signal& signal(const Component& component, std::string_view name, std::string_view unit);
  // A measure taken from events of the component's log that `filter` finds.
  void measure(const Component& component, std::string_view name, std::string_view unit,
               std::vector<double> minutes, std::string_view filter);
  // A signal that counts events of the component's log.
  EventCounter& counter(const Component& component, std::string_view name, std::string_view filter = {});
};

// One kind of log line, one observer; fed every event of one component's log in ingestion order, one by one
// or by segments.
class LogObserver {
 public:
  virtual ~LogObserver() = default;
  virtual void see(const LogEventView& event) = 0;
  // Adds the patterns that see_segment() asks about; called once, before the first segment.
  virtual Result<void> ask(std::vector<MessagePattern>&) { return {}; }
  // The same as see() of each event that the feed wants.
  virtual Result<void> see_segment(const SegmentFeed& feed);
  virtual Result<void> finish() { return {}; }  // after the last event
};

std::unique_ptr<LogObserver> observe_patterns(Observations& seen, const System& system,
                                              const Component& component);
std::unique_ptr<LogObserver> observe_failures(Observations& seen, const Component& component);
std::unique_ptr<LogObserver> observe_postgres(Observations& seen, const Component& component);
std::unique_ptr<LogObserver> observe_rails(Observations& seen, const Component& component, bool lograge);
std::unique_ptr<LogObserver> observe_sidekiq(Observations& seen, const Component& component);
std::unique_ptr<LogObserver> observe_json(Observations& seen, const Component& component);

struct ObserveOptions {
  bool by_segments =
      true;  // where the store has them; false: every event is looked at. The result is the same
};
Result<void> observe_logs(const Store& store, const System& system, Observations& seen,
                          const ObserveOptions& options = {});
Result<void> observe_metrics(const Store& store, const System& system, Observations& seen);
// The component that an AWS answer is about, or null.
const Component* component_of(const ResourceState& state, const System& system);
Result<void> observe_states(const Store& store, const System& system, Observations& seen);

}  // namespace culprit
