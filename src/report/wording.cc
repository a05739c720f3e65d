#include "report/wording.h"

#include <fmt/format.h>

#include <cmath>

namespace culprit::wording {

std::string_view status(MetricStatus status) {
  switch (status) {
    case MetricStatus::kNormal:
      return "✅ Normal";
    case MetricStatus::kElevated:
      return "⚠️ Elevated";
    case MetricStatus::kHigh:
      return "🚨 High/Critical";
    case MetricStatus::kNoData:
      return "No data";
  }
  return "No data";
}

std::string_view health(Health health) {
  switch (health) {
    case Health::kHealthy:
      return "✅ Healthy";
    case Health::kDegraded:
      return "⚠️ Degraded";
    case Health::kDown:
      return "🚨 Down";
    case Health::kUnknown:
      return "❔ Unknown";
  }
  return "❔ Unknown";
}

std::string_view verdict(Verdict verdict) {
  switch (verdict) {
    case Verdict::kIncident:
      return "🚨 Incident";
    case Verdict::kNoIncident:
      return "✅ No incident found";
    case Verdict::kCannotTell:
      return "❔ Cannot tell";
  }
  return "❔ Cannot tell";
}

std::string_view role(CauseRole role) {
  switch (role) {
    case CauseRole::kPrimary:
      return "Primary cause";
    case CauseRole::kSecondary:
      return "Secondary cause";
    case CauseRole::kContributing:
      return "Contributing";
    case CauseRole::kNone:
      return "Not named as a cause";
  }
  return "Not named as a cause";
}

std::string_view timeline_kind(TimelineEntry::Kind kind) {
  switch (kind) {
    case TimelineEntry::Kind::kChange:
      return "Change";
    case TimelineEntry::Kind::kOnset:
      return "Onset";
    case TimelineEntry::Kind::kSymptom:
      return "Symptom";
    case TimelineEntry::Kind::kPeak:
      return "Peak";
    case TimelineEntry::Kind::kRecovery:
      return "Recovery";
    case TimelineEntry::Kind::kState:
      return "State";
  }
  return "Symptom";
}

std::string_view horizon(std::string_view id) {
  if (id == "24h") return "Within 24 hours";
  if (id == "1w") return "Within 1 week";
  if (id == "1m") return "Within 1 month";
  return id;
}

std::string_view area(std::string_view id) {
  if (id == "monitoring") return "Monitoring";
  if (id == "code-review") return "Code review";
  if (id == "infrastructure") return "Infrastructure";
  return id;
}

std::string_view gap(GapReason reason) {
  switch (reason) {
    case GapReason::kDenied:
      return "Permission denied";
    case GapReason::kMissing:
      return "Does not exist";
    case GapReason::kEmpty:
      return "Empty in the window";
    case GapReason::kCut:
      return "Cut at a limit";
    case GapReason::kThrottled:
      return "Throttled";
    case GapReason::kUnreachable:
      return "Unreachable";
    case GapReason::kUnreadable:
      return "Unreadable";
    case GapReason::kNotAsked:
      return "Not asked";
  }
  return "Does not exist";
}

std::string moved(double spreads) {
  constexpr double kFar = 1000;  // of what never moved before, the size tells nothing
  if (std::abs(spreads) < kMovedSpreads) return "as usual";
  const std::string size = std::abs(spreads) > kFar ? "over 1,000" : number(std::abs(spreads));
  return (spreads > 0 ? "up " : "down ") + size;
}

std::string severity_meaning(std::string_view severity) {
  if (severity == "P0") return "service down or risk of data loss";
  if (severity == "P1") return "major feature broken or severe slowness";
  if (severity == "P2") return "minor feature affected or moderate slowness";
  if (severity == "P3") return "cosmetic";
  return {};
}

}  // namespace culprit::wording
