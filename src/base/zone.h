// Time zones of the tz database, and every way in which a person writes a time.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace culprit {

// A zone of the tz database. Cheap to copy.
class Zone {
 public:
  // kUsage with suggestions ("did you mean America/Costa_Rica?") when there is no such zone.
  static Result<Zone> find(std::string_view name);
  static Zone utc();
  static Zone local();  // of this machine; for defaults only

  const std::string& name() const { return name_; }
  // "2025-08-21 17:00:00 -06 (America/Costa_Rica)"
  std::string format(Time t) const;
  std::string format_clock(Time t) const;  // "17:03:11"
  // Whole local date and time without zone: "2025-08-21 17:03".
  std::string format_minute(Time t) const;
  Duration offset(Time t) const;

 private:
  std::string name_;
  const void* rules_ = nullptr;  // date::time_zone, owned by the database
  friend struct ZoneAccess;
};

struct ParsedTime {
  Time time;
  bool date_given = true;  // false for "17:10": the date was taken from the context
};

// What a person may type: "2025-08-21 17:00[:30[.5]]" (local in zone), ISO 8601 with offset or Z, epoch
// seconds or milliseconds (told apart by size), "-2h", "now", "now-15m", "17:10" (on the date of
// `date_of`, when given). A local time that does not exist or exists twice on a DST change is kUsage: the
// message names both sides and how to write the one that is meant.
Result<ParsedTime> parse_time(std::string_view text, const Zone& zone, Time now,
                              std::optional<Time> date_of = std::nullopt);

}  // namespace culprit
