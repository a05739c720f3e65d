// PostgreSQL's server log as RDS exports it (stderr format; csvlog and jsonlog give the same entries):
// https://www.postgresql.org/docs/15/runtime-config-logging.html
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace culprit {

enum class PostgresKind {
  kStatementTimeout,   // canceling statement due to statement timeout
  kLockTimeout,        // canceling statement due to lock timeout
  kUserCancel,         // canceling statement due to user request
  kLockWait,           // process N still waiting for …Lock / acquired …Lock after X ms
  kDeadlock,           // deadlock detected
  kConnectionRefused,  // too many clients, remaining connection slots, starting up / shutting down, no pg_hba
                       // entry
  kDuration,           // duration: X ms  statement/execute/parse/bind: …
  kOutOfMemory,        // out of memory, Cannot allocate memory
  kDiskFull,           // could not … No space left on device
  kDdl,                // LOG: statement: CREATE/ALTER/DROP/TRUNCATE/REINDEX/VACUUM FULL …
  kConfig,             // received SIGHUP, parameter "…" changed to "…"
  kServerState,  // starting, ready to accept connections, shutting down, crash recovery, terminated by signal
  kCheckpoint,
  kAutovacuum,
  kTempFile,
  kConnection,  // connection received/authorized, disconnection
  kOtherError,  // any other ERROR, FATAL, PANIC
  kOther,
};
std::string_view to_string(PostgresKind kind);

// One entry; all views point into the event's text.
struct PostgresEntry {
  PostgresKind kind = PostgresKind::kOther;
  std::string_view level;  // "ERROR", "LOG", "FATAL", "STATEMENT" when it came as an event of its own …
  std::string_view remote, user, database;
  std::int64_t pid = 0;
  std::string_view message;    // of the first line, after the level
  std::string_view text;       // the message with all its lines
  std::string_view statement;  // whole SQL: STATEMENT:, or after "execute <unnamed>: " / "statement: "
  std::string_view detail, hint, context;
  std::optional<double> duration_ms;  // kDuration, kLockWait (after X ms)
};

// nullopt when the text is not a PostgreSQL entry. Handles a joined event as well as a lone continuation
// (level DETAIL, STATEMENT …), as CloudWatch delivers them.
std::optional<PostgresEntry> parse_postgres(std::string_view event);

// Takes events of stderr, csvlog and jsonlog (postgres_record.h turns the latter into the first). Attaches
// STATEMENT/DETAIL entries that arrive as separate events to the entry of the same process before
// them. Feed every event of a group in order; `emit` gets each completed entry with the number and time of
// its first event. Bounded memory.
class PostgresAssembler {
 public:
  // Events that somebody else understands: their texts are written only when further events join them.
  class Unwritten {
   public:
    virtual ~Unwritten() = default;
    virtual std::string text(std::uint64_t row) = 0;
  };
  struct Completed {
    std::uint64_t number = 0;  // event number of the first event
    Time time;
    std::string text;     // owned, joined text
    PostgresEntry entry;  // views into text
    // An event of feed_unwritten() that nothing joined: without text and entry.
    std::shared_ptr<Unwritten> unwritten;
    std::uint64_t row = 0;
  };
  PostgresAssembler();
  ~PostgresAssembler();
  PostgresAssembler(PostgresAssembler&&) noexcept;
  PostgresAssembler& operator=(PostgresAssembler&&) noexcept;
  using Emit = std::function<void(const Completed&)>;
  void feed(std::uint64_t number, Time time, std::string_view event, const Emit& emit);
  // An event of stderr's form that starts an entry of the process: a single line, without line ends, of at
  // most `bytes_max` bytes, which are at most kUnwrittenBytesMax.
  static constexpr std::size_t kUnwrittenBytesMax = 1024 * 1024;
  void feed_unwritten(std::uint64_t number, Time time, std::int64_t pid, std::size_t bytes_max,
                      std::shared_ptr<Unwritten> unwritten, std::uint64_t row, const Emit& emit);
  void finish(const Emit& emit);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace culprit
