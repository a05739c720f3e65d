// Queries of Logs Insights that were started: a few run at once, the others wait; answers are kept for a
// while.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "insights/run_query.h"
#include "server/account.h"

namespace culprit::server {

enum class QueryStatus { kScheduled, kRunning, kComplete, kFailed, kCancelled };
std::string_view name_of(QueryStatus status);

struct QueryRequest {
  std::string text;
  insights::Query query;
  std::vector<std::string> groups;
  Evidence evidence;
  insights::RunOptions options;
  std::string user;
};

// A query as it is at one moment.
struct QueryReport {
  std::string id;
  std::string text, user;
  std::vector<std::string> groups;
  QueryStatus status = QueryStatus::kScheduled;
  Time created;
  Duration took{};
  std::string failure;                                  // why it failed
  std::uint64_t visited = 0;                            // events so far, while it runs
  std::shared_ptr<const insights::QueryResult> result;  // once complete
  std::vector<std::string> names;                       // of the result's fields
};

// May be called from several threads at once. Ending it cancels what runs.
class QueryJobs {
 public:
  QueryJobs();
  ~QueryJobs();

  // Throws LimitExceededException when too many wait. Comes back early when the query is quickly done.
  std::string start(QueryRequest request);
  std::optional<QueryReport> find(const std::string& id) const;
  // False when it had ended before; nullopt for an id that there is not.
  std::optional<bool> stop(const std::string& id);
  std::vector<QueryReport> all() const;  // the last started first

 private:
  struct Job;
  void work();
  static void run(Job& job, std::mutex& mutex);
  static QueryReport report_of(const Job& job);
  void forget_old();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::shared_ptr<Job>> jobs_;
  std::deque<std::shared_ptr<Job>> order_;  // as they were started
  std::deque<std::shared_ptr<Job>> waiting_;
  bool ending_ = false;
  std::vector<std::jthread> workers_;
};

}  // namespace culprit::server
