// One line of PostgreSQL's stderr log: the prefix (any log_line_prefix, its shape found from the text) and
// the level. https://www.postgresql.org/docs/15/runtime-config-logging.html#GUC-LOG-LINE-PREFIX
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "logs/timestamp.h"

namespace culprit {

struct PostgresLine {
  std::optional<PlacedStamp> stamp;  // nullopt when the prefix holds no time
  std::string_view remote, user, database, application;
  std::string_view pid_text, line_number;
  std::int64_t pid = 0;
  std::string_view level;
  bool continues = false;  // DETAIL, HINT, CONTEXT, STATEMENT, QUERY, LOCATION: part of the entry before
  std::string_view prefix;
  std::string_view body;  // after "LEVEL:  "
};

// nullopt when the line does not start an entry or a section of one (continuation lines start with a tab).
std::optional<PostgresLine> parse_postgres_line(std::string_view line, Time year_hint = {});

// "%t:%r:%u@%d:[%p]:" for a parsed line: the log_line_prefix as far as it shows.
std::string postgres_prefix_shape(const PostgresLine& line);

}  // namespace culprit
