#include "report/wording.h"

#include <gtest/gtest.h>

#include "sample_findings.h"

namespace culprit {
namespace {

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
