// Time zones of the tz database, and every way in which a person writes a time.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace date {
class time_zone;
}

namespace culprit {

// What a wall clock shows, without saying where the wall stands.
using LocalTime = std::chrono::local_time<Duration>;

// The instants at which a zone's clocks showed a local time: one, two (clocks went back) or none (clocks
// went forward).
struct LocalReadings {
  std::vector<Time> instants;       // ascending
  std::string refusal, suggestion;  // unless there is exactly one: what is wrong, and what to write instead
};

// A zone of the tz database (the operating system's copy). Cheap to copy; may be used by several threads.
// Rules reach to 2037, as far as the compiled files list the transitions.
class Zone {
 public:
  // kUsage with suggestions ("did you mean America/Costa_Rica?") when there is no such zone.
  static Result<Zone> find(std::string_view name);
  static Zone utc();
  static Zone local();  // of this machine (TZ, then /etc/localtime); for defaults only

  // Names of all zones, sorted; without the posix/ and right/ copies.
  static std::vector<std::string> all_names();

  const std::string& name() const { return name_; }
  // "2025-08-21 17:00:00 -06 (America/Costa_Rica)"
  std::string format(Time t) const;
  std::string format_clock(Time t) const;  // "17:03:11"
  // Whole local date and time without zone: "2025-08-21 17:03".
  std::string format_minute(Time t) const;
  Duration offset(Time t) const;
  std::string abbreviation(Time t) const;  // "CST", "-03"

  LocalTime to_local(Time t) const;
  LocalReadings readings(LocalTime local) const;

 private:
  Zone(std::string name, const date::time_zone* rules) : name_(std::move(name)), rules_(rules) {}
  std::string name_;
  const date::time_zone* rules_ = nullptr;  // owned by the database; null = UTC without a database
};

// "-06", "+05:30"
std::string format_offset(Duration offset);
// "2025-08-21 17:00", with seconds and milliseconds when there are any.
std::string format_local(LocalTime local);

struct ParsedTime {
  Time time;
  bool date_given = true;  // false for "17:10": the date was taken from the context
};

// What a person may type: "2025-08-21 17:00[:30[.5]]" (local in zone), a date alone (its midnight), either
// followed by the name of another zone ("2025-08-21 17:00 UTC"), ISO 8601 with offset or Z, epoch seconds,
// milli-, micro- or nanoseconds (told apart by size), "-2h", "now", "now-15m", "17:10" (on the date of
// `date_of`, else of `now`). kUsage otherwise. A local time that does not exist or exists twice on a DST
// change is kUsage too: the message names both sides and how to write the one that is meant.
Result<ParsedTime> parse_time(std::string_view text, const Zone& zone, Time now,
                              std::optional<Time> date_of = std::nullopt);

}  // namespace culprit
