// A PostgreSQL log file, of any form, into a tally.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "logs/format.h"
#include "logs/postgres.h"
#include "sql_report/sql_feeder.h"
#include "sql_report/sql_tally.h"

namespace culprit {

struct SqlLogRead {
  SqlTally tally;
  std::string format;  // "postgres (log_line_prefix …)"
  std::string note;    // what could not be read; empty when all is well
};

struct ReadSqlLogOptions {
  SqlTallyOptions tally;
  unsigned threads = 0;  // 0 = one a processor
  // Bytes read, unpacked; called by several threads at once.
  std::function<void(std::uint64_t)> progress;
};

// Plain, .gz or .zst. stderr logs are read by several threads, each taking the next part; other forms by one.
// The result does not depend on how many. kInput when the file is no PostgreSQL log, kNotFound, kStorage.
Result<SqlLogRead> read_sql_log(const std::filesystem::path& path, const ReadSqlLogOptions& options);

// The same for events that come one by one (a store, a stream): any form, CloudWatch's lone sections too.
class SqlEventReader {
 public:
  explicit SqlEventReader(SqlTallyOptions options) : feeder_(std::move(options)) {}
  void event(std::uint64_t number, Time time, std::string_view text);
  SqlTally finish();

 private:
  SqlFeeder feeder_;
  PostgresAssembler assembler_;
};

}  // namespace culprit
