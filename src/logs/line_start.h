// What one line says about itself: the format it is a first line of, and its time.
#pragma once

#include <optional>
#include <string_view>

#include "logs/format.h"
#include "logs/postgres_line.h"
#include "logs/timestamp.h"

namespace culprit {

struct LineStart {
  LogFormat format = LogFormat::kUnknown;
  std::optional<Time> time;
  std::string_view time_field;    // JSON: the member that holds the time
  std::string_view unknown_zone;  // a zone name that was read as UTC
  bool zone_given = false;
  std::optional<PostgresLine> postgres;  // kPostgres
};

// kUnknown when the line is no first line of a format.
LineStart recognise_line(std::string_view line, Time year_hint);

// The time of a JSON line and the member that holds it.
struct JsonTime {
  Time time;
  std::string_view field;
  bool zone_given = false;
};
std::optional<JsonTime> json_time(std::string_view line);

// "[id] Started GET …", "Completed 500 …": a line of Rails' request log without Ruby Logger's header.
bool is_bare_rails_line(std::string_view line);

// A CloudWatch time stamp as `aws logs tail` and exports print it before the message.
struct CloudWatchPrefix {
  Time time;
  std::size_t size = 0;         // up to the message, when no stream name stands between
  std::size_t stream_size = 0;  // up to the message, when one does; 0 = it cannot be one
};
std::optional<CloudWatchPrefix> cloudwatch_prefix(std::string_view line);

}  // namespace culprit
