#include "logs/timestamp.h"

#include <gtest/gtest.h>

namespace culprit {
namespace {

const Time kHint = from_epoch_ms(1'755'817'200'000);  // 2025-08-21T23:00:00Z

struct Case {
  std::string_view text;
  std::string_view utc;
  std::size_t size;
};

TEST(Timestamp, ReadsTheFormsOfCommonLogs) {
  const Case cases[] = {
      {"2025-08-21T23:00:00.123Z rest", "2025-08-21T23:00:00.123Z", 24},
      {"2025-08-21T23:00:00Z", "2025-08-21T23:00:00Z", 20},
      {"2025-08-21T23:00:00+00:00 stream", "2025-08-21T23:00:00Z", 25},
      {"2025-08-21T17:00:00-06:00", "2025-08-21T23:00:00Z", 25},
      {"2025-08-21 23:00:00,123 INFO", "2025-08-21T23:00:00.123Z", 23},
      {"2025-08-21 23:00:00.123456 UTC [1]", "2025-08-21T23:00:00.123Z", 30},
      {"2025-08-21 17:00:00 CST [1]", "2025-08-21T23:00:00Z", 23},
      {"2025-08-21 17:00:00 -06:10.0.1.5", "2025-08-21T23:00:00Z", 23},
      {"2025-08-21 23:00:00 ERROR: x", "2025-08-21T23:00:00Z", 19},
      {"2025/08/21 23:00:00 [error] 7#7", "2025-08-21T23:00:00Z", 19},
      {"2025-08-21 23:00 x", "2025-08-21T23:00:00Z", 16},
      {"2005-06-03-15.42.50.675872 R02", "2005-06-03T15:42:50.675Z", 26},
      {"20171223-22:15:29:606|Step", "2017-12-23T22:15:29.606Z", 21},
      {"20250821T230000Z", "2025-08-21T23:00:00Z", 16},
      {"17/06/09 20:10:40 INFO", "2017-06-09T20:10:40Z", 17},
      {"081109 203615 148 INFO", "2008-11-09T20:36:15Z", 13},
      {"03-17 16:13:38.811 1702", "2025-03-17T16:13:38.811Z", 18},
      {"10.30 16:49:06] chrome", "2025-10-30T16:49:06Z", 14},
      {"Dec 10 06:55:46 LabSZ", "2025-12-10T06:55:46Z", 15},
      {"Dec  9 06:55:46 LabSZ", "2025-12-09T06:55:46Z", 15},
      {"Sun Dec 04 04:47:44 2005] x", "2005-12-04T04:47:44Z", 24},
      {"21/Aug/2025:23:00:00 +0000] x", "2025-08-21T23:00:00Z", 26},
      {"21/Aug/2025:17:00:00 -0600] x", "2025-08-21T23:00:00Z", 26},
      {"1755817200 x", "2025-08-21T23:00:00Z", 10},
      {"1755817200.250", "2025-08-21T23:00:00.250Z", 14},
      {"1755817200123", "2025-08-21T23:00:00.123Z", 13},
  };
  for (const auto& c : cases) {
    const auto stamp = parse_stamp(c.text, kHint);
    ASSERT_TRUE(stamp.has_value()) << c.text;
    EXPECT_EQ(format_utc(stamp->time), c.utc) << c.text;
    EXPECT_EQ(stamp->size, c.size) << c.text;
  }
}

TEST(Timestamp, RefusesWhatIsNone) {
  for (const std::string_view text :
       {"", "2025", "2025-13-01 00:00:00", "2025-08-21", "2025-08-21T25:00:00Z", "1234567890123456",
        "0999999999 x", "Started GET", "Marvellous day", "2025-08-21x23:00:00", "999999 999999",
        "12/34/56 78:90:12", "ab-cd-ef gh:ij", "10.0.1.5 - - x",
        "\xff\xfe\x00\x01\x02\x03\x04\x05\x06\x07\x08"})
    EXPECT_FALSE(parse_stamp(text, kHint).has_value()) << text;
}

TEST(Timestamp, TakesTheYearThatIsNearestToTheHint) {
  const Time new_year = from_epoch_ms(1'735'700'000'000);  // 2025-01-01T02:53:20Z
  EXPECT_EQ(format_utc(parse_stamp("Dec 31 23:59:59 host", new_year)->time), "2024-12-31T23:59:59Z");
  EXPECT_EQ(format_utc(parse_stamp("Jan  1 00:00:01 host", new_year)->time), "2025-01-01T00:00:01Z");
}

TEST(Timestamp, ReportsAZoneNameThatItDoesNotKnow) {
  const auto stamp = parse_stamp("2025-08-21 23:00:00 XYZT [77]: ", kHint);
  ASSERT_TRUE(stamp);
  EXPECT_EQ(stamp->unknown_zone, "XYZT");
  EXPECT_EQ(format_utc(stamp->time), "2025-08-21T23:00:00Z");
  EXPECT_TRUE(parse_stamp("2025-08-21 23:00:00 INFO [main] x", kHint)->unknown_zone.empty());
}

TEST(Timestamp, FindsTheStampAmongTheFirstTokens) {
  const auto access =
      find_stamp("10.0.1.5 - - [21/Aug/2025:23:00:00 +0000] \"GET / HTTP/1.1\" 200 12", kHint);
  ASSERT_TRUE(access);
  EXPECT_EQ(access->token, 3U);
  EXPECT_EQ(format_utc(access->stamp.time), "2025-08-21T23:00:00Z");
  EXPECT_EQ(find_stamp("- 1117838570 2005.06.03 R02-M1", kHint)->token, 1U);
  EXPECT_FALSE(find_stamp("no time in this line at all", kHint));
  EXPECT_FALSE(stamp_at_token("one two", kHint, 7));
}

}  // namespace
}  // namespace culprit
