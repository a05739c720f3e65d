#include <date/date.h>
#include <fmt/format.h>

#include <cctype>
#include <charconv>

#include "base/zone.h"

namespace culprit {

namespace {

constexpr std::size_t kTextBytesMax = 128;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return text;
}

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

tl::unexpected<Error> refuse(std::string what, std::string hint) {
  return fail(ErrorCode::kUsage, std::move(what), {}, std::move(hint));
}

constexpr std::string_view kForms =
    "Write 2025-08-21 17:00, 2025-08-21T23:00:00Z, epoch seconds or milliseconds, 17:10, now or -2h.";

tl::unexpected<Error> not_a_time(std::string_view text) {
  return refuse(fmt::format("'{}' is not a time", text), std::string(kForms));
}

// A number of exactly two (or four) digits at the front of `rest`.
std::optional<int> take_number(std::string_view& rest, std::size_t digits) {
  if (rest.size() < digits || !all_digits(rest.substr(0, digits))) return std::nullopt;
  int value = 0;
  std::from_chars(rest.data(), rest.data() + digits, value);
  rest.remove_prefix(digits);
  return value;
}

bool take(std::string_view& rest, std::string_view any_of) {
  if (rest.empty() || any_of.find(rest.front()) == any_of.npos) return false;
  rest.remove_prefix(1);
  return true;
}

// "2025-08-21" or "2025/08/21" at the front of `rest`, as days; nothing taken when it is something else.
std::optional<Result<date::local_days>> take_date(std::string_view& rest) {
  auto in = rest;
  const auto year = take_number(in, 4);
  if (!year || !take(in, "-/")) return std::nullopt;
  const auto month = take_number(in, 2);
  if (!month || !take(in, "-/")) return std::nullopt;
  const auto day = take_number(in, 2);
  if (!day) return std::nullopt;
  const date::year_month_day ymd{date::year{*year}, date::month{static_cast<unsigned>(*month)},
                                 date::day{static_cast<unsigned>(*day)}};
  if (!ymd.ok())
    return refuse(fmt::format("there is no date {}", rest.substr(0, 10)),
                  "Dates are written year-month-day.");
  rest = in;
  return date::local_days{ymd};
}

// "17:00[:30[.5]]" at the front of `rest`, as time since midnight.
std::optional<Result<Duration>> take_clock(std::string_view& rest) {
  auto in = rest;
  const auto hour = take_number(in, 2);
  if (!hour || !take(in, ":")) return std::nullopt;
  const auto minute = take_number(in, 2);
  if (!minute) return std::nullopt;
  int second = 0;
  int ms = 0;
  if (take(in, ":")) {
    const auto s = take_number(in, 2);
    if (!s) return std::nullopt;
    second = *s;
    if (take(in, ".,")) {
      if (in.empty() || !all_digits(in.substr(0, 1))) return std::nullopt;
      for (int scale = 100; !in.empty() && all_digits(in.substr(0, 1)); scale /= 10, in.remove_prefix(1))
        ms += (in.front() - '0') * scale;
    }
  }
  if (*hour > 23 || *minute > 59 || second > 59)
    return refuse(fmt::format("there is no clock time {}", rest.substr(0, rest.size() - in.size())),
                  "Clock times run from 00:00:00 to 23:59:59.");
  rest = in;
  return std::chrono::hours{*hour} + std::chrono::minutes{*minute} + std::chrono::seconds{second} +
         Duration{ms};
}

Result<Time> the_one_reading(LocalTime local, const Zone& zone) {
  auto readings = zone.readings(local);
  if (readings.instants.size() == 1) return readings.instants.front();
  return refuse(std::move(readings.refusal), std::move(readings.suggestion));
}

// A local date and clock, perhaps followed by the name of the zone that it is local to.
Result<ParsedTime> parse_local(std::string_view text, const Zone& zone, Time now,
                               std::optional<Time> date_of) {
  auto rest = text;
  const auto day = take_date(rest);
  if (day && !*day) return tl::unexpected(day->error());
  if (day) {
    if (rest.starts_with('T') || rest.starts_with('t'))
      rest.remove_prefix(1);
    else
      rest = trimmed(rest);
  }
  const auto clock = take_clock(rest);
  if (clock && !*clock) return tl::unexpected(clock->error());
  if (!day && !clock) return not_a_time(text);
  const bool separated = rest.empty() || rest.front() == ' ';
  rest = trimmed(rest);
  if (!rest.empty() && (!separated || !std::isalpha(static_cast<unsigned char>(rest.front()))))
    return not_a_time(text);

  auto used = zone;
  if (!rest.empty()) {
    auto named = Zone::find(rest);
    if (!named) return tl::unexpected(named.error());
    used = *named;
  }
  const LocalTime midnight =
      day ? LocalTime{(**day).time_since_epoch()}
          : std::chrono::floor<std::chrono::days>(used.to_local(date_of.value_or(now)));
  auto time = the_one_reading(midnight + (clock ? **clock : Duration{0}), used);
  if (!time) return tl::unexpected(time.error());
  return ParsedTime{*time, day.has_value()};
}

// Digits that look like a date without its dashes are refused: taken as an epoch they would silently be
// some day of 1970.
bool looks_like_compact_date(std::string_view digits) {
  if (digits.size() != 4 && digits.size() != 8 && digits.size() != 12 && digits.size() != 14) return false;
  if (!digits.starts_with("19") && !digits.starts_with("20")) return false;
  if (digits.size() == 4) return true;
  const auto month = digits.substr(4, 2);
  const auto day = digits.substr(6, 2);
  return month >= "01" && month <= "12" && day >= "01" && day <= "31";
}

// Seconds until the year 5138, then milli-, micro- and nanoseconds: 10, 13, 16 and 19 digits today.
Result<Time> parse_epoch(std::string_view text) {
  const auto dot = text.find('.');
  const auto whole = text.substr(0, dot);
  if (dot == text.npos && looks_like_compact_date(whole))
    return refuse(fmt::format("'{}' looks like a date, not like an epoch", whole),
                  "Write dates with dashes: 2025-08-21 17:00.");
  std::uint64_t value = 0;
  const auto [end, ec] = std::from_chars(whole.data(), whole.data() + whole.size(), value);
  if (ec != std::errc{} || end != whole.data() + whole.size() || value > 9'200'000'000'000'000'000u)
    return refuse(fmt::format("'{}' is too large for an epoch", text), std::string(kForms));
  std::int64_t ms = 0;
  if (value < 100'000'000'000u) {
    ms = static_cast<std::int64_t>(value) * 1000;
    if (dot != text.npos) {
      int scale = 100;
      for (const char c : text.substr(dot + 1)) {
        ms += (c - '0') * scale;
        scale /= 10;
      }
    }
  } else if (value < 100'000'000'000'000u) {
    ms = static_cast<std::int64_t>(value);
  } else if (value < 100'000'000'000'000'000u) {
    ms = static_cast<std::int64_t>(value / 1000);
  } else {
    ms = static_cast<std::int64_t>(value / 1'000'000);
  }
  return from_epoch_ms(ms);
}

bool looks_like_epoch(std::string_view text) {
  const auto dot = text.find('.');
  return all_digits(text.substr(0, dot)) && (dot == text.npos || all_digits(text.substr(dot + 1)));
}

// "-2h", "+5m", "now-15m"; the sign is at the front of `text`.
Result<Time> parse_relative(std::string_view text, Time now) {
  const auto amount = parse_duration(trimmed(text.substr(1)));
  if (!amount)
    return refuse(fmt::format("'{}' is not a distance from now", text),
                  "Write a number and a unit (ms, s, m, h, d, w): -2h, now-15m.");
  return text.front() == '-' ? now - *amount : now + *amount;
}

}  // namespace

Result<ParsedTime> parse_time(std::string_view text, const Zone& zone, Time now,
                              std::optional<Time> date_of) {
  text = trimmed(text);
  if (text.empty()) return refuse("the time is empty", std::string(kForms));
  if (text.size() > kTextBytesMax)
    return refuse(fmt::format("a text of {} bytes is not a time", text.size()), std::string(kForms));
  const auto dated = [](Result<Time> time) -> Result<ParsedTime> {
    if (!time) return tl::unexpected(time.error());
    return ParsedTime{*time, true};
  };
  if (text == "now") return ParsedTime{now, true};
  if (text.starts_with("now") && text.size() > 3) {
    const auto rest = trimmed(text.substr(3));
    if (rest.front() == '-' || rest.front() == '+') return dated(parse_relative(rest, now));
    return not_a_time(text);
  }
  if (text.front() == '-' || text.front() == '+') return dated(parse_relative(text, now));
  if (looks_like_epoch(text)) return dated(parse_epoch(text));
  if (auto iso = parse_iso8601(text)) return dated(*iso);
  return parse_local(text, zone, now, date_of);
}

}  // namespace culprit
