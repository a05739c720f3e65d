#include "base/zone.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <sstream>

#include "base/zone_suggestions.h"

namespace culprit {
namespace {

using testing::HasSubstr;

Zone zone(std::string_view name) {
  auto found = Zone::find(name);
  EXPECT_TRUE(found) << name;
  return found.value_or(Zone::utc());
}

std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> out;
  std::stringstream in(line);
  for (std::string cell; std::getline(in, cell, separator);) out.push_back(cell);
  return out;
}

TEST(ParseTime, ReadsEveryCaseOfTheTable) {
  const Time now = *parse_iso8601("2025-08-22T12:00:00Z");
  std::ifstream in(std::string(CULPRIT_SOURCE_DIR) + "/tests/base/cases/times.tsv");
  int cases = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#')) continue;
    const auto cells = split(line, '\t');
    ASSERT_EQ(cells.size(), 4u) << line;
    ++cases;
    std::optional<Time> date_of;
    if (cells[2] != "-") date_of = *parse_iso8601(cells[2]);
    const auto parsed = parse_time(cells[0], zone(cells[1]), now, date_of);
    if (cells[3].starts_with('!')) {
      ASSERT_FALSE(parsed) << line;
      EXPECT_EQ(parsed.error().code, ErrorCode::kUsage) << line;
      EXPECT_THAT(parsed.error().message(), HasSubstr(cells[3].substr(1))) << line;
    } else {
      ASSERT_TRUE(parsed) << line << "\n" << parsed.error().message();
      EXPECT_EQ(std::to_string(to_epoch_ms(parsed->time)), cells[3]) << line;
    }
  }
  EXPECT_GE(cases, 50);
}

TEST(ParseTime, SaysWhetherTheDateWasGiven) {
  const Time now = *parse_iso8601("2025-08-22T12:00:00Z");
  EXPECT_FALSE(parse_time("17:10", Zone::utc(), now)->date_given);
  EXPECT_TRUE(parse_time("2025-08-21 17:10", Zone::utc(), now)->date_given);
  EXPECT_TRUE(parse_time("-2h", Zone::utc(), now)->date_given);
}

TEST(ParseTime, NeverCrashesOnNoise) {
  std::mt19937 random(20250821);
  const std::string alphabet = "0123456789-:/.TZ+ now2h\xff\t";
  for (int i = 0; i < 50'000; ++i) {
    std::string text(random() % 30, ' ');
    for (char& c : text) c = alphabet[random() % alphabet.size()];
    const auto parsed = parse_time(text, Zone::utc(), from_epoch_ms(0));
    if (parsed) continue;
    EXPECT_FALSE(parsed.error().hint.empty()) << text;
  }
}

TEST(Zone, PrintsLocalTimesWithOffsetAndName) {
  const Time t = from_epoch_ms(1755817200000);
  EXPECT_EQ(zone("America/Costa_Rica").format(t), "2025-08-21 17:00:00 -06 (America/Costa_Rica)");
  EXPECT_EQ(zone("America/Costa_Rica").format_clock(t), "17:00:00");
  EXPECT_EQ(zone("America/Costa_Rica").format_minute(t), "2025-08-21 17:00");
  EXPECT_EQ(zone("America/Costa_Rica").abbreviation(t), "CST");
  EXPECT_EQ(zone("Asia/Kolkata").format(t), "2025-08-22 04:30:00 +05:30 (Asia/Kolkata)");
  EXPECT_EQ(Zone::utc().format(from_epoch_ms(1755817200250)), "2025-08-21 23:00:00.250 +00 (UTC)");
}

TEST(Zone, IsFoundOnlyUnderItsNameInTheDatabase) {
  for (const auto* name :
       {"posix/UTC", "right/UTC", "../etc/passwd", "tzdata.zi", "zone.tab", "America", ""}) {
    const auto found = Zone::find(name);
    ASSERT_FALSE(found) << name;
    EXPECT_EQ(found.error().code, ErrorCode::kUsage) << name;
  }
}

TEST(Zone, SuggestsWhatWasProbablyMeant) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"America/Costa_Rcia", "Did you mean America/Costa_Rica?"},
      {"Costa_Rica", "Did you mean America/Costa_Rica?"},
      {"costa rica", "Did you mean America/Costa_Rica?"},
      {"america/costa_rica", "Did you mean America/Costa_Rica?"},
      {"Amercia/New_York", "America/New_York"},
      {"Europe/Madird", "Europe/Madrid"},
      {"UTC-6", "Etc/GMT+6"},
      {"-06:00", "Etc/GMT+6"},
      {"+0200", "Etc/GMT-2"},
      {"CST", "America/Costa_Rica"},
      {"IST", "Asia/Kolkata, Asia/Jerusalem or Europe/Dublin"},
      {"Atlantis/Capital", "Zones are named Area/City"},
      {"", "America/Costa_Rica or UTC"},
  };
  for (const auto& [name, hint] : cases) {
    const auto found = Zone::find(name);
    ASSERT_FALSE(found) << name;
    EXPECT_EQ(found.error().code, ErrorCode::kUsage);
    EXPECT_THAT(found.error().hint, HasSubstr(hint)) << name;
  }
  EXPECT_THAT(Zone::find("CST").error().what, HasSubstr("ambiguous"));
  EXPECT_THAT(Zone::find("PDT").error().what, HasSubstr("an abbreviation"));
}

TEST(Zone, EditDistanceGivesUpBeyondItsLimit) {
  EXPECT_EQ(edit_distance("kitten", "sitting", 5), 3u);
  EXPECT_EQ(edit_distance("", "abc", 5), 3u);
  EXPECT_EQ(edit_distance("nmae", "name", 5), 1u);
  EXPECT_EQ(edit_distance("same", "same", 2), 0u);
  EXPECT_EQ(edit_distance("abcdef", "uvwxyz", 2), 3u);
}

// Local -> UTC -> local, over all zones: an instant is always among the readings of its own local time, and
// what is written for people and read back is either the same instant or refused as having two readings.
TEST(Zone, LocalTimesComeBackAsTheInstantTheyWereMadeFrom) {
  std::mt19937_64 random(1755817200);
  std::uniform_int_distribution<std::int64_t> instants(0, 2'145'916'800'000);  // 1970 to 2037
  const auto names = Zone::all_names();
  ASSERT_GE(names.size(), 300u);
  std::size_t twice = 0;
  for (const auto& name : names) {
    const auto z = zone(name);
    for (int i = 0; i < 200; ++i) {
      const Time t = from_epoch_ms(instants(random));
      const auto local = z.to_local(t);
      ASSERT_EQ(local.time_since_epoch(), t.time_since_epoch() + z.offset(t)) << name;
      const auto readings = z.readings(local);
      ASSERT_THAT(readings.instants, testing::Contains(t)) << name << " " << format_utc(t);
      const auto parsed = parse_time(format_local(local), z, Time{});
      if (readings.instants.size() == 1) {
        ASSERT_TRUE(parsed) << name << " " << format_local(local);
        ASSERT_EQ(parsed->time, t) << name;
      } else {
        ++twice;
        ASSERT_FALSE(parsed) << name << " " << format_local(local);
      }
    }
  }
  EXPECT_GT(twice, 0u);  // the refusal was met, too
}

// Both forms that a refusal offers must be readable and mean different instants.
TEST(Zone, WhatARefusalOffersCanBeTyped) {
  for (const auto* text : {"2025-03-09 02:30", "2025-11-02 01:30"}) {
    const auto refused = parse_time(text, zone("America/New_York"), Time{});
    ASSERT_FALSE(refused);
    const auto& hint = refused.error().hint;
    std::vector<Time> offered;
    for (std::size_t at = hint.find("2025-"); at != hint.npos; at = hint.find("2025-", at + 1)) {
      if (hint[at + 10] != 'T') continue;
      const auto parsed = parse_time(hint.substr(at, 22), Zone::utc(), Time{});
      ASSERT_TRUE(parsed) << hint.substr(at, 22);
      offered.push_back(parsed->time);
    }
    ASSERT_EQ(offered.size(), 2u) << hint;
    EXPECT_EQ(std::chrono::abs(offered[0] - offered[1]), std::chrono::hours{1});
  }
}

}  // namespace
}  // namespace culprit
