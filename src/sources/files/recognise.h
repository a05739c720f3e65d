// What a file is, judged by its first bytes (never by its name).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/zone.h"
#include "logs/format.h"

namespace culprit {

enum class FileKind {
  kLog,
  kAwsAnswer,
  kMetricsCsv,  // with the header of docs/files.md
  kPointsCsv,   // two columns, time and value
  kEmpty,
  kNotReadable,  // binary, packed in another way, UTF-16, JSON or CSV of another kind
  kUnknown,      // text, but no log that is known
};

struct Recognised {
  FileKind kind = FileKind::kUnknown;
  std::string format;                          // for people: "postgres (log_line_prefix …)"
  LogFormat log_format = LogFormat::kUnknown;  // of kLog
  std::string reason;                          // of kNotReadable: what it is and what to do
  std::string first_line;                      // printable, cut
};

Recognised recognise(std::string_view sample);

// The format for people where time stamps without a zone are in `zone`.
std::string zoned_format(std::string format, const std::optional<Zone>& zone);

// True when a saved answer's first member may be this one ("services", "Datapoints", "events" …).
bool is_answer_member(std::string_view name);

}  // namespace culprit
