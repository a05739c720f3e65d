#include "base/time.h"

#include <date/date.h>
#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace culprit {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

std::string clock_text(Duration since_midnight) {
  const auto ms = since_midnight.count();
  std::string out = fmt::format("{:02}:{:02}:{:02}", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60);
  if (ms % 1000 != 0) out += fmt::format(".{:03}", ms % 1000);
  return out;
}

// A cursor over text; each take_… leaves it untouched when it does not match.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}
  bool done() const { return rest_.empty(); }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::optional<int> take_digits(std::size_t count) {
    if (rest_.size() < count) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return std::nullopt;
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }
  // Digits after a decimal point, as milliseconds; further digits are dropped.
  std::optional<int> take_fraction_ms() {
    int value = 0;
    std::size_t digits = 0;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      if (digits < 3) value = value * 10 + (rest_.front() - '0');
      ++digits;
      rest_.remove_prefix(1);
    }
    if (digits == 0) return std::nullopt;
    for (; digits < 3; ++digits) value *= 10;
    return value;
  }

 private:
  std::string_view rest_;
};

std::optional<minutes> take_offset(Cursor& in) {
  if (in.take('Z') || in.take('z')) return minutes{0};
  int sign = 0;
  if (in.take('+'))
    sign = 1;
  else if (in.take('-'))
    sign = -1;
  if (sign == 0) return std::nullopt;
  const auto h = in.take_digits(2);
  if (!h) return std::nullopt;
  in.take(':');
  const auto m = in.take_digits(2);
  return sign * (hours{*h} + minutes{m.value_or(0)});
}

std::optional<Time> parse_iso(std::string_view text) {
  Cursor in(text);
  const auto y = in.take_digits(4);
  if (!y || !in.take('-')) return std::nullopt;
  const auto mo = in.take_digits(2);
  if (!mo || !in.take('-')) return std::nullopt;
  const auto d = in.take_digits(2);
  if (!d || !(in.take('T') || in.take('t') || in.take(' '))) return std::nullopt;
  const auto h = in.take_digits(2);
  if (!h || !in.take(':')) return std::nullopt;
  const auto mi = in.take_digits(2);
  if (!mi) return std::nullopt;
  int s = 0;
  int ms = 0;
  if (in.take(':')) {
    const auto sec = in.take_digits(2);
    if (!sec) return std::nullopt;
    s = *sec;
    if (in.take('.') || in.take(',')) {
      const auto fraction = in.take_fraction_ms();
      if (!fraction) return std::nullopt;
      ms = *fraction;
    }
  }
  in.take(' ');
  const auto offset = take_offset(in);
  if (!offset || !in.done()) return std::nullopt;
  const date::year_month_day ymd{date::year{*y}, date::month{static_cast<unsigned>(*mo)},
                                 date::day{static_cast<unsigned>(*d)}};
  if (!ymd.ok() || *h > 23 || *mi > 59 || s > 60) return std::nullopt;
  return Time{date::sys_days{ymd}} + hours{*h} + minutes{*mi} + seconds{s} + Duration{ms} - *offset;
}

}  // namespace

std::string format_utc(Time t) {
  const auto day = date::floor<date::days>(t);
  const date::year_month_day ymd{day};
  return fmt::format("{:04}-{:02}-{:02}T{}Z", static_cast<int>(ymd.year()),
                     static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()),
                     clock_text(t - day));
}

std::string format_utc_clock(Time t) {
  const auto whole = date::floor<seconds>(t);
  return clock_text(whole - date::floor<date::days>(t));
}

Result<Time> parse_iso8601(std::string_view text) {
  if (auto t = parse_iso(text)) return *t;
  return fail(ErrorCode::kInput, fmt::format("'{}' is not an ISO 8601 time with an offset", text), {},
              "Write it like 2025-08-21T23:00:00Z or 2025-08-21T17:00:00-06:00.");
}

std::string format_duration(Duration d) {
  const auto ms = d.count();
  if (ms < 0) return "-" + format_duration(-d);
  if (ms < 1000) return fmt::format("{} ms", ms);
  if (ms < 60'000)
    return ms % 1000 == 0 ? fmt::format("{} s", ms / 1000)
                          : fmt::format("{:.1f} s", static_cast<double>(ms) / 1000);
  std::string out;
  const auto add = [&](std::int64_t n, const char* unit) {
    if (n == 0) return;
    if (!out.empty()) out += ' ';
    out += fmt::format("{}{}", n, unit);
  };
  add(ms / 86'400'000, "d");
  add(ms / 3'600'000 % 24, "h");
  add(ms / 60'000 % 60, "m");
  if (ms < 86'400'000) add(ms / 1000 % 60, "s");
  return out;
}

Result<Duration> parse_duration(std::string_view text) {
  double amount = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), amount);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  double scale = 0;
  if (unit == "ms")
    scale = 1;
  else if (unit == "s")
    scale = 1000;
  else if (unit == "m" || unit == "min")
    scale = 60'000;
  else if (unit == "h")
    scale = 3'600'000;
  else if (unit == "d")
    scale = 86'400'000;
  else if (unit == "w")
    scale = 7 * 86'400'000.0;
  if (ec != std::errc{} || scale == 0 || !(amount >= 0 && amount * scale <= 1e14))  // "nan" too
    return fail(ErrorCode::kInput, fmt::format("'{}' is not a duration", text), {},
                "Write a number and a unit: 90s, 5m, 2h, 1d.");
  return Duration{static_cast<std::int64_t>(amount * scale)};
}

Time floor_minute(Time t) { return std::chrono::floor<minutes>(t); }

}  // namespace culprit
