// PostgreSQL's csvlog and jsonlog: the same entries as its stderr log, one record each.
// https://www.postgresql.org/docs/15/runtime-config-logging.html#RUNTIME-CONFIG-LOGGING-CSVLOG
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "logs/timestamp.h"

namespace culprit {

// What the first line of a csvlog record says; the record may go on for more lines.
struct PostgresCsvStart {
  Stamp stamp;
  std::string_view level;
  // A name or address in quotes stands before the level. Text inside of a quoted field cannot look so, since
  // its quotes are doubled: a line that has it starts a record even where a quote seems to be open.
  bool certain = false;
};
std::optional<PostgresCsvStart> postgres_csv_start(std::string_view line, Time year_hint = {});

// Whether the bytes leave a quoted field open when it was `open` before them.
bool csv_quote_open(std::string_view text, bool open);

// Whether a JSON line is a record of PostgreSQL's.
bool is_postgres_json(std::string_view line);

// A whole csvlog record or jsonlog line as the lines of the stderr log with RDS's prefix
// (%t:%r:%u@%d:[%p]:), which parse_postgres() takes; nullopt when the text is no such record. A record that
// is cut gives what stands before the cut.
std::optional<std::string> postgres_record_as_stderr(std::string_view record);

}  // namespace culprit
