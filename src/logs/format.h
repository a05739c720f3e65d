// Which kind of log is this, when did each event happen, and which lines belong together.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "base/zone.h"

namespace culprit {

enum class LogFormat {
  kPostgres,      // stderr with any log_line_prefix
  kPostgresCsv,   // csvlog; a record may span lines
  kPostgresJson,  // jsonlog
  kRails,         // Ruby Logger, tagged or not: "I, [2024-04-25T17:26:43.755035 #1]  INFO -- : …"
  kLograge,       // one JSON object a line with method, path, status, duration
  kSidekiqJson,   // {"ts":…,"pid":…,"tid":…,"lvl":…,"msg":…}
  kSidekiqText,   // "2025-08-21T23:00:00.123Z pid=1 tid=abc class=… jid=… INFO: start"
  kJson,          // other JSON lines with a time field
  kTimestamped,   // any text whose lines start with a time stamp
  kUnknown,
};
std::string_view to_string(LogFormat format);  // "postgres", "rails", …; parse_log_format is its inverse
std::optional<LogFormat> parse_log_format(std::string_view name);

constexpr bool is_postgres(LogFormat format) {
  return format == LogFormat::kPostgres || format == LogFormat::kPostgresCsv ||
         format == LogFormat::kPostgresJson;
}

struct FormatGuess {
  LogFormat format = LogFormat::kUnknown;
  double share = 0;  // of the sampled lines that the format explains as a first line
  std::string
      detail;  // "log_line_prefix %t:%r:%u@%d:[%p]:", "time field 'ts'", "behind CloudWatch's time stamp"
  bool behind_cloudwatch = false;  // each line stands behind a time stamp of CloudWatch's
};

// Looks at the first lines of a log (some KB are enough).
FormatGuess detect_format(std::string_view sample);

struct SplitEvent {
  Time time;
  std::string_view text;         // one event, lines joined by '\n', without the final new line
  std::uint64_t first_line = 0;  // 1-based, within the stream
  bool cut = false;              // the event was longer than max_event_bytes; the rest was dropped
};

struct SplitStats {
  std::uint64_t lines = 0;
  std::uint64_t events = 0;
  std::uint64_t lines_without_time = 0;  // before the first time stamp
  std::uint64_t cut_events = 0;
  std::uint64_t cut_bytes = 0;
  std::uint64_t unknown_zone_times = 0;  // time stamps with a zone name that is not known: read as UTC
  std::string unknown_zone;              // the first such name
};

// Joins lines into events. Lines that `aws logs tail` or an export printed ("2025-08-21T23:00:00.123Z
// message", "2025-08-21T23:00:00+00:00 stream message") lose that prefix when a recognised log stands behind
// it: the event is then the message exactly as the log stream held it, and its time is the prefix's.
// PostgreSQL DETAIL/HINT/CONTEXT/STATEMENT of the same process and tab-led lines,
// Ruby backtraces, any line without a time stamp of its own. Fed with blocks of bytes of any size; bounded
// memory (an event is cut at max_event_bytes, and the cut is counted). Not thread-safe.
class EventSplitter {
 public:
  virtual ~EventSplitter() = default;
  virtual void feed(std::string_view block, const std::function<void(const SplitEvent&)>& emit) = 0;
  virtual void finish(const std::function<void(const SplitEvent&)>& emit) = 0;
  virtual const SplitStats& stats() const = 0;
};
// `year_hint`: for time stamps without a year or zone, a time near the log (file time or window). `zone`:
// what time stamps without a zone are in (unset = UTC); of an hour that clocks show twice the first is taken,
// and one that they skip is read as if they had not been changed yet.
std::unique_ptr<EventSplitter> make_splitter(LogFormat format, Time year_hint,
                                             std::size_t max_event_bytes = 256 * 1024,
                                             std::optional<Zone> zone = std::nullopt);

}  // namespace culprit
