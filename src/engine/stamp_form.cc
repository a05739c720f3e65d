#include "engine/stamp_form.h"

#include <cstring>

#include "engine/digits.h"

namespace culprit::engine {

namespace {

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kDayUs = 86'400 * kSecondUs;
constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::int64_t kPowers[] = {1, 10, 100, 1'000, 10'000, 100'000, 1'000'000};

// Civil dates after Howard Hinnant's "chrono-compatible low-level date algorithms".
constexpr std::int64_t days_of(std::int64_t y, unsigned m, unsigned d) {
  y -= m <= 2;
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const auto yoe = static_cast<unsigned>(y - era * 400);
  const unsigned doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
  const unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return era * 146'097 + static_cast<std::int64_t>(doe) - 719'468;
}

struct Civil {
  std::int64_t year;
  unsigned month;
  unsigned day;
};
constexpr Civil civil_of(std::int64_t z) {
  z += 719'468;
  const std::int64_t era = (z >= 0 ? z : z - 146'096) / 146'097;
  const auto doe = static_cast<unsigned>(z - era * 146'097);
  const unsigned yoe = (doe - doe / 1460 + doe / 36'524 - doe / 146'096) / 365;
  const unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const unsigned mp = (5 * doy + 2) / 153;
  const unsigned month = mp < 10 ? mp + 3 : mp - 9;
  return {static_cast<std::int64_t>(yoe) + era * 400 + (month <= 2), month, doy - (153 * mp + 2) / 5 + 1};
}

constexpr bool leap(std::int64_t y) { return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0); }
constexpr unsigned days_in(std::int64_t y, unsigned m) {
  constexpr unsigned kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return m == 2 && leap(y) ? 29 : kDays[m - 1];
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0); }

// A cursor over the text; every read says whether it fitted.
class Cursor {
 public:
  Cursor(std::string_view text, std::size_t at) : p_(text.data() + at), end_(text.data() + text.size()) {}
  bool two(unsigned& value) {
    if (end_ - p_ < 2) return false;
    const unsigned a = static_cast<unsigned char>(p_[0]) - '0';
    const unsigned b = static_cast<unsigned char>(p_[1]) - '0';
    if (a > 9 || b > 9) return false;
    value = a * 10 + b;
    p_ += 2;
    return true;
  }
  bool is(char c) {
    if (p_ == end_ || *p_ != c) return false;
    ++p_;
    return true;
  }
  bool month(unsigned& value) {
    if (end_ - p_ < 3) return false;
    for (unsigned m = 0; m < 12; ++m) {
      if (std::memcmp(p_, kMonths.data() + std::size_t{3} * m, 3) == 0) {
        value = m + 1;
        p_ += 3;
        return true;
      }
    }
    return false;
  }
  bool digit() const { return p_ != end_ && static_cast<unsigned char>(*p_ - '0') <= 9; }
  char peek(std::size_t ahead = 0) const { return p_ + ahead < end_ ? p_[ahead] : '\0'; }
  void skip(std::size_t n) { p_ += n; }
  const char* at() const { return p_; }
  std::ptrdiff_t left() const { return end_ - p_; }

 private:
  const char* p_;
  const char* end_;
};

bool clock(Cursor& in, char separator, std::int64_t& seconds) {
  unsigned h = 0;
  unsigned m = 0;
  unsigned s = 0;
  if (!in.two(h) || h > 23) return false;
  if (separator && !in.is(separator)) return false;
  if (!in.two(m) || m > 59) return false;
  if (separator && !in.is(separator)) return false;
  if (!in.two(s) || s > 59) return false;
  seconds = h * 3600 + m * 60 + s;
  return true;
}

bool date_valid(std::int64_t y, unsigned m, unsigned d) {
  return m >= 1 && m <= 12 && d >= 1 && d <= days_in(y, m);
}

bool year4(Cursor& in, std::int64_t& year) {
  unsigned a = 0;
  unsigned b = 0;
  if (!in.two(a) || !in.two(b)) return false;
  year = a * 100 + b;
  return true;
}

// Up to six digits after a point or comma; a longer fraction is left to be a number of its own.
StampText finish(const char* begin, Cursor& in, std::int64_t day, std::int64_t seconds, StampLayout layout) {
  std::int64_t us = 0;
  unsigned digits = 0;
  bool comma = false;
  const char mark = in.peek();
  const auto is_digit = [&](std::size_t i) { return static_cast<unsigned char>(in.peek(i) - '0') <= 9; };
  if ((mark == '.' || mark == ',') && is_digit(1)) {
    unsigned n = 0;
    std::int64_t value = 0;
    if (in.left() > 8) {
      std::uint32_t fraction = 0;
      n = short_number(in.at() + 1, fraction);
      value = fraction;
    } else {
      while (n <= kFractionDigitsMax && is_digit(1 + n)) value = value * 10 + (in.peek(1 + n++) - '0');
    }
    if (n <= kFractionDigitsMax) {
      digits = n;
      comma = mark == ',';
      us = value * kPowers[6 - n];
      in.skip(1 + n);
    }
  } else if (in.digit()) {
    return {};  // 23:03:117
  }
  return {day * kDayUs + seconds * kSecondUs + us, stamp_form(layout, digits, comma),
          static_cast<std::uint8_t>(in.at() - begin), 0};
}

StampText dated(std::string_view text, std::size_t at) {
  Cursor in(text, at);
  const char* begin = in.at();
  std::int64_t y = 0;
  unsigned m = 0;
  unsigned d = 0;
  if (!year4(in, y)) return {};
  const char separator = in.peek();
  in.skip(1);
  if (!in.two(m) || !in.is(separator) || !in.two(d) || !date_valid(y, m, d)) return {};
  const std::int64_t day = days_of(y, m, d);
  std::int64_t seconds = 0;
  Cursor rest = in;
  const char gap = in.peek();
  rest.skip(1);
  if (separator == '-' && gap == '-' && clock(rest, '.', seconds))
    return finish(begin, rest, day, seconds, StampLayout::kDotted);
  if ((gap == ' ' || gap == 'T') && separator != '.' && clock(rest = (in.skip(1), in), ':', seconds)) {
    if (separator == '/')
      return gap == ' ' ? finish(begin, rest, day, seconds, StampLayout::kSlash) : StampText{};
    return finish(begin, rest, day, seconds, gap == ' ' ? StampLayout::kDash : StampLayout::kDashT);
  }
  if (separator == '/' || static_cast<unsigned char>(gap - '0') <= 9) return {};
  return {day * kDayUs, stamp_form(separator == '-' ? StampLayout::kDate : StampLayout::kDateDots, 0, false),
          10, 0};
}

constexpr std::size_t kMemoryBytes = sizeof StampMemory::text;

bool repeats(std::string_view text, std::size_t at, const StampMemory& memory) {
  return memory.set && text.size() - at > kMemoryBytes &&
         std::memcmp(text.data() + at, memory.text, kMemoryBytes) == 0;
}

// The same, when the date and second are those read last.
StampText dated_again(std::string_view text, std::size_t at, const StampMemory& memory) {
  Cursor in(text, at);
  const char* const begin = in.at();
  in.skip(kMemoryBytes);
  return finish(begin, in, 0, memory.second, memory.layout);
}

StampText dated_remembered(std::string_view text, std::size_t at, StampMemory& memory) {
  const bool room = text.size() - at > kMemoryBytes;
  const StampText stamp = dated(text, at);
  const auto layout = static_cast<StampLayout>(stamp.form & 15U);
  if (room && stamp.size >= kMemoryBytes && layout != StampLayout::kDate &&
      layout != StampLayout::kDateDots) {
    std::memcpy(memory.text, text.data() + at, kMemoryBytes);
    memory.layout = layout;
    memory.second = floor_div(stamp.time_us, kSecondUs);
    memory.set = true;
  }
  return stamp;
}

StampText short_date(std::string_view text, std::size_t at) {
  Cursor in(text, at);
  const char* begin = in.at();
  unsigned y = 0;
  unsigned m = 0;
  unsigned d = 0;
  std::int64_t seconds = 0;
  if (!in.two(y) || !in.is('/') || !in.two(m) || !in.is('/') || !in.two(d) || !in.is(' ')) return {};
  if (!date_valid(2000 + y, m, d) || !clock(in, ':', seconds)) return {};
  return finish(begin, in, days_of(2000 + y, m, d), seconds, StampLayout::kShort);
}

StampText nginx(std::string_view text, std::size_t at) {
  Cursor in(text, at);
  const char* begin = in.at();
  std::int64_t y = 0;
  unsigned m = 0;
  unsigned d = 0;
  std::int64_t seconds = 0;
  if (!in.two(d) || !in.is('/') || !in.month(m) || !in.is('/') || !year4(in, y) || !in.is(':')) return {};
  if (!date_valid(y, m, d) || !clock(in, ':', seconds)) return {};
  return finish(begin, in, days_of(y, m, d), seconds, StampLayout::kNginx);
}

StampText packed(std::string_view text, std::size_t at) {
  Cursor in(text, at);
  const char* begin = in.at();
  unsigned y = 0;
  unsigned m = 0;
  unsigned d = 0;
  std::int64_t seconds = 0;
  if (!in.two(y) || !in.two(m) || !in.two(d) || !in.is(' ') || !date_valid(2000 + y, m, d)) return {};
  if (!clock(in, '\0', seconds) || in.digit()) return {};
  return {days_of(2000 + y, m, d) * kDayUs + seconds * kSecondUs, stamp_form(StampLayout::kPacked, 0, false),
          static_cast<std::uint8_t>(in.at() - begin), 0};
}

StampText clock_only(std::string_view text, std::size_t at, std::int64_t reference_us) {
  Cursor in(text, at);
  const char* begin = in.at();
  std::int64_t seconds = 0;
  if (!clock(in, ':', seconds)) return {};
  return finish(begin, in, floor_div(reference_us, kDayUs), seconds, StampLayout::kClock);
}

// "Dec 10 06:55:46": the month's name stands before the digit.
StampText syslog(std::string_view text, std::size_t from, std::size_t at, std::int64_t reference_us) {
  const bool one_digit = text[at - 2] == ' ';
  const std::size_t before = one_digit ? 5 : 4;
  if (at < from + before) return {};
  Cursor in(text, at - before);
  const char* begin = in.at();
  unsigned m = 0;
  unsigned d = 0;
  if (!in.month(m) || !in.is(' ')) return {};
  StampLayout layout = StampLayout::kSyslog;
  if (one_digit) {
    in.skip(1);
    d = static_cast<unsigned>(in.peek() - '0');
    in.skip(1);
  } else {
    if (!in.two(d)) return {};
    if (d < 10) layout = StampLayout::kSyslog0;
  }
  std::int64_t seconds = 0;
  const std::int64_t y = civil_of(floor_div(reference_us, kDayUs)).year;
  if (!in.is(' ') || !date_valid(y, m, d) || !clock(in, ':', seconds)) return {};
  StampText stamp = finish(begin, in, days_of(y, m, d), seconds, layout);
  stamp.before = static_cast<std::uint8_t>(before);
  return stamp;
}

void put_digits(std::int64_t value, unsigned width, char*& out) {
  for (unsigned i = width; i-- > 0; value /= 10) out[i] = static_cast<char>('0' + value % 10);
  out += width;
}

void put_date(const Civil& c, char separator, char*& out) {
  put_digits(c.year, 4, out);
  *out++ = separator;
  put_digits(c.month, 2, out);
  *out++ = separator;
  put_digits(c.day, 2, out);
}

void put_clock(std::int64_t seconds, char separator, char*& out) {
  put_digits(seconds / 3600, 2, out);
  if (separator) *out++ = separator;
  put_digits(seconds / 60 % 60, 2, out);
  if (separator) *out++ = separator;
  put_digits(seconds % 60, 2, out);
}

void put_month(unsigned month, char*& out) {
  std::memcpy(out, kMonths.data() + std::size_t{3} * (month - 1), 3);
  out += 3;
}

void put_short_date(const Civil& c, StampLayout layout, char*& out) {
  const char* separator = layout == StampLayout::kShort ? "/" : "";
  put_digits(c.year % 100, 2, out);
  if (*separator) *out++ = *separator;
  put_digits(c.month, 2, out);
  if (*separator) *out++ = *separator;
  put_digits(c.day, 2, out);
}

void put_syslog_date(const Civil& c, StampLayout layout, char*& out) {
  put_month(c.month, out);
  *out++ = ' ';
  if (layout == StampLayout::kSyslog && c.day < 10) {
    *out++ = ' ';
    put_digits(c.day, 1, out);
  } else {
    put_digits(c.day, 2, out);
  }
  *out++ = ' ';
}

// Everything but the fraction.
std::size_t write_second(std::int64_t second, StampLayout layout, char* text) {
  const std::int64_t day = floor_div(second, kDayUs / kSecondUs);
  const Civil c = civil_of(day);
  char* p = text;
  char separator = ':';
  switch (layout) {
    case StampLayout::kDash:
    case StampLayout::kDashT:
    case StampLayout::kDate:
    case StampLayout::kDotted:
      put_date(c, '-', p);
      if (layout != StampLayout::kDate)
        *p++ = layout == StampLayout::kDash ? ' ' : layout == StampLayout::kDashT ? 'T' : '-';
      if (layout == StampLayout::kDotted) separator = '.';
      break;
    case StampLayout::kDateDots:
      put_date(c, '.', p);
      break;
    case StampLayout::kSlash:
      put_date(c, '/', p);
      *p++ = ' ';
      break;
    case StampLayout::kShort:
    case StampLayout::kPacked:
      put_short_date(c, layout, p);
      *p++ = ' ';
      if (layout == StampLayout::kPacked) separator = '\0';
      break;
    case StampLayout::kSyslog:
    case StampLayout::kSyslog0:
      put_syslog_date(c, layout, p);
      break;
    case StampLayout::kClock:
      break;
    case StampLayout::kNginx:
      put_digits(c.day, 2, p);
      *p++ = '/';
      put_month(c.month, p);
      *p++ = '/';
      put_digits(c.year, 4, p);
      *p++ = ':';
      break;
  }
  if (layout != StampLayout::kDate && layout != StampLayout::kDateDots)
    put_clock(second - day * (kDayUs / kSecondUs), separator, p);
  return static_cast<std::size_t>(p - text);
}

}  // namespace

bool stamp_form_valid(std::uint64_t form) {
  return form < 256 && (form & 15U) < kStampLayouts && ((form >> 4) & 7U) <= kFractionDigitsMax;
}

std::string_view stamp_bytes(std::uint16_t form) {
  constexpr std::string_view kAll = "-:/., TJFMASONDabceghlnoprtuvy";
  if (form == 0xffff) return kAll;
  switch (static_cast<StampLayout>(form & 15U)) {
    case StampLayout::kDash:
      return "-: .,";
    case StampLayout::kDashT:
      return "-T:.,";
    case StampLayout::kSlash:
    case StampLayout::kShort:
      return "/: .,";
    case StampLayout::kPacked:
      return " ";
    case StampLayout::kDotted:
      return "-.,";
    case StampLayout::kSyslog:
    case StampLayout::kSyslog0:
    case StampLayout::kNginx:
      return kAll;
    case StampLayout::kClock:
      return ":.,";
    case StampLayout::kDate:
      return "-";
    case StampLayout::kDateDots:
      return ".";
  }
  return kAll;
}

std::int64_t stamp_unit_us(std::uint16_t form) {
  const auto layout = static_cast<StampLayout>(form & 15U);
  if (layout == StampLayout::kDate || layout == StampLayout::kDateDots) return kDayUs;
  return kPowers[6 - ((form >> 4) & 7U)];
}

StampText read_likely_stamp(std::string_view text, std::size_t from, std::size_t at,
                            std::int64_t reference_us, StampMemory& memory) {
  const auto peek = [&](std::size_t i) { return at + i < text.size() ? text[at + i] : '\0'; };
  const char second = peek(2);
  if (repeats(text, at, memory)) return dated_again(text, at, memory);
  if (second == ':') {
    return clock_only(text, at, reference_us);
  }
  if (at >= from + 4 && text[at - 1] == ' ' && (second == ' ' || peek(1) == ' ')) {
    const StampText stamp = syslog(text, from, at, reference_us);
    if (stamp.size > 0) return stamp;
  }
  if (second == '/') {
    const StampText stamp = short_date(text, at);
    return stamp.size > 0 ? stamp : nginx(text, at);
  }
  const char fourth = peek(4);
  if (fourth == '-' || fourth == '/' || fourth == '.')
    return peek(7) == fourth ? dated_remembered(text, at, memory) : StampText{};
  if (peek(6) == ' ') return packed(text, at);
  return {};
}

void render_stamp(std::int64_t time_us, std::uint16_t form, std::string& out) {
  // Neighbouring rows mostly share the second.
  struct Written {
    std::int64_t second = 0;
    StampLayout layout = StampLayout::kDash;
    std::size_t size = 0;
    char text[40] = {};
  };
  thread_local Written last;
  const auto layout = static_cast<StampLayout>(form & 15U);
  const std::int64_t second = floor_div(time_us, kSecondUs);
  if (last.size == 0 || last.second != second || last.layout != layout) {
    last.second = second;
    last.layout = layout;
    last.size = write_second(second, layout, last.text);
  }
  out.append(last.text, last.size);
  const unsigned digits = (form >> 4) & 7U;
  if (digits == 0) return;
  char fraction[8];
  char* p = fraction;
  *p++ = (form & kStampComma) != 0 ? ',' : '.';
  put_digits((time_us - second * kSecondUs) / kPowers[6 - digits], digits, p);
  out.append(fraction, p);
}

}  // namespace culprit::engine
