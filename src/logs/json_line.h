// One JSON log line of any program: the members that an analysis asks for, under the names common loggers
// use.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace culprit {

struct JsonLine {
  std::string level;    // upper case: "ERROR", "INFO"; numbers of pino and bunyan are turned into words
  std::string message;  // first 16 KB
  std::optional<double>
      duration_ms;            // from duration, duration_ms, elapsed, elapsed_s, latency_ms, response_time …
  std::optional<int> status;  // HTTP status, 100-599
  std::string method;
  std::string path;         // path, endpoint, url, route …, without its query
  std::string error_class;  // "httpx.ReadTimeout", "OpenAI::TimeoutError"
  std::string error_message;
  std::string request_id;
  std::optional<Time> time;
};

// nullopt when the text is not one JSON object (a line cut in the middle is none). A duration's unit comes
// from its name ("latency_ms", "elapsed_s", "duration_seconds"), from its value ("12.5ms", "1.2 s"), or from
// the habit of the name: elapsed, process_time and request_time count seconds, duration, latency and
// response_time milliseconds.
std::optional<JsonLine> parse_json_line(std::string_view event);

}  // namespace culprit
