// What a PostgreSQL log comes to: counts, sums and sketches, by statement and by period. A plain value: parts
// of a log can be tallied apart, by several threads or from encoded columns, and merged.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "logs/statement.h"
#include "metrics/quantile_sketch.h"
#include "telemetry/window.h"

namespace culprit {

using Microseconds = std::int64_t;  // as PostgreSQL writes durations; sums stay exact

// Counted for a statement as well as for a period.
enum class SqlCount : std::uint8_t {
  kStatementTimeout,
  kLockTimeout,
  kLockWait,  // told once each wait: "still waiting"
  kDeadlock,
  kCancel,  // by user request
  kError,   // ERROR, FATAL, PANIC of any class, those above included
  kTempFile,
  kPlan,     // auto_explain
  kPrepare,  // parse and bind steps, which are no calls
  // Of periods only:
  kConnectionReceived,
  kConnectionAuthorized,
  kDisconnection,
  kConnectionRefused,
  kCheckpoint,
  kAutovacuum,
  kAutoanalyze,
  kServerState,
  kEnd_,
};
constexpr std::size_t kSqlCounts = static_cast<std::size_t>(SqlCount::kEnd_);
using SqlCounts = std::array<std::uint64_t, kSqlCounts>;
inline std::uint64_t count_of(const SqlCounts& counts, SqlCount what) {
  return counts[static_cast<std::size_t>(what)];
}

// Calls within one period.
struct SqlCalls {
  std::uint64_t calls = 0;
  Microseconds total_us = 0;
  Microseconds max_us = 0;
  void add(Microseconds duration_us) {
    ++calls;
    total_us += duration_us;
    max_us = std::max(max_us, duration_us);
  }
  void merge(const SqlCalls& other);
  bool operator==(const SqlCalls&) const = default;
};

struct SqlStatementTally {
  StatementShape shape;
  SqlCalls calls;
  QuantileSketch durations_ms;
  QuantileSketch lists;  // elements of the longest IN list, of calls and time-outs that have one
  std::uint64_t list_max = 0;
  SqlCounts counts{};
  Microseconds lock_wait_us =
      0;  // told by "still waiting", "acquired", "failed to acquire": the longest each
  std::uint64_t temp_bytes = 0;
  Microseconds prepare_us = 0;
  std::optional<Time> first, last, slowest_at;
  std::string slowest_plan;  // auto_explain's text of the slowest one
  Microseconds slowest_plan_us = -1;
  std::map<std::int64_t, SqlCalls> by_period;
};

struct SqlPeriodTally {
  SqlCalls calls;
  QuantileSketch durations_ms;
  SqlCounts counts{};
  std::uint64_t temp_bytes = 0;
};

// Errors of one class: a level and a message without what varies in it.
struct SqlErrorTally {
  std::uint64_t count = 0;
  Time first, last;
  std::string example;  // of the earliest one
};

struct SqlSessions {
  std::uint64_t received = 0, authorized = 0, disconnected = 0, refused = 0;
  QuantileSketch seconds;
  std::int64_t total_ms = 0;
  std::map<std::string, std::uint64_t> authorized_by;  // "user@database"
  std::map<std::string, std::uint64_t> received_from;  // host
};

struct SqlCheckpoints {
  std::map<std::string, std::uint64_t> started;  // by reason: "time", "wal", "immediate force wait" …
  std::uint64_t completed = 0, buffers = 0, too_frequent = 0;
  std::int64_t write_ms = 0, sync_ms = 0, total_ms = 0, longest_ms = 0;
  std::optional<Time> longest_at;
};

struct SqlTableMaintenance {
  std::uint64_t vacuums = 0, analyzes = 0;
  std::int64_t elapsed_ms = 0, longest_ms = 0;
};

struct SqlTallyOptions {
  std::optional<Window> window;  // events outside are left out
  Duration period = std::chrono::minutes(1);
};

// Bounded memory: names, classes and statements beyond a limit are counted together as "(others)" (then, and
// only then, does it matter which came first). Not thread-safe. Every addition outside of the window is
// ignored; ids are those that statement() gave.
class SqlTally {
 public:
  using StatementId = std::uint32_t;
  static constexpr StatementId kNoStatement = UINT32_MAX;

  explicit SqlTally(SqlTallyOptions options = {});

  StatementId statement(const StatementShape& shape);

  void add_call(StatementId id, Time time, Microseconds duration_us, std::uint64_t list);
  // A step before the call: "parse", "bind".
  void add_prepare(StatementId id, Time time, Microseconds duration_us);
  void add_plan(StatementId id, Time time, Microseconds duration_us, std::string_view plan);
  void add_unnamed_duration(Time time, Microseconds duration_us);  // without its statement

  // One occurrence in its period, and of the statement when that is known (kNoStatement).
  void add(SqlCount what, Time time);
  void add_to_statement(StatementId id, SqlCount what, Time time, std::uint64_t list);
  void add_lock_wait_time(StatementId id, Time time, Microseconds waited_us);
  void add_temp_file(Time time, std::uint64_t bytes);
  void add_temp_file_to_statement(StatementId id, Time time, std::uint64_t bytes);

  void add_error(Time time, std::string_view level, std::string_view error_class, std::string_view example);
  void add_received(Time time, std::string_view host);
  void add_authorized(Time time, std::string_view user_at_database);
  void add_disconnected(Time time, Duration session);
  void add_checkpoint_start(Time time, std::string_view reason);
  struct Checkpoint {
    std::uint64_t buffers = 0;
    Duration write{0}, sync{0}, total{0};
  };
  void add_checkpoint(Time time, const Checkpoint& checkpoint);
  void add_checkpoint_warning(Time time);
  void add_maintenance(Time time, std::string_view table, bool vacuum, Duration elapsed);
  void add_server_state(Time time, std::string_view message);

  // What was read, whatever the window.
  void add_read(std::uint64_t entries, std::uint64_t bytes) { entries_ += entries, bytes_ += bytes; }

  // The same as if the other's events had been added here. Associative; the order matters in nothing but
  // statement ids.
  void merge(const SqlTally& other);

  const SqlTallyOptions& options() const { return options_; }
  const std::vector<SqlStatementTally>& statements() const { return statements_; }
  const std::map<std::int64_t, SqlPeriodTally>& periods() const { return periods_; }  // period number → tally
  Time period_start(std::int64_t period) const { return Time{options_.period * period}; }
  const std::map<std::pair<std::string, std::string>, SqlErrorTally>& errors() const { return errors_; }
  const SqlSessions& sessions() const { return sessions_; }
  const SqlCheckpoints& checkpoints() const { return checkpoints_; }
  const std::map<std::string, SqlTableMaintenance>& maintenance() const { return maintenance_; }
  const std::map<std::pair<Time, std::string>, std::uint64_t>& server_states() const {
    return server_states_;
  }
  const QuantileSketch& durations_ms() const { return durations_ms_; }
  const SqlCalls& calls() const { return calls_; }
  const SqlCalls& unnamed() const { return unnamed_; }
  const SqlCounts& counts() const { return counts_; }
  std::uint64_t temp_bytes() const { return temp_bytes_; }
  std::uint64_t temp_bytes_max() const { return temp_bytes_max_; }
  std::optional<Time> first() const { return first_; }
  std::optional<Time> last() const { return last_; }
  std::uint64_t entries() const { return entries_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  bool see(Time time);
  SqlPeriodTally& period(Time time);
  std::int64_t period_number(Time time) const;

  SqlTallyOptions options_;
  std::vector<SqlStatementTally> statements_;
  std::unordered_map<std::string, StatementId> by_fingerprint_;
  std::map<std::int64_t, SqlPeriodTally> periods_;
  std::map<std::pair<std::string, std::string>, SqlErrorTally> errors_;
  SqlSessions sessions_;
  SqlCheckpoints checkpoints_;
  std::map<std::string, SqlTableMaintenance> maintenance_;
  std::map<std::pair<Time, std::string>, std::uint64_t> server_states_;
  QuantileSketch durations_ms_;
  SqlCalls calls_, unnamed_;
  SqlCounts counts_{};
  std::uint64_t temp_bytes_ = 0, temp_bytes_max_ = 0;
  std::optional<Time> first_, last_;
  std::uint64_t entries_ = 0, bytes_ = 0;
};

}  // namespace culprit
