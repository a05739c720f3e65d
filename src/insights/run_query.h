// Runs a query over log events.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "insights/query.h"
#include "logs/message_pattern.h"
#include "telemetry/log_event.h"
#include "telemetry/window.h"

namespace culprit::insights {

struct Scanned {
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;  // of messages
};

// Where a query's events come from.
class EventSource {
 public:
  virtual ~EventSource() = default;

  // Visits the events of the window, in any order; the visitor returns false to stop. With `needed`, events
  // that do not match it need not be visited. What is returned counts all events of the window, or those up
  // to where it stopped.
  virtual Result<Scanned> scan(const Window& window, const MessagePattern* needed,
                               const std::function<bool(const LogEventView&)>& visit) const = 0;
};

struct RunOptions {
  Window window;
  std::size_t rows_max = 10'000;  // unless the query says less
  Time now;
  std::string account;  // in @log
  std::size_t memory_bytes_max = std::size_t{192} << 20;
};

// Seen from other threads while a query runs.
struct RunProgress {
  std::atomic<bool> cancelled = false;
  std::atomic<std::uint64_t> visited = 0;
};

struct ResultRow {
  std::vector<std::pair<Slot, std::string>> fields;  // in the order of the columns, without missing ones
  EventNumber event = 0;                             // 0: no single event
};

struct QueryResult {
  std::vector<ResultRow> rows;
  std::uint64_t records_matched = 0;
  Scanned scanned;
  bool cancelled = false;
};

// A pure function of the query, the events and the options. kInput says why a query cannot be finished (too
// many groups, too much to sort); errors of the source are passed on.
Result<QueryResult> run_query(const Query& query, const EventSource& source, const RunOptions& options,
                              RunProgress& progress);

// What a message must match to get through the query's filters, as far as it can be told; cheap to look for.
std::optional<MessagePattern> needed_pattern(const Query& query);

}  // namespace culprit::insights
