// Stretches of time as queries write them (5m, 1h, 2mo) and moments rounded to them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"

namespace culprit::insights {

enum class PeriodUnit {
  kMilliseconds,
  kSeconds,
  kMinutes,
  kHours,
  kDays,
  kWeeks,
  kMonths,
  kQuarters,
  kYears
};

struct Period {
  PeriodUnit unit = PeriodUnit::kMinutes;
  std::int64_t count = 1;
};

// "5" and "m". Counts above what the service keeps of a unit (1000 ms, 60 s, 60 m, 24 h) are that limit;
// nullopt for a unit that there is not.
std::optional<Period> make_period(double count, std::string_view unit);

// The start of the stretch that holds the moment, in UTC: multiples since the epoch, weeks from Monday,
// months and longer by the calendar.
Time floor_to(Time time, Period period);
// The start of the next stretch, or the moment itself where one starts.
Time ceil_to(Time time, Period period);

// Java's date patterns as far as logs need them: yyyy yy MM MMM M dd d HH H hh h mm ss SSS a EEE z Z X
// 'text'. nullopt when the text is not of the pattern; times without a zone are UTC.
std::optional<Time> parse_date(std::string_view text, std::string_view pattern);
std::string format_date(Time time, std::string_view pattern);

}  // namespace culprit::insights
