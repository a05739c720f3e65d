// Times inside saved answers, and when an answer was probably given.
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string_view>

#include "base/time.h"

namespace culprit {

// ISO 8601, or epoch seconds or milliseconds as a number (the CLI's v2 and v1 forms).
std::optional<Time> answer_time(const boost::json::value& value);

// The time that a file's name states, as UTC: "describe-tasks-2025-08-21T23:05:00Z.json",
// "…_20250821-2305.json".
std::optional<Time> time_in_name(std::string_view name);

// The newest time the document speaks of: it was given then or later. Times that lie ahead by their nature
// (certificates' ends) do not count.
std::optional<Time> newest_time(const boost::json::value& document);

}  // namespace culprit
