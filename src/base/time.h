// Points in time are UTC milliseconds since the epoch, everywhere; zones exist only at the edges
// (base/zone.h).
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/error.h"

namespace culprit {

using Duration = std::chrono::milliseconds;
using Time = std::chrono::sys_time<Duration>;

inline Time from_epoch_ms(std::int64_t ms) { return Time{Duration{ms}}; }
inline std::int64_t to_epoch_ms(Time t) { return t.time_since_epoch().count(); }

// "2025-08-21T23:00:00Z", with ".123" only when there are milliseconds.
std::string format_utc(Time t);

// "23:03:11" (UTC), for dense tables whose date is said elsewhere.
std::string format_utc_clock(Time t);

// RFC 3339 / ISO 8601 with an offset or Z ("2025-08-21T23:00:00.5Z", "2025-08-21 17:00-06:00").
// kInput when the text is something else; a local time without offset is refused (use Zone).
Result<Time> parse_iso8601(std::string_view text);

// "1h 2m 3s", "14.2 s", "850 ms": for people.
std::string format_duration(Duration d);

// "90s", "5m", "2h", "1d", "250ms"; kInput otherwise.
Result<Duration> parse_duration(std::string_view text);

// The start of the minute that holds t.
Time floor_minute(Time t);

}  // namespace culprit
