// What could not be seen. Absence is evidence too: it stands in the report and lowers confidence.
#pragma once

#include <optional>
#include <string>

#include "telemetry/window.h"

namespace culprit {

enum class GapReason {
  kDenied,       // the permission is missing; `action` names the IAM action
  kMissing,      // the resource (log group, service, metric) does not exist
  kEmpty,        // it exists and has nothing in the window
  kCut,          // stopped at a limit (--max-log-bytes, page limit)
  kThrottled,    // gave up after retries
  kUnreachable,  // endpoint or network failed
  kUnreadable,   // a file or answer that could not be understood, or in part only
  kNotAsked,     // left out on purpose (flag, cost cap, source without that kind of data)
};

struct Gap {
  GapReason reason = GapReason::kMissing;
  std::string subject;    // "/aws/ecs/…-web", "AWS/RDS CPUUtilization …", "ecs:task", file path
  std::string component;  // component id of the system file, or empty
  std::string detail;     // one sentence: what is missing, and why
  std::string action;     // IAM action such as "logs:FilterLogEvents", or empty
  std::optional<Window> window;
};

// "denied", "missing", "empty", "cut", "throttled", "unreachable", "unreadable", "not-asked"
std::string_view to_string(GapReason reason);
Result<GapReason> parse_gap_reason(std::string_view text);

}  // namespace culprit
