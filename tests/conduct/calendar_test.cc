#include "conduct/calendar.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace culprit {
namespace {

using testing::HasSubstr;

std::string dates_of(std::string_view id, std::string_view from, int days, const char* zone = "UTC") {
  std::string out;
  for (const auto& d : due_dates(*parse_iso8601(from), *Zone::find(zone), std::chrono::days(days)))
    if (d.what->id == id)
      out += fmt::format("{}{:02}-{:02}", out.empty() ? "" : " ", static_cast<unsigned>(d.date.month()),
                         static_cast<unsigned>(d.date.day()));
  return out;
}

TEST(Calendar, KnowsWhatFallsWhen) {
  EXPECT_EQ(dates_of("weekly-review", "2026-11-24T12:00:00Z", 21), "11-30 12-07 12-14");
  EXPECT_EQ(dates_of("monthly-capacity", "2026-11-24T12:00:00Z", 90), "12-01 01-05 02-02");
  EXPECT_EQ(dates_of("quarterly-recovery-test", "2026-01-01T00:00:00Z", 365), "01-14 04-08 07-08 10-14");
  EXPECT_EQ(dates_of("semiannual-architecture", "2026-01-01T00:00:00Z", 365), "01-15 07-16");
}

TEST(Calendar, DaysAreThoseOfTheZone) {
  // Monday in UTC, Sunday evening in Costa Rica.
  EXPECT_EQ(dates_of("weekly-review", "2026-11-30T03:00:00Z", 1), "11-30");
  EXPECT_EQ(dates_of("weekly-review", "2026-11-30T03:00:00Z", 1, "America/Costa_Rica"), "");
}

TEST(Calendar, ICalendarLinesAreFoldedAndEscaped) {
  const auto text = as_icalendar(
      "shop", "Shop, the \xC3\xA9\xC3\xA9\xC3\xA9 one; with a very long title that must be folded somewhere",
      *parse_iso8601("2026-11-24T12:00:00Z"), Zone::utc());
  std::string unfolded;
  for (std::size_t start = 0; start < text.size();) {
    const auto end = text.find("\r\n", start);
    ASSERT_NE(end, std::string::npos);
    const auto line = text.substr(start, end - start);
    EXPECT_LE(line.size(), 75u);
    if (line.starts_with(' '))
      unfolded += line.substr(1);
    else
      unfolded += "\n" + line;
    start = end + 2;
  }
  EXPECT_THAT(unfolded, HasSubstr("SUMMARY:Shop\\, the \xC3\xA9\xC3\xA9\xC3\xA9 one\\; with"));
  EXPECT_THAT(unfolded,
              HasSubstr("\nDTSTAMP:20261124T120000Z\nDTSTART;VALUE=DATE:20261130\nDTEND;VALUE=DATE:20261201\n"
                        "RRULE:FREQ=WEEKLY;BYDAY=MO\n"));
  EXPECT_THAT(unfolded, HasSubstr("\nUID:quarterly-recovery-test@shop.culprit\n"));
}

}  // namespace
}  // namespace culprit
