// Time stamps as logs write them, read by hand: ISO 8601 and its relatives, syslog, nginx, Ruby Logger, epoch
// numbers. Allocates nothing; a line without a time stamp is refused after its first bytes.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/time.h"

namespace culprit {

struct Stamp {
  Time time;
  std::size_t size = 0;           // bytes read, zone included
  bool zone_given = false;        // false: read as UTC
  bool iso_t = false;             // "2025-08-21T…", the form of CloudWatch exports
  std::string_view unknown_zone;  // a zone name that is not known; the time was read as UTC
};

// The time stamp at the very start of the text. `year_hint`: a time near the log, for stamps without a year.
//   2025-08-21T23:00:00.123Z   2025-08-21 23:00:00,123 -06   2025/08/21 23:00:00   2025-08-21 23:00:00 CST
//   17/06/09 20:10:40   081109 203615   20171223-22:15:29:606   03-17 16:13:38.811   10.30 16:49:06
//   Dec 10 06:55:46   Sun Dec 04 04:47:44 2005   21/Aug/2025:23:00:00 +0000   2005-06-03-15.42.50.675872
//   1755817200   1755817200.123   1755817200123
std::optional<Stamp> parse_stamp(std::string_view text, Time year_hint);

// Where in a line the time stamp stands: the start of its n-th token (tokens are parted by spaces), after an
// opening "[", "(", "<" or '"'.
struct PlacedStamp {
  Stamp stamp;
  std::size_t begin = 0;  // of the stamp itself
  std::size_t token = 0;
};

// The first time stamp in the first `max_tokens` tokens of a line.
std::optional<PlacedStamp> find_stamp(std::string_view line, Time year_hint, std::size_t max_tokens = 5);

// The time stamp at the given token only: cheap for a log whose lines are alike.
std::optional<PlacedStamp> stamp_at_token(std::string_view line, Time year_hint, std::size_t token);

// Epoch seconds or milliseconds (told apart by size), as JSON logs write them; nullopt outside 2001-2100.
std::optional<Time> time_of_epoch(double value);

}  // namespace culprit
