#include "insights/period.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace culprit::insights {

namespace {

constexpr std::int64_t kFarMs = 253'402'300'799'999;  // the end of the year 9999
constexpr double kCountMax = 100'000;

std::optional<PeriodUnit> unit_of(std::string_view text) {
  using enum PeriodUnit;
  static constexpr std::pair<std::string_view, PeriodUnit> kUnits[] = {{"ms", kMilliseconds},
                                                                       {"millisecond", kMilliseconds},
                                                                       {"msec", kMilliseconds},
                                                                       {"s", kSeconds},
                                                                       {"sec", kSeconds},
                                                                       {"second", kSeconds},
                                                                       {"m", kMinutes},
                                                                       {"min", kMinutes},
                                                                       {"minute", kMinutes},
                                                                       {"h", kHours},
                                                                       {"hr", kHours},
                                                                       {"hour", kHours},
                                                                       {"d", kDays},
                                                                       {"day", kDays},
                                                                       {"w", kWeeks},
                                                                       {"week", kWeeks},
                                                                       {"mo", kMonths},
                                                                       {"mon", kMonths},
                                                                       {"month", kMonths},
                                                                       {"q", kQuarters},
                                                                       {"qtr", kQuarters},
                                                                       {"quarter", kQuarters},
                                                                       {"y", kYears},
                                                                       {"yr", kYears},
                                                                       {"year", kYears}};
  const auto find = [&](std::string_view name) -> std::optional<PeriodUnit> {
    const auto found = std::ranges::find(kUnits, name, [](const auto& unit) { return unit.first; });
    if (found == std::end(kUnits)) return std::nullopt;
    return found->second;
  };
  if (const auto unit = find(text)) return unit;
  return text.size() > 2 && text.ends_with('s') ? find(text.substr(0, text.size() - 1)) : std::nullopt;
}

std::int64_t count_max(PeriodUnit unit) {
  switch (unit) {
    case PeriodUnit::kMilliseconds:
      return 1000;
    case PeriodUnit::kSeconds:
    case PeriodUnit::kMinutes:
      return 60;
    case PeriodUnit::kHours:
      return 24;
    default:
      return static_cast<std::int64_t>(kCountMax);
  }
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

std::int64_t fixed_ms(PeriodUnit unit) {
  switch (unit) {
    case PeriodUnit::kMilliseconds:
      return 1;
    case PeriodUnit::kSeconds:
      return 1000;
    case PeriodUnit::kMinutes:
      return 60'000;
    case PeriodUnit::kHours:
      return 3'600'000;
    case PeriodUnit::kDays:
      return 86'400'000;
    default:
      return 7 * std::int64_t{86'400'000};
  }
}

std::int64_t months_in(Period period) {
  return period.count * (period.unit == PeriodUnit::kMonths     ? 1
                         : period.unit == PeriodUnit::kQuarters ? 3
                                                                : 12);
}

bool by_calendar(Period period) { return period.unit >= PeriodUnit::kMonths; }

// Months since January of the year 0.
std::int64_t month_number(Time time) {
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(time)};
  return static_cast<int>(date.year()) * std::int64_t{12} + static_cast<unsigned>(date.month()) - 1;
}

Time month_start(std::int64_t number) {
  const std::chrono::year year{static_cast<int>(floor_div(number, 12))};
  const std::chrono::month month{static_cast<unsigned>(number - floor_div(number, 12) * 12 + 1)};
  return std::chrono::sys_days{year / month / std::chrono::day{1}};
}

Time within_reach(Time time) { return std::clamp(time, from_epoch_ms(-kFarMs / 100), from_epoch_ms(kFarMs)); }

}  // namespace

std::optional<Period> make_period(double count, std::string_view text) {
  const auto unit = unit_of(text);
  if (!unit || !(count >= 1) || count != std::floor(count)) return std::nullopt;
  return Period{*unit, std::min(static_cast<std::int64_t>(std::min(count, kCountMax)), count_max(*unit))};
}

Time floor_to(Time time, Period period) {
  time = within_reach(time);
  if (by_calendar(period)) {
    const std::int64_t months = months_in(period);
    return month_start(floor_div(month_number(time), months) * months);
  }
  const std::int64_t step = fixed_ms(period.unit) * period.count;
  // The epoch was a Thursday.
  const std::int64_t shift = period.unit == PeriodUnit::kWeeks ? -3 * std::int64_t{86'400'000} : 0;
  return from_epoch_ms(floor_div(to_epoch_ms(time) - shift, step) * step + shift);
}

Time ceil_to(Time time, Period period) {
  time = within_reach(time);
  const Time start = floor_to(time, period);
  if (start == time) return start;
  if (by_calendar(period)) return month_start(month_number(start) + months_in(period));
  return start + Duration{fixed_ms(period.unit) * period.count};
}

namespace {

constexpr std::array<std::string_view, 12> kMonths = {"January",   "February", "March",    "April",
                                                      "May",       "June",     "July",     "August",
                                                      "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> kWeekdays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};

// A run of one letter, or text to be taken as it is.
struct DatePart {
  char letter = 0;  // 0: text
  std::string_view text;
};

std::vector<DatePart> date_parts(std::string_view pattern) {
  std::vector<DatePart> out;
  for (std::size_t i = 0; i < pattern.size();) {
    const char c = pattern[i];
    if (c == '\'') {
      const auto close = std::min(pattern.find('\'', i + 1), pattern.size());
      const bool doubled = close == i + 1;
      out.push_back({0, doubled ? pattern.substr(i, 1) : pattern.substr(i + 1, close - i - 1)});
      i = close + 1;
      continue;
    }
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    std::size_t end = i + 1;
    while (letter && end < pattern.size() && pattern[end] == c) ++end;
    out.push_back({letter ? c : '\0', pattern.substr(i, end - i)});
    i = end;
  }
  return out;
}

struct DateFields {
  int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0, ms = 0, offset_minutes = 0;
  bool twelve_hours = false, afternoon = false;
};

std::optional<int> take_number(std::string_view& text, std::size_t digits_max) {
  std::size_t size = 0;
  int out = 0;
  while (size < text.size() && size < digits_max && text[size] >= '0' && text[size] <= '9')
    out = out * 10 + (text[size++] - '0');
  if (size == 0) return std::nullopt;
  text.remove_prefix(size);
  return out;
}

template <std::size_t N>
std::optional<int> take_name(std::string_view& text, const std::array<std::string_view, N>& names) {
  for (std::size_t i = 0; i < N; ++i)
    for (const auto& name : {names[i], names[i].substr(0, 3)})
      if (text.starts_with(name)) {
        text.remove_prefix(name.size());
        return static_cast<int>(i);
      }
  return std::nullopt;
}

// Z, UTC, GMT, +05, +0530, +05:30
bool take_offset(std::string_view& text, int& minutes) {
  for (const std::string_view name : {"UTC", "GMT", "Z"})
    if (text.starts_with(name)) {
      text.remove_prefix(name.size());
      return true;
    }
  if (!text.starts_with('+') && !text.starts_with('-')) return false;
  const int sign = text.front() == '-' ? -1 : 1;
  text.remove_prefix(1);
  const auto hours = take_number(text, 2);
  if (text.starts_with(':')) text.remove_prefix(1);
  const auto rest = take_number(text, 2);
  minutes = sign * (hours.value_or(0) * 60 + rest.value_or(0));
  return hours.has_value();
}

bool take_part(std::string_view& text, const DatePart& part, bool next_is_digit, DateFields& out) {
  const std::size_t width = part.text.size();
  const auto number = [&](int& into, std::size_t digits_max) {
    const auto read = take_number(text, next_is_digit ? width : std::max(width, digits_max));
    if (read) into = *read;
    return read.has_value();
  };
  switch (part.letter) {
    case 0:
      if (!text.starts_with(part.text)) return false;
      text.remove_prefix(width);
      return true;
    case 'y':
    case 'u':
      if (!number(out.year, width == 2 ? 2 : 4)) return false;
      if (width == 2) out.year += 2000;
      return true;
    case 'M':
    case 'L': {
      if (width < 3) return number(out.month, 2);
      const auto name = take_name(text, kMonths);
      out.month = name.value_or(0) + 1;
      return name.has_value();
    }
    case 'd':
      return number(out.day, 2);
    case 'h':
      out.twelve_hours = true;
      return number(out.hour, 2);
    case 'H':
      return number(out.hour, 2);
    case 'm':
      return number(out.minute, 2);
    case 's':
      return number(out.second, 2);
    case 'S': {
      const std::size_t before = text.size();
      int digits = 0;
      if (!number(digits, 9)) return false;
      double fraction = digits;
      for (std::size_t i = text.size(); i < before; ++i) fraction /= 10;
      out.ms = static_cast<int>(fraction * 1000 + 1e-6);
      return true;
    }
    case 'a':
      if (!text.starts_with("AM") && !text.starts_with("PM")) return false;
      out.afternoon = text.front() == 'P';
      text.remove_prefix(2);
      return true;
    case 'E':
      return take_name(text, kWeekdays).has_value();
    case 'z':
    case 'Z':
    case 'X':
    case 'x':
      return take_offset(text, out.offset_minutes);
    default:
      return false;
  }
}

}  // namespace

std::optional<Time> parse_date(std::string_view text, std::string_view pattern) {
  const auto parts = date_parts(pattern);
  DateFields fields;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    static constexpr std::string_view kDigits = "yuMdhHmsS";
    const bool next_is_digit =
        i + 1 < parts.size() && parts[i + 1].letter != 0 && kDigits.find(parts[i + 1].letter) != kDigits.npos;
    if (!take_part(text, parts[i], next_is_digit, fields)) return std::nullopt;
  }
  if (!text.empty()) return std::nullopt;
  if (fields.twelve_hours) fields.hour = fields.hour % 12 + (fields.afternoon ? 12 : 0);
  const std::chrono::year_month_day date{std::chrono::year{fields.year},
                                         std::chrono::month{static_cast<unsigned>(fields.month)},
                                         std::chrono::day{static_cast<unsigned>(fields.day)}};
  if (!date.ok() || fields.hour > 23 || fields.minute > 59 || fields.second > 60) return std::nullopt;
  return Time{std::chrono::sys_days{date}} + std::chrono::hours{fields.hour} +
         std::chrono::minutes{fields.minute - fields.offset_minutes} + std::chrono::seconds{fields.second} +
         Duration{fields.ms};
}

std::string format_date(Time time, std::string_view pattern) {
  time = within_reach(time);
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const auto rest = (time - day).count();
  const int hour = static_cast<int>(rest / 3'600'000);
  const auto month = static_cast<unsigned>(date.month());
  std::string out;
  for (const auto& part : date_parts(pattern)) {
    const auto width = static_cast<int>(part.text.size());
    const auto put = [&](std::int64_t number) { out += fmt::format("{:0{}}", number, std::min(width, 9)); };
    switch (part.letter) {
      case 'y':
      case 'u':
        put(width == 2 ? static_cast<int>(date.year()) % 100 : static_cast<int>(date.year()));
        break;
      case 'M':
      case 'L':
        if (width < 3)
          put(month);
        else
          out += width == 3 ? kMonths[month - 1].substr(0, 3) : kMonths[month - 1];
        break;
      case 'd':
        put(static_cast<unsigned>(date.day()));
        break;
      case 'H':
        put(hour);
        break;
      case 'h':
        put(hour % 12 == 0 ? 12 : hour % 12);
        break;
      case 'm':
        put(rest / 60'000 % 60);
        break;
      case 's':
        put(rest / 1000 % 60);
        break;
      case 'S':
        out +=
            fmt::format("{:03}000000", rest % 1000).substr(0, static_cast<std::size_t>(std::min(width, 9)));
        break;
      case 'a':
        out += hour < 12 ? "AM" : "PM";
        break;
      case 'E': {
        const auto name = kWeekdays[std::chrono::weekday{day}.c_encoding()];
        out += width < 4 ? name.substr(0, 3) : name;
        break;
      }
      case 'z':
        out += "UTC";
        break;
      case 'Z':
        out += "+0000";
        break;
      case 'X':
      case 'x':
        out += "Z";
        break;
      default:
        out += part.text;
    }
  }
  return out;
}

}  // namespace culprit::insights
