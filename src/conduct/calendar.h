// What is due regularly (runbook row H8): weekly performance review, monthly capacity planning, quarterly
// disaster-recovery test, semi-annual architecture review.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/time.h"
#include "base/zone.h"

namespace culprit {

struct Recurrence {
  std::string id;                // "weekly-review"
  std::string title;             // "Weekly performance review"
  std::string what;              // what to do, with the command that prepares it
  std::string rule;              // RRULE of RFC 5545
  std::vector<unsigned> months;  // 1 to 12 in which it falls; empty = each
  int of_month = 0;              // n-th such weekday of the month; 0 = every week
  std::chrono::weekday day;
};
const std::vector<Recurrence>& recurrences();

struct Due {
  const Recurrence* what = nullptr;
  std::chrono::year_month_day date;  // of the team's clock
};

// Every date from the day of `from` (in the zone) for so many days, by date. At most ten years.
std::vector<Due> due_dates(Time from, const Zone& zone, std::chrono::days length);

// An iCalendar (RFC 5545) with one recurring all-day event each; `stamp` is its DTSTAMP.
std::string as_icalendar(std::string_view system, std::string_view title, Time from, const Zone& zone);

}  // namespace culprit
