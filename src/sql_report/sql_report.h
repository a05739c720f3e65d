// The PostgreSQL report: a tally put into the order in which people read it. A plain value; tellers
// (report/sql_tellers.h) only give it a form.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sql_report/sql_tally.h"

namespace culprit {

struct SqlDurations {
  std::uint64_t count = 0;
  double total_ms = 0, mean_ms = 0, p50_ms = 0, p95_ms = 0, p99_ms = 0, max_ms = 0;
};

struct SqlPoint {
  Time time;
  std::uint64_t calls = 0;
  double total_ms = 0, max_ms = 0;
};

struct SqlStatementRow {
  std::string fingerprint;
  std::string sql;  // normalised
  bool parsed = false;
  SqlDurations durations;
  double share = 0;  // of the total time of all statements, 0-1
  std::uint64_t list_calls = 0, list_p50 = 0, list_max = 0;
  std::uint64_t timeouts = 0, lock_timeouts = 0, lock_waits = 0, deadlocks = 0, cancels = 0, errors = 0;
  double lock_wait_ms = 0;
  std::uint64_t temp_files = 0, temp_bytes = 0;
  std::uint64_t prepares = 0;
  double prepare_ms = 0;
  std::uint64_t plans = 0;
  std::string slowest_plan;
  std::optional<Time> first, last, slowest_at;
  std::vector<SqlPoint> by_period;
};

struct SqlPeriodRow {
  Time time;
  SqlDurations durations;
  std::uint64_t timeouts = 0, lock_timeouts = 0, lock_waits = 0, deadlocks = 0, cancels = 0, errors = 0;
  std::uint64_t received = 0, authorized = 0, disconnected = 0, refused = 0;
  std::uint64_t temp_files = 0, temp_bytes = 0, checkpoints = 0, autovacuums = 0, autoanalyzes = 0;
};

struct SqlErrorRow {
  std::string level, error_class, example;
  std::uint64_t count = 0;
  Time first, last;
};

struct SqlNamedCount {
  std::string name;
  std::uint64_t count = 0;
};

struct SqlMaintenanceRow {
  std::string table;
  std::uint64_t vacuums = 0, analyzes = 0;
  double elapsed_s = 0, longest_s = 0;
};

struct SqlReport {
  struct Source {
    std::string name, format, note;
  };
  std::vector<Source> sources;
  std::string zone = "UTC";
  std::optional<Window> window;     // as asked for
  std::optional<Time> first, last;  // entries counted
  Duration period{0};
  std::uint64_t entries = 0, bytes = 0;

  SqlDurations durations;
  SqlDurations unnamed;  // durations logged without their statement: count and total only
  std::uint64_t statement_kinds = 0;
  std::uint64_t timeouts = 0, lock_timeouts = 0, lock_waits = 0, deadlocks = 0, cancels = 0, errors = 0;
  std::uint64_t prepares = 0, plans = 0;

  std::vector<SqlStatementRow> statements;  // by total time, the costliest first; at most `top`
  SqlDurations other_statements;            // those beyond: count and total only
  std::vector<SqlPeriodRow> periods;        // with entries, by time
  std::uint64_t periods_left_out = 0;       // the oldest, beyond kPeriodsMax

  struct Connections {
    std::uint64_t received = 0, authorized = 0, disconnected = 0, refused = 0;
    double session_p50_s = 0, session_p95_s = 0, session_max_s = 0, session_total_s = 0;
    std::vector<SqlNamedCount> authorized_by, received_from;  // the most first
  } connections;

  std::uint64_t temp_files = 0, temp_bytes = 0, temp_bytes_max = 0;

  struct Checkpoints {
    std::uint64_t completed = 0, buffers = 0, too_frequent = 0;
    double write_s = 0, sync_s = 0, total_s = 0, longest_s = 0;
    std::optional<Time> longest_at;
    std::vector<SqlNamedCount> started;
  } checkpoints;

  std::uint64_t autovacuums = 0, autoanalyzes = 0;
  std::vector<SqlMaintenanceRow> maintenance;  // by time spent
  std::vector<SqlErrorRow> error_classes;      // the most frequent first
  struct ServerState {
    Time time;
    std::string message;
  };
  std::vector<ServerState> server_states;  // starts, stops, crashes

  bool redacted = false;
  std::string redaction_note;  // "3 IP addresses"
};

constexpr std::size_t kPeriodsMax = 20'000;

// Rows beyond `top` of each list are left out (statements: summed up).
SqlReport make_sql_report(const SqlTally& tally, std::size_t top);

}  // namespace culprit
