#include "report/wording.h"

#include <gtest/gtest.h>

#include <limits>

#include "sample_findings.h"

namespace culprit {
namespace {

TEST(Wording, NumbersCarryTheirUnits) {
  struct Case {
    double value;
    const char* unit;
    const char* expected;
  };
  const Case cases[] = {
      {83.4, "percent", "83 %"},
      {8.44, "percent", "8.4 %"},
      {0.42, "Percent", "0.42 %"},
      {0, "percent", "0 %"},
      {0.0021, "seconds", "2.1 ms"},
      {14.2, "seconds", "14.2 s"},
      {200, "seconds", "3 min 20 s"},
      {0.00004, "Seconds", "40 µs"},
      {9000, "seconds", "2 h 30 min"},
      {1.2e9, "bytes", "1.2 GB"},
      {512, "Bytes", "512 B"},
      {38112870, "bytes", "38.1 MB"},
      {92, "count", "92"},
      {1234567, "count", "1,234,567"},
      {420, "per-second", "420/s"},
      {14002.3, "ms", "14 s"},
      {-1500, "count", "-1,500"},
      {1e300, "count", "1e+300"},
      {0.0004, "count", "0.0004"},
  };
  for (const auto& c : cases) EXPECT_EQ(wording::value(c.value, c.unit), c.expected) << c.value << c.unit;
}

TEST(Wording, WhatIsNotANumberIsADash) {
  EXPECT_EQ(wording::value(std::numeric_limits<double>::quiet_NaN(), "percent"), "—");
  EXPECT_EQ(wording::value(std::numeric_limits<double>::infinity(), "seconds"), "—");
  EXPECT_EQ(wording::value(std::optional<double>{}, "bytes"), "—");
}

TEST(Wording, ConfidenceIsNeverRoundedToCertainty) {
  EXPECT_EQ(wording::share(0.931), "93 %");
  EXPECT_EQ(wording::share(0.999), "99 %");
  EXPECT_EQ(wording::share(0.001), "< 1 %");
  EXPECT_EQ(wording::share(1), "100 %");
  EXPECT_EQ(wording::share(0), "0 %");
}

TEST(Wording, StatusesAreTheRunbooks) {
  EXPECT_EQ(wording::status(MetricStatus::kNormal), "✅ Normal");
  EXPECT_EQ(wording::status(MetricStatus::kElevated), "⚠️ Elevated");
  EXPECT_EQ(wording::status(MetricStatus::kHigh), "🚨 High/Critical");
}

TEST(Clock, ShowsLocalAndUtc) {
  const Findings f = sample_incident();
  const wording::Clock clock(f);
  EXPECT_EQ(clock.both(parse_iso8601("2025-08-21T23:03:11Z").value()), "17:03:11 (23:03:11Z)");
  EXPECT_EQ(clock.minute(parse_iso8601("2025-08-21T23:03:00Z").value()), "17:03 (23:03Z)");
  EXPECT_EQ(clock.local_range(f.window), "2025-08-21 17:00:00 – 17:10:00 -06 (America/Costa_Rica)");
  EXPECT_EQ(clock.utc_range(f.window), "2025-08-21T23:00:00Z – 2025-08-21T23:10:00Z");
}

TEST(Clock, NamesTheDateWhenItIsAnother) {
  const wording::Clock clock(sample_incident());
  EXPECT_EQ(clock.both(parse_iso8601("2025-08-22T05:59:00Z").value()), "23:59:00 (2025-08-22 05:59:00Z)");
  EXPECT_EQ(clock.both(parse_iso8601("2025-08-22T06:01:00Z").value()),
            "2025-08-22 00:01:00 (2025-08-22 06:01:00Z)");
}

TEST(Clock, SaysUtcOnceWhenTheTeamsClockIsUtc) {
  const wording::Clock clock(sample_cannot_tell());
  EXPECT_EQ(clock.both(parse_iso8601("2025-08-21T23:03:11Z").value()), "23:03:11Z");
}

TEST(Clock, UnknownZoneFallsBackToUtc) {
  Findings f = sample_quiet();
  f.zone = "Mars/Olympus";
  EXPECT_TRUE(wording::Clock(f).is_utc());
}

}  // namespace
}  // namespace culprit
