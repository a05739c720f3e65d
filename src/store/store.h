// The store is the evidence: sources fill it, the analysis reads nothing else. An interface of
// questions, not of rows, so that an engine can answer them where the data lies.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "engine/mined_forms.h"
#include "engine/search.h"
#include "engine/segment.h"
#include "telemetry/gap.h"
#include "telemetry/journal_entry.h"
#include "telemetry/log_event.h"
#include "telemetry/metric.h"
#include "telemetry/resource_state.h"
#include "telemetry/window.h"

namespace culprit {

// Which events a question is about. Empty groups = every group.
struct LogQuery {
  std::vector<std::string> groups;
  std::optional<Window> window;  // by event time
  EventNumber after = 0;         // only events with a higher number; a count does not look at it
};

struct LogGroupSummary {
  std::string group;
  std::uint64_t events = 0;
  std::uint64_t bytes = 0;  // message bytes
  Time first;
  Time last;
  std::vector<std::string> streams;
  EventNumber last_number = 0;
};

// Reading. All functions may be called from several threads at once.
class Store {
 public:
  virtual ~Store() = default;

  // Log groups that hold at least one event, by name.
  virtual Result<std::vector<LogGroupSummary>> log_groups() const = 0;

  // Calls `visit` for each event of the query, group by group (groups by name), inside a group in ingestion
  // order (so lines of one stream keep their order; times may go back and forth between streams). The
  // visitor returns false to stop. Memory stays bounded.
  virtual Result<void> scan_logs(const LogQuery& query,
                                 const std::function<bool(const LogEventView&)>& visit) const = 0;

  // As scan_logs, by whole segments in which kept events lie encoded (engine/segment.h), those that overlap
  // the window: for analyses that need not look at messages. False when this kind of store keeps none; scan
  // then.
  virtual Result<bool> visit_segments(
      const LogQuery&, const std::function<Result<void>(const std::shared_ptr<const Segment>&)>&) const {
    return false;
  }

  // Matches of each pattern of the search, by period. Answered from the form in which events are kept: far
  // less is read than by a scan, and the answer is the same.
  virtual Result<std::vector<PatternCount>> count_matches(const LogQuery& query, const LogSearch& search,
                                                          Duration period) const = 0;

  // As scan_logs, of the events that match one pattern of the search.
  virtual Result<void> scan_matches(const LogQuery& query, const LogSearch& search, std::size_t pattern,
                                    const std::function<bool(const LogEventView&)>& visit) const = 0;

  // The forms of all messages and when they came, for templates. Messages that look alike are mined as one;
  // the answer is that of mining each.
  virtual Result<MinedForms> mine_forms(const LogQuery& query) const = 0;

  // As scan_logs, of the events whose form is wanted. The miner is one that knows the forms, as mine_forms
  // gives it.
  virtual Result<void> scan_forms(
      const LogQuery& query, TemplateMiner& miner, const WantedForm& wanted,
      const std::function<bool(TemplateMiner::FormNumber, const LogEventView&)>& visit) const = 0;

  // One event. kNotFound when there is none with that number.
  virtual Result<LogEvent> event(EventNumber number) const = 0;

  // Several, on all cores; by ascending number, each once. What cannot be read or is not there is left out.
  virtual std::vector<LogEvent> events(std::vector<EventNumber> numbers) const = 0;

  // Every series whose id matches in full, all statistics; points in the window only.
  virtual Result<std::vector<Series>> series(const MetricId& id, const Window& window) const = 0;

  // Identities of all metrics kept.
  virtual Result<std::vector<MetricId>> metrics() const = 0;

  // States of a kind, by (id, observed_at).
  virtual Result<std::vector<ResourceState>> states(std::string_view kind) const = 0;
  virtual Result<std::vector<std::string>> state_kinds() const = 0;  // by name

  virtual Result<std::vector<Gap>> gaps() const = 0;              // in the order they were recorded
  virtual Result<std::vector<JournalEntry>> journal() const = 0;  // by time

  // Free facts about the collection ("window.start", "source", "system" ...), by key.
  virtual Result<std::optional<std::string>> note(std::string_view key) const = 0;
  virtual Result<std::map<std::string, std::string>> notes() const = 0;
};

// Writing. One thread at a time. Nothing is promised to be on disk before commit() returns.
class StoreWriter {
 public:
  virtual ~StoreWriter() = default;

  virtual Result<void> append(const LogEventView& event) = 0;  // number is ignored and given by the store
  virtual Result<void> put_series(const Series& series) = 0;   // merges points by time; the later value wins
  virtual Result<void> put_state(const ResourceState& state) = 0;
  virtual Result<void> put_gap(const Gap& gap) = 0;
  virtual Result<void> put_journal(const JournalEntry& entry) = 0;
  virtual Result<void> put_note(std::string_view key, std::string_view value) = 0;
  virtual Result<void> commit() = 0;

  // The number that the next event will get; 0 when this kind of store does not tell.
  virtual EventNumber next_number() const { return 0; }
};

}  // namespace culprit
