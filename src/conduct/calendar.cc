#include "conduct/calendar.h"

#include <fmt/format.h>

#include <algorithm>

namespace culprit {

namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr days kLongest{3660};
constexpr std::size_t kLineOctetsMax = 75;

sys_days local_day(Time time, const Zone& zone) {
  const auto local = std::chrono::floor<days>(zone.to_local(time));
  return sys_days{local.time_since_epoch()};
}

bool falls_on(const Recurrence& r, sys_days day) {
  if (std::chrono::weekday{day} != r.day) return false;
  if (r.of_month == 0) return true;
  const year_month_day date{day};
  const unsigned month = static_cast<unsigned>(date.month());
  if (!r.months.empty() && std::ranges::find(r.months, month) == r.months.end()) return false;
  return (static_cast<int>(static_cast<unsigned>(date.day())) - 1) / 7 + 1 == r.of_month;
}

// TEXT of RFC 5545: backslash, comma, semicolon and line ends are escaped.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == ',' || c == ';') out += '\\';
    if (c == '\n')
      out += "\\n";
    else if (static_cast<unsigned char>(c) >= 0x20)
      out += c;
  }
  return out;
}

// A content line, folded so that no part is longer than 75 octets and no character is cut.
void add_line(std::string& out, std::string_view line) {
  std::size_t room = kLineOctetsMax;
  while (line.size() > room) {
    std::size_t cut = room;
    while (cut > 0 && (static_cast<unsigned char>(line[cut]) & 0xC0) == 0x80) --cut;
    out += line.substr(0, cut);
    out += "\r\n ";
    line.remove_prefix(cut);
    room = kLineOctetsMax - 1;
  }
  out += line;
  out += "\r\n";
}

std::string basic_date(year_month_day d) {
  return fmt::format("{:04}{:02}{:02}", static_cast<int>(d.year()), static_cast<unsigned>(d.month()),
                     static_cast<unsigned>(d.day()));
}

std::string basic_utc(Time t) {
  std::string out;
  for (const char c : format_utc(std::chrono::floor<std::chrono::seconds>(t)))
    if (c != '-' && c != ':') out += c;
  return out;
}

}  // namespace

const std::vector<Recurrence>& recurrences() {
  static const std::vector<Recurrence> all = {
      {"weekly-review",
       "Weekly performance review",
       "Trends of the last week against the four before: errors, latency, database, alarms that fired, what "
       "changed.",
       "FREQ=WEEKLY;BYDAY=MO",
       {},
       0,
       std::chrono::Monday},
      {"monthly-capacity",
       "Monthly capacity planning",
       "Growth of connections, storage, CPU and memory, and when each reaches its limit. Check the alarms: "
       "culprit "
       "alarms drift, culprit alarms lint.",
       "FREQ=MONTHLY;BYDAY=1TU",
       {},
       1,
       std::chrono::Tuesday},
      {"quarterly-recovery-test",
       "Quarterly disaster-recovery test",
       "Restore the database from a snapshot and bring the services up on it; write down how long it took.",
       "FREQ=YEARLY;BYMONTH=1,4,7,10;BYDAY=2WE",
       {1, 4, 7, 10},
       2,
       std::chrono::Wednesday},
      {"semiannual-architecture",
       "Semi-annual architecture review",
       "The incidents of the half year, their follow-ups, and what the system file does not know yet.",
       "FREQ=YEARLY;BYMONTH=1,7;BYDAY=3TH",
       {1, 7},
       3,
       std::chrono::Thursday},
  };
  return all;
}

std::vector<Due> due_dates(Time from, const Zone& zone, days length) {
  std::vector<Due> out;
  const sys_days first = local_day(from, zone);
  for (sys_days day = first; day < first + std::clamp(length, days{0}, kLongest); day += days{1})
    for (const auto& r : recurrences())
      if (falls_on(r, day)) out.push_back({&r, year_month_day{day}});
  return out;
}

std::string as_icalendar(std::string_view system, std::string_view title, Time from, const Zone& zone) {
  std::string out;
  for (const std::string_view line :
       {"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//culprit//calendar//EN", "CALSCALE:GREGORIAN"})
    add_line(out, line);
  add_line(out, "X-WR-CALNAME:" + escaped(fmt::format("{} reviews", title)));
  for (const auto& r : recurrences()) {
    sys_days day = local_day(from, zone);
    while (!falls_on(r, day)) day += days{1};
    add_line(out, "BEGIN:VEVENT");
    add_line(out, fmt::format("UID:{}@{}.culprit", r.id, system));
    add_line(out, "DTSTAMP:" + basic_utc(from));
    add_line(out, "DTSTART;VALUE=DATE:" + basic_date(year_month_day{day}));
    add_line(out, "DTEND;VALUE=DATE:" + basic_date(year_month_day{day + days{1}}));
    add_line(out, "RRULE:" + r.rule);
    add_line(out, "SUMMARY:" + escaped(fmt::format("{}: {}", title, r.title)));
    add_line(out, "DESCRIPTION:" + escaped(r.what));
    add_line(out, "TRANSP:TRANSPARENT");
    add_line(out, "END:VEVENT");
  }
  add_line(out, "END:VCALENDAR");
  return out;
}

}  // namespace culprit
