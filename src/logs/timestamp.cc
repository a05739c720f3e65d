#include "logs/timestamp.h"

#include <array>
#include <cstdint>

namespace culprit {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_alnum(char c) { return is_digit(c) || is_upper(c) || (c >= 'a' && c <= 'z'); }

// Reads forward; every take_… either reads all it wants or nothing.
struct Cursor {
  std::string_view text;
  std::size_t at = 0;

  char peek(std::size_t ahead = 0) const { return at + ahead < text.size() ? text[at + ahead] : '\0'; }
  bool take(char c) {
    if (at >= text.size() || text[at] != c) return false;
    ++at;
    return true;
  }
  // `count` digits; -1 when there are fewer.
  int take_digits(std::size_t count) {
    if (at + count > text.size()) return -1;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(text[at + i])) return -1;
      value = value * 10 + (text[at + i] - '0');
    }
    at += count;
    return value;
  }
  std::size_t digits_ahead(std::size_t limit) const {
    std::size_t n = 0;
    while (n < limit && is_digit(peek(n))) ++n;
    return n;
  }
};

struct Fields {
  int year = -1, month = 0, day = 0;
  int hour = 0, minute = 0, second = 0, ms = 0;
};

bool valid(const Fields& f) {
  return f.month >= 1 && f.month <= 12 && f.day >= 1 && f.day <= 31 && f.hour >= 0 && f.hour <= 23 &&
         f.minute >= 0 && f.minute <= 59 && f.second >= 0 && f.second <= 60 && f.year >= 1970 &&
         f.year <= 2200;
}

Time time_of(const Fields& f) {
  using namespace std::chrono;
  const sys_days date =
      year{f.year} / month{static_cast<unsigned>(f.month)} / day{static_cast<unsigned>(f.day)};
  return Time{date} + hours{f.hour} + minutes{f.minute} + seconds{f.second} + milliseconds{f.ms};
}

// The year that brings the date nearest to the hint.
int year_near(const Fields& f, Time hint) {
  using namespace std::chrono;
  const int hinted = int{year_month_day{floor<days>(hint)}.year()};
  int best = hinted;
  Duration best_distance = Duration::max();
  for (int candidate = hinted - 1; candidate <= hinted + 1; ++candidate) {
    if (candidate < 1970 || candidate > 2200) continue;
    Fields with_year = f;
    with_year.year = candidate;
    const Duration distance = abs(time_of(with_year) - hint);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

int month_of(std::string_view three_letters) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (three_letters.size() != 3) return 0;
  const auto at = kMonths.find(three_letters);
  return at == std::string_view::npos || at % 3 != 0 ? 0 : static_cast<int>(at / 3) + 1;
}

// ".123456" or ",123" as milliseconds; absent is 0.
int take_fraction_ms(Cursor& c) {
  if ((c.peek() != '.' && c.peek() != ',') || !is_digit(c.peek(1))) return 0;
  ++c.at;
  int ms = 0, digits = 0;
  for (; is_digit(c.peek()); ++c.at, ++digits)
    if (digits < 3) ms = ms * 10 + (c.peek() - '0');
  for (; digits < 3; ++digits) ms *= 10;
  return ms;
}

bool take_clock(Cursor& c, Fields& f, char separator = ':') {
  f.hour = c.take_digits(2);
  if (f.hour < 0 || !c.take(separator)) return false;
  f.minute = c.take_digits(2);
  if (f.minute < 0) return false;
  if (c.peek() == separator && is_digit(c.peek(1))) {
    ++c.at;
    f.second = c.take_digits(2);
    if (f.second < 0) return false;
  }
  f.ms = take_fraction_ms(c);
  return true;
}

struct NamedZone {
  std::string_view name;
  int minutes;
};
// Abbreviations as PostgreSQL's and the C library's logs print them. Where a name has several meanings the
// one in the Americas or Europe is taken (CST is UTC-6, not China's; IST is India's).
constexpr std::array<NamedZone, 44> kZones{{
    {"UTC", 0},     {"GMT", 0},    {"UCT", 0},    {"WET", 0},    {"Z", 0},      {"CST", -360}, {"CDT", -300},
    {"EST", -300},  {"EDT", -240}, {"MST", -420}, {"MDT", -360}, {"PST", -480}, {"PDT", -420}, {"AKST", -540},
    {"AKDT", -480}, {"HST", -600}, {"AST", -240}, {"ADT", -180}, {"NST", -210}, {"NDT", -150}, {"BRT", -180},
    {"ART", -180},  {"CLT", -240}, {"COT", -300}, {"PET", -300}, {"BST", 60},   {"CET", 60},   {"CEST", 120},
    {"WEST", 60},   {"EET", 120},  {"EEST", 180}, {"MSK", 180},  {"IST", 330},  {"PKT", 300},  {"WIB", 420},
    {"HKT", 480},   {"SGT", 480},  {"AWST", 480}, {"JST", 540},  {"KST", 540},  {"AEST", 600}, {"AEDT", 660},
    {"NZST", 720},  {"NZDT", 780},
}};

// Level words stand where a zone may stand; they are no zones.
bool is_level_word(std::string_view word) {
  constexpr std::string_view kLevels[] = {"INFO", "WARN",  "ERROR", "DEBUG", "TRACE", "FATAL",
                                          "LOG",  "PANIC", "NOTE",  "CRIT",  "ALERT", "HINT"};
  for (const auto level : kLevels)
    if (word == level) return true;
  return false;
}

bool take_offset(Cursor& c, int& minutes) {
  Cursor t = c;
  const char sign = t.peek();
  if (sign != '+' && sign != '-') return false;
  ++t.at;
  const int hh = t.take_digits(2);
  if (hh < 0 || hh > 15) return false;
  int mm = 0;
  if (t.peek() == ':' && is_digit(t.peek(1)) && is_digit(t.peek(2)) && !is_digit(t.peek(3)) &&
      t.peek(3) != '.') {
    // RDS writes "-06:10.0.1.5(…)": zone, colon, address.
    ++t.at;
    mm = t.take_digits(2);
  } else if (t.digits_ahead(3) == 2) {
    mm = t.take_digits(2);
  }
  if (mm > 59 || is_alnum(t.peek()) || t.peek() == '-') return false;
  minutes = (hh * 60 + mm) * (sign == '-' ? -1 : 1);
  c = t;
  return true;
}

// Reads a zone right after the time or after one space, and moves the time to UTC.
void take_zone(Cursor& c, Stamp& stamp) {
  Cursor t = c;
  const bool spaced = t.take(' ');
  int minutes = 0;
  if (take_offset(t, minutes)) {
    stamp.zone_given = true;
  } else {
    std::size_t size = 0;
    while (is_upper(t.peek(size)) && size < 6) ++size;
    if (size == 0 || size > 5 || is_alnum(t.peek(size)) || t.peek(size) == '_') return;
    const auto name = t.text.substr(t.at, size);
    bool known = false;
    for (const auto& zone : kZones)
      if (zone.name == name) {
        minutes = zone.minutes;
        known = true;
      }
    if (!known) {
      // PostgreSQL's prefixes write the zone and go on with one of these; a level is followed by ":  ".
      const char after = t.peek(size);
      const bool like_zone = spaced && size >= 3 && !is_level_word(name) &&
                             t.text.substr(t.at + size, 2) != ": " &&
                             (after == ':' || after == '[' || (after == ' ' && t.peek(size + 1) == '['));
      if (!like_zone) return;
      stamp.unknown_zone = name;
    }
    if (name == "Z" && spaced) return;
    t.at += size;
    stamp.zone_given = known;
  }
  stamp.time -= std::chrono::minutes{minutes};
  c = t;
}

std::optional<Stamp> finish(Cursor& c, const Fields& f, bool with_zone) {
  if (!valid(f)) return std::nullopt;
  Stamp stamp;
  stamp.time = time_of(f);
  if (with_zone) take_zone(c, stamp);
  stamp.size = c.at;
  return stamp;
}

// "2025-08-21T23:00:00…", "2025/08/21 23:00:00", "2005-06-03-15.42.50.675872"
std::optional<Stamp> year_first(Cursor c) {
  Fields f;
  f.year = c.take_digits(4);
  const char separator = c.peek();
  if (f.year < 0 || (separator != '-' && separator != '/')) return std::nullopt;
  ++c.at;
  f.month = c.take_digits(2);
  if (f.month < 0 || !c.take(separator)) return std::nullopt;
  f.day = c.take_digits(2);
  if (f.day < 0) return std::nullopt;
  const char between = c.peek();
  if (between != 'T' && between != ' ' && between != '-' && between != '_') return std::nullopt;
  ++c.at;
  if (!take_clock(c, f, between == '-' ? '.' : ':')) return std::nullopt;
  auto stamp = finish(c, f, true);
  if (stamp) stamp->iso_t = between == 'T';
  return stamp;
}

// "20171223-22:15:29:606", "20250821T230000Z", "20250821 23:00:00"
std::optional<Stamp> compact(Cursor c) {
  Fields f;
  f.year = c.take_digits(4);
  f.month = c.take_digits(2);
  f.day = c.take_digits(2);
  const char between = c.peek();
  if (f.day < 0 || (between != '-' && between != 'T' && between != ' ')) return std::nullopt;
  ++c.at;
  if (c.digits_ahead(6) == 6) {
    f.hour = c.take_digits(2);
    f.minute = c.take_digits(2);
    f.second = c.take_digits(2);
  } else if (!take_clock(c, f)) {
    return std::nullopt;
  }
  if (c.peek() == ':' && is_digit(c.peek(1))) {  // milliseconds after a colon, not padded
    ++c.at;
    f.ms = c.take_digits(c.digits_ahead(3));
  }
  return finish(c, f, true);
}

// "081109 203615"
std::optional<Stamp> six_and_six(Cursor c) {
  Fields f;
  f.year = 2000 + c.take_digits(2);
  f.month = c.take_digits(2);
  f.day = c.take_digits(2);
  if (!c.take(' ') || c.digits_ahead(7) != 6) return std::nullopt;
  f.hour = c.take_digits(2);
  f.minute = c.take_digits(2);
  f.second = c.take_digits(2);
  return finish(c, f, false);
}

// "17/06/09 20:10:40" (year first), "03-17 16:13:38.811", "10.30 16:49:06" (month first, no year),
// "21/Aug/2025:23:00:00 +0000"
std::optional<Stamp> two_digits_first(Cursor c, Time year_hint) {
  Fields f;
  const int first = c.take_digits(2);
  const char separator = c.peek();
  ++c.at;
  if (separator == '/' && is_upper(c.peek())) {
    f.day = first;
    f.month = month_of(c.text.substr(c.at, 3));
    c.at += 3;
    if (f.month == 0 || !c.take('/')) return std::nullopt;
    f.year = c.take_digits(4);
    if (f.year < 0 || !c.take(':') || !take_clock(c, f)) return std::nullopt;
    return finish(c, f, true);
  }
  const int second = c.take_digits(2);
  if (second < 0) return std::nullopt;
  if (separator == '/' && c.take('/')) {
    f.year = 2000 + first;
    f.month = second;
    f.day = c.take_digits(2);
    if (f.day < 0 || !c.take(' ') || !take_clock(c, f)) return std::nullopt;
    return finish(c, f, false);
  }
  if (separator != '-' && separator != '.') return std::nullopt;
  f.month = first;
  f.day = second;
  if (!c.take(' ') || !take_clock(c, f)) return std::nullopt;
  f.year = year_near(Fields{2000, std::max(1, f.month), std::max(1, f.day), 0, 0, 0, 0}, year_hint);
  return finish(c, f, false);
}

// "Dec 10 06:55:46", "Dec  9 …", and with a weekday before and a year behind
std::optional<Stamp> month_name(Cursor c, Time year_hint) {
  Fields f;
  f.month = month_of(c.text.substr(c.at, 3));
  if (f.month == 0) {  // a weekday?
    constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
    const auto at = kDays.find(c.text.substr(c.at, 3));
    if (c.text.size() < c.at + 4 || at == std::string_view::npos || at % 3 != 0) return std::nullopt;
    c.at += 3;
    c.take(',');
    if (!c.take(' ')) return std::nullopt;
    f.month = month_of(c.text.substr(c.at, 3));
    if (f.month == 0) return std::nullopt;
  }
  c.at += 3;
  if (!c.take(' ')) return std::nullopt;
  c.take(' ');
  f.day = c.take_digits(c.digits_ahead(2) == 1 ? 1 : 2);
  if (f.day < 0 || !c.take(' ') || !take_clock(c, f)) return std::nullopt;
  Cursor with_year = c;
  if (with_year.take(' ') && with_year.digits_ahead(5) == 4) {
    f.year = with_year.take_digits(4);
    if (f.year >= 1970 && f.year <= 2200) c = with_year;
  }
  if (f.year < 1970 || f.year > 2200) {
    if (f.day < 1 || f.day > 31) return std::nullopt;
    f.year = year_near(f, year_hint);
  }
  return finish(c, f, false);
}

// A number of 10 or 13 digits, with or without a fraction.
std::optional<Stamp> epoch(Cursor c, std::size_t digits) {
  if (digits != 10 && digits != 13) return std::nullopt;
  std::int64_t value = 0;
  for (std::size_t i = 0; i < digits; ++i) value = value * 10 + (c.peek(i) - '0');
  c.at += digits;
  const int ms = digits == 10 ? take_fraction_ms(c) : 0;
  if (is_alnum(c.peek()) || c.peek() == '.' || c.peek() == '-') return std::nullopt;
  const auto time = time_of_epoch(static_cast<double>(value));
  if (!time) return std::nullopt;
  Stamp stamp;
  stamp.time = *time + Duration{ms};
  stamp.size = c.at;
  stamp.zone_given = true;
  return stamp;
}

}  // namespace

std::optional<Time> time_of_epoch(double value) {
  constexpr double kFirst = 1.0e9, kLast = 4.1e9;  // 2001 … 2099
  if (value >= kFirst * 1000 && value <= kLast * 1000) return from_epoch_ms(static_cast<std::int64_t>(value));
  if (value >= kFirst && value <= kLast) return from_epoch_ms(static_cast<std::int64_t>(value * 1000 + 0.5));
  return std::nullopt;
}

std::optional<Stamp> parse_stamp(std::string_view text, Time year_hint) {
  if (text.size() < 10) return std::nullopt;
  const Cursor c{text.substr(0, 48)};
  if (!is_digit(text[0])) return is_upper(text[0]) ? month_name(c, year_hint) : std::nullopt;
  switch (const std::size_t digits = c.digits_ahead(14)) {
    case 2:
      return two_digits_first(c, year_hint);
    case 4:
      return year_first(c);
    case 6:
      return six_and_six(c);
    case 8:
      return compact(c);
    default:
      return epoch(c, digits);
  }
}

namespace {

std::size_t after_opening(std::string_view line, std::size_t at) {
  const char c = at < line.size() ? line[at] : '\0';
  return c == '[' || c == '(' || c == '<' || c == '"' ? at + 1 : at;
}

std::size_t next_token(std::string_view line, std::size_t at) {
  const auto space = line.find(' ', at);
  if (space == std::string_view::npos) return line.size();
  const auto start = line.find_first_not_of(' ', space);
  return start == std::string_view::npos ? line.size() : start;
}

constexpr std::size_t kStampWithin = 256;  // bytes of a line in which its time stamp must start

}  // namespace

std::optional<PlacedStamp> find_stamp(std::string_view line, Time year_hint, std::size_t max_tokens) {
  const auto head = line.substr(0, kStampWithin);
  std::size_t at = 0;
  for (std::size_t token = 0; token < max_tokens && at < head.size(); ++token) {
    const std::size_t begin = after_opening(head, at);
    if (const auto stamp = parse_stamp(line.substr(begin), year_hint))
      return PlacedStamp{*stamp, begin, token};
    at = next_token(head, at);
  }
  return std::nullopt;
}

std::optional<PlacedStamp> stamp_at_token(std::string_view line, Time year_hint, std::size_t token) {
  const auto head = line.substr(0, kStampWithin);
  std::size_t at = 0;
  for (std::size_t i = 0; i < token && at < head.size(); ++i) at = next_token(head, at);
  if (at >= head.size()) return std::nullopt;
  const std::size_t begin = after_opening(head, at);
  const auto stamp = parse_stamp(line.substr(begin), year_hint);
  if (!stamp) return std::nullopt;
  return PlacedStamp{*stamp, begin, token};
}

}  // namespace culprit
