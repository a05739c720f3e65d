// Entries of a PostgreSQL log into a tally. An entry is taken in two steps, because its statement may come
// later than its message: begin() when the message is known, complete() when the statement is, or when it is
// certain that none comes.
#pragma once

#include <cstdint>
#include <string_view>

#include "logs/postgres.h"
#include "sql_report/sql_tally.h"
#include "sql_report/statement_index.h"

namespace culprit {

// What is left to do for an entry when its statement comes.
struct SqlPending {
  enum class Kind : std::uint8_t { kNothing, kCount, kLockWait, kTempFile };
  Kind kind = Kind::kNothing;
  SqlCount what = SqlCount::kError;
  Time time;
  std::int64_t value = 0;  // microseconds waited, bytes of a file
};

// What a duration belongs to.
enum class SqlStep : std::uint8_t { kCall, kPrepare, kPlan, kUnknown };
// "statement: …", "execute s1: …", "parse <unnamed>: …", "plan:\n…" behind "duration: X ms".
SqlStep sql_step(std::string_view after_ms);

class SqlFeeder {
 public:
  explicit SqlFeeder(SqlTallyOptions options = {});
  SqlFeeder(const SqlFeeder&) = delete;
  SqlFeeder& operator=(const SqlFeeder&) = delete;

  // A whole entry.
  void entry(Time time, const PostgresEntry& entry);

  SqlPending begin(Time time, const PostgresEntry& entry);
  void complete(const SqlPending& pending, std::string_view statement);
  void duration(Time time, SqlStep step, Microseconds duration_us, std::string_view statement,
                std::string_view plan);
  // The frequent messages, by hand; false for others.
  bool connection(Time time, std::string_view message);

  SqlTally& tally() { return tally_; }
  StatementIndex& index() { return index_; }

  // The part of complete() that needs no text.
  static void complete(SqlTally& tally, const SqlPending& pending, SqlTally::StatementId id,
                       std::uint64_t list);

 private:
  SqlPending error(Time time, const PostgresEntry& entry);
  SqlTally tally_;
  StatementIndex index_;
};

// An error's message without what varies in it: quoted values as "…", numbers as N; names of relations,
// columns, constraints and the like stay.
std::string sql_error_class(std::string_view message);

}  // namespace culprit
