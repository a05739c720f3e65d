// One collection under way: the store behind one door, gaps, the journal, the cost so far.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/progress.h"
#include "sources/aws/client.h"
#include "sources/aws/collect_aws.h"
#include "store/store.h"

namespace culprit::aws {

// What an answer stands for, when it has to be told as a gap.
struct Asked {
  Service service;
  std::string operation;
  std::string subject;    // "/aws/ecs/…", "AWS/RDS CPUUtilization …"
  std::string component;  // component id, or empty
  std::optional<Window> window;
};

// Writing functions may be called from several threads at once; the store sees one at a time.
class Collection {
 public:
  Collection(const System& system, const CollectAwsOptions& options, StoreWriter& store, Progress& progress,
             Clock& clock)
      : system_(system), options_(options), store_(store), progress_(progress), clock_(clock) {}

  const System& system() const { return system_; }
  const CollectAwsOptions& options() const { return options_; }
  Progress& progress() { return progress_; }
  Clock& clock() { return clock_; }
  // From the start of the baseline to the end of the tail, not beyond now.
  Window span() const;

  void put(const ResourceState& state);
  void put(const Series& series);
  void put(const Gap& gap);
  void put(const JournalEntry& entry);
  void put(const LogEventView& event);
  void note(std::string_view key, std::string_view value);

  // A call that failed: a gap, and the end of the collection when credentials are no good.
  void failed(const Asked& asked, const ApiError& error);
  // Ends the collection when credentials are no good; tells no gap.
  void end_if_refused(const ApiError& error);
  // The gap that an error amounts to.
  static Gap gap_of(const Asked& asked, const ApiError& error);
  void stop(Error error);  // the first one is kept

  // False after the store or the credentials failed: stop asking.
  bool going() const { return !stopped_; }
  // False after the store failed: what was fetched cannot be kept either.
  bool keeping() const { return !store_failed_; }
  std::optional<Error> stopped_by() const;

  // An error when every call failed, so that a report would show nothing but gaps: kUnreachable when AWS
  // throttled, failed or was silent, kDenied when it refused all.
  Result<void> check_anything_came(const Client& client) const;

  // Counts dollars; false when they would pass --max-cost: do not ask.
  bool spend(double usd);

 private:
  void keep(const Result<void>& result);

  const System& system_;
  const CollectAwsOptions& options_;
  StoreWriter& store_;
  Progress& progress_;
  Clock& clock_;
  mutable std::mutex mutex_;
  std::atomic<bool> stopped_{false};
  std::atomic<bool> store_failed_{false};
  std::map<ApiError::Kind, std::set<std::string>> failures_;  // operations
  std::optional<Error> error_;
  double spent_usd_ = 0;
};

// The collectors, one file each.
void collect_identity(Client& client, Collection& collection);
void collect_ecs(Client& client, Collection& collection);
void collect_rds(Client& client, Collection& collection);
void collect_metrics(Client& client, Collection& collection);
void collect_alarms(Client& client, Collection& collection);
void collect_logs(Client& client, Collection& collection);

// All of them, with the session and wire given.
Result<void> collect_with(Client& client, Collection& collection);

}  // namespace culprit::aws
