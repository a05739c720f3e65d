// What is wrong with alarms that CloudWatch takes without a word.
#pragma once

#include <boost/json.hpp>
#include <optional>

#include "alarms/recorded_metrics.h"

namespace culprit {

struct LintFinding {
  enum class Severity { kNote, kWarning, kError };
  Severity severity = Severity::kWarning;
  std::string rule;   // "missing-dimensions", "no-data" …
  std::string alarm;  // or empty: the set as a whole
  std::string what;   // one sentence: what, and why it matters
  std::string hint;   // what to do
};
std::string_view to_string(LintFinding::Severity severity);

// The rules, in the order of the alarms. `history` adds those that need data: no-data, period-too-fine,
// never-crossed, always-crossed.
std::vector<LintFinding> lint_alarms(const AlarmSet& set, RecordedMetrics* history,
                                     const std::optional<Window>& window);

}  // namespace culprit
