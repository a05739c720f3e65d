// Time stamps inside messages: read into microseconds and a form, and written back to the same bytes. Only
// texts that the form writes back exactly are read as stamps.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace culprit::engine {

// How a stamp is written: layout and number of fraction digits.
enum class StampLayout : std::uint8_t {
  kDash,      // 2025-08-21 23:03:11
  kDashT,     // 2025-08-21T23:03:11
  kSlash,     // 2025/08/21 23:03:11
  kShort,     // 17/06/09 20:10:40 (year, month, day)
  kPacked,    // 081109 203615 (year, month, day; time)
  kDotted,    // 2005-06-03-15.42.50
  kSyslog,    // Dec 10 06:55:46, "Dec  1 06:55:46"; no year: that of the reference
  kSyslog0,   // Dec 04 04:47:44
  kClock,     // 06:55:46; no day: that of the reference
  kNginx,     // 21/Aug/2025:23:00:00
  kDate,      // 2025-08-21
  kDateDots,  // 2005.11.09
};
constexpr unsigned kStampLayouts = 12;
constexpr unsigned kFractionDigitsMax = 6;

// A form in a byte: layout, fraction digits, and whether the fraction follows a comma.
constexpr std::uint16_t stamp_form(StampLayout layout, unsigned digits, bool comma) {
  return static_cast<std::uint16_t>(static_cast<unsigned>(layout) | (digits << 4) | (comma ? 128U : 0U));
}
constexpr std::uint16_t kStampComma = 128;
constexpr unsigned fraction_digits(std::uint16_t form) { return form >> 4 & 7U; }
bool stamp_form_valid(std::uint64_t form);

// Of one unit of the form's last place, in microseconds: 1 ... 1,000,000 (a day for dates).
std::int64_t stamp_unit_us(std::uint16_t form);

struct StampText {
  std::int64_t time_us = 0;
  std::uint16_t form = 0;
  std::uint8_t size = 0;    // bytes; 0: no stamp
  std::uint8_t before = 0;  // bytes of it that stand before the first digit (the month's name)
};

// The date and second read last, for the many lines that share it.
struct StampMemory {
  char text[19] = {};
  StampLayout layout = StampLayout::kDash;
  bool set = false;
  std::int64_t second = 0;
};

StampText read_likely_stamp(std::string_view text, std::size_t from, std::size_t at,
                            std::int64_t reference_us, StampMemory& memory);

// The stamp whose first digit is text[at]. A month's name may stand before it, not before text[from].
// `reference_us` gives what the layout leaves out (year or day).
inline StampText read_stamp(std::string_view text, std::size_t from, std::size_t at,
                            std::int64_t reference_us, StampMemory& memory) {
  if (text.size() - at < 8) return {};  // shorter than any
  const char* const p = text.data() + at;
  const bool likely = p[2] == ':' || p[2] == '/' || p[4] == '-' || p[4] == '/' || p[4] == '.' ||
                      p[6] == ' ' || ((p[1] == ' ' || p[2] == ' ') && at >= from + 4 && p[-1] == ' ');
  return likely ? read_likely_stamp(text, from, at, reference_us, memory) : StampText{};
}

// The bytes beside digits that stamps of the form are written with.
std::string_view stamp_bytes(std::uint16_t form);

// Any time can be written; forms without year or day drop them.
void render_stamp(std::int64_t time_us, std::uint16_t form, std::string& out);

}  // namespace culprit::engine
