// How times and verdicts are written, once for every teller; quantities are telemetry's.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/zone.h"
#include "diagnosis/findings.h"
#include "telemetry/quantity.h"

namespace culprit::wording {

// "✅ Normal", "⚠️ Elevated", "🚨 High/Critical", "No data" (runbook row B7).
std::string_view status(MetricStatus status);
std::string_view health(Health health);     // "✅ Healthy", "⚠️ Degraded", "🚨 Down", "❔ Unknown"
std::string_view verdict(Verdict verdict);  // "🚨 Incident", "✅ No incident found", "❔ Cannot tell"
std::string_view role(CauseRole role);      // "Primary cause", …
std::string_view timeline_kind(TimelineEntry::Kind kind);
std::string_view horizon(std::string_view id);            // "24h" -> "Within 24 hours"
std::string_view area(std::string_view id);               // "code-review" -> "Code review"
std::string_view gap(GapReason reason);                   // "Permission denied", …
std::string severity_meaning(std::string_view severity);  // H5
// How far a signal moved, in usual spreads: "up 14", "down 3.2", "as usual".
std::string moved(double spreads);

// Times in the team's zone and in UTC.
class Clock {
 public:
  explicit Clock(const Findings& findings);
  // `day_of`: a time on whose date clocks stand without one.
  Clock(std::string_view zone, Time day_of);
  // "17:03:11 (23:03:11Z)"; with the date when it is not the window's own.
  std::string both(Time t) const;
  std::string both(const std::optional<Time>& t) const;
  std::string minute(Time t) const;  // "17:03 (23:03Z)"
  std::string local(Time t) const;   // "17:03:11"
  std::string utc(Time t) const;     // "23:03:11Z"
  // Of what is known by the minute only: "17:03", "23:03Z".
  std::string local(Time t, bool exact) const;
  std::string utc(Time t, bool exact) const;
  std::string local_range(Window w) const;  // "2025-08-21 17:00:00 – 17:10:00 -06 (America/Costa_Rica)"
  std::string utc_range(Window w) const;    // "2025-08-21T23:00:00Z – 2025-08-21T23:10:00Z"
  std::string tick(Time t) const;           // "17:05", for an axis
  const Zone& zone() const { return zone_; }
  bool is_utc() const { return is_utc_; }

 private:
  Zone zone_;
  bool is_utc_;
  std::string local_date_, utc_date_;
};

}  // namespace culprit::wording
