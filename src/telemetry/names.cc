#include <fmt/format.h>

#include "telemetry/gap.h"
#include "telemetry/journal_entry.h"
#include "telemetry/log_event.h"
#include "telemetry/metric.h"
#include "telemetry/resource_state.h"

namespace culprit {

std::string to_string(const MetricId& id) {
  std::string out = id.name_space + " " + id.name;
  for (const auto& d : id.dimensions) out += fmt::format(" {}={}", d.name, d.value);
  return out;
}

namespace {
struct ReasonName {
  GapReason reason;
  std::string_view name;
};
constexpr ReasonName kReasonNames[] = {
    {GapReason::kDenied, "denied"},         {GapReason::kMissing, "missing"},
    {GapReason::kEmpty, "empty"},           {GapReason::kCut, "cut"},
    {GapReason::kThrottled, "throttled"},   {GapReason::kUnreachable, "unreachable"},
    {GapReason::kUnreadable, "unreadable"}, {GapReason::kNotAsked, "not-asked"},
};
}  // namespace

std::string_view to_string(GapReason reason) {
  for (const auto& r : kReasonNames)
    if (r.reason == reason) return r.name;
  return "missing";
}

Result<GapReason> parse_gap_reason(std::string_view text) {
  for (const auto& r : kReasonNames)
    if (r.name == text) return r.reason;
  return fail(ErrorCode::kInput, fmt::format("unknown gap reason '{}'", text));
}

}  // namespace culprit
