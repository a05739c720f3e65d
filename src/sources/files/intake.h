// What flows from the files into the store: limits, the window to keep, and what was seen of each component.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "sources/files/collect_files.h"

namespace culprit {

// Of one file.
struct FileTally {
  std::uint64_t events = 0;        // log events kept
  std::uint64_t outside = 0;       // log events outside of the window to keep
  std::uint64_t repeated = 0;      // log events met before under the same eventId
  std::uint64_t beyond_limit = 0;  // log events left out at max_log_bytes
  std::uint64_t points = 0;        // datapoints kept
  std::uint64_t states = 0;
  std::optional<Window> left_out;  // what beyond_limit spans
};

// Message bytes of one log: inside the window that comes first, and outside of it.
struct LogShare {
  std::uint64_t first = 0;
  std::uint64_t rest = 0;
};

// What each log may fill of a limit: the window that comes first is served before the rest, and what is too
// little for all is shared in proportion, so that no log is lost to another one's name.
std::vector<LogShare> share_out(const std::vector<LogShare>& wanted, std::uint64_t limit_bytes);

// Not thread-safe. After a failure of the store everything else is ignored; see failure().
class Intake {
 public:
  Intake(const System& system, const CollectFilesOptions& options, StoreWriter& store)
      : system_(system), options_(options), store_(store) {}

  // `share` is what a log may fill of the limit; nullopt = whatever is left.
  void begin_file(std::optional<LogShare> share = std::nullopt) {
    tally_ = {};
    share_ = share;
  }
  const FileTally& tally() const { return tally_; }

  // `event_id` is CloudWatch's, or empty.
  void event(const LogEventView& event, std::string_view event_id = {});
  void series(const Series& series);
  void state(const ResourceState& state);
  void gap(Gap gap);
  void gap_once(Gap gap);  // unless one with its reason and subject was recorded so
  void unreadable(std::string subject, std::string detail);
  void journal(const JournalEntry& entry);
  void note(std::string_view key, std::string_view value);

  // list-tasks answers name tasks, describe-tasks answers describe them.
  void listed_task(std::string arn) { listed_tasks_.insert(std::move(arn)); }

  // Records what the system names and the input does not hold.
  void record_absences();

  bool anything_kept() const { return kept_events_ + kept_points_ + kept_states_ > 0; }
  std::uint64_t events_outside() const { return events_outside_; }
  std::optional<Window> covered() const { return covered_; }               // of what was kept
  std::optional<Window> outside_covered() const { return outside_span_; }  // of events that were not
  const std::optional<Error>& failure() const { return failure_; }
  const System& system() const { return system_; }
  const CollectFilesOptions& options() const { return options_; }

 private:
  void check(Result<void> result);
  bool take_bytes(const LogEventView& event);
  void absent_logs(const Component& component);
  void absent_metrics(const Component& component);
  void absent_states(const Component& component);

  const System& system_;
  const CollectFilesOptions& options_;
  StoreWriter& store_;
  FileTally tally_;
  std::optional<LogShare> share_;
  std::optional<Error> failure_;
  std::uint64_t log_bytes_ = 0;
  std::uint64_t kept_events_ = 0, kept_points_ = 0, kept_states_ = 0, events_outside_ = 0;
  std::optional<Window> covered_, outside_span_;
  std::map<std::string, std::uint64_t, std::less<>> group_events_;   // kept, by group
  std::map<std::string, std::uint64_t, std::less<>> group_outside_;  // not kept, by group
  std::set<MetricId> metrics_;
  std::set<std::pair<std::string, std::string>> states_;  // kind and id, or the service of a task
  std::set<std::string> listed_tasks_, described_tasks_;
  std::unordered_set<std::uint64_t> event_ids_;
  std::set<std::pair<GapReason, std::string>> gaps_said_;
};

}  // namespace culprit
