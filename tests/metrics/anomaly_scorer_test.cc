#include "metrics/anomaly_scorer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <random>
#include <vector>

namespace culprit {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr Time kStart{std::chrono::milliseconds(1'755'000'000'000)};
constexpr int kDay = 288;  // values, one every five minutes

// Ten days of traffic with a daily rhythm and noise, seeded; what is odd in it, `change` puts in.
template <typename Change>
std::vector<double> traffic(Change change, int days = 10) {
  std::mt19937 random(7);  // NOLINT: the same series on every run
  std::normal_distribution<double> noise(0, 3);
  std::vector<double> out;
  for (int i = 0; i < days * kDay; ++i) {
    const double usual = 100 + 40 * std::sin(2 * std::numbers::pi * i / kDay) + noise(random);
    out.push_back(change(i, usual));
  }
  return out;
}

struct Heard {
  std::vector<double> scores;
  std::vector<std::size_t> alarms;
};

Heard hear(const std::vector<double>& values, double factor = 1) {
  Heard out;
  AnomalyScorer scorer;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto score = scorer.push(kStart + static_cast<int>(i) * minutes(5), values[i] * factor);
    out.scores.push_back(score.score);
    if (score.alarm) out.alarms.push_back(i);
  }
  return out;
}

TEST(AnomalyScorer, AConstantSeriesNeverAlarms) {
  EXPECT_TRUE(hear(std::vector<double>(10 * kDay, 42.5)).alarms.empty());
  EXPECT_TRUE(hear(std::vector<double>(10 * kDay, 0)).alarms.empty());
}

TEST(AnomalyScorer, WhatNeverMovedAlarmsWhenItMoves) {
  std::vector<double> values(10 * kDay, 42.5);
  std::fill(values.begin() + 8 * kDay, values.begin() + 8 * kDay + 12, 43.5);
  const auto heard = hear(values);
  ASSERT_FALSE(heard.alarms.empty());
  EXPECT_EQ(heard.alarms.front(), 8U * kDay);
}

TEST(AnomalyScorer, ACollapseOfTrafficAlarmsWithinTheHour) {
  const auto heard = hear(traffic(
      [](int i, double usual) { return i >= 8 * kDay + 100 && i < 8 * kDay + 140 ? usual / 10 : usual; }));
  bool found = false;
  for (const std::size_t at : heard.alarms) found = found || (at >= 8 * kDay + 100 && at < 8 * kDay + 112);
  EXPECT_TRUE(found);
}

TEST(AnomalyScorer, TellsAtMostOnceInTwelveHours) {
  const auto heard =
      hear(traffic([](int i, double usual) { return i > 5 * kDay && i % 50 == 0 ? 500 + i : usual; }));
  ASSERT_GE(heard.alarms.size(), 2U);
  for (std::size_t i = 1; i < heard.alarms.size(); ++i)
    EXPECT_GE(heard.alarms[i] - heard.alarms[i - 1], 144U);
}

// Powers of two leave every digit as it is.
TEST(AnomalyScorer, TheUnitDoesNotMatter) {
  const auto values = traffic([](int i, double usual) { return i > 6 * kDay ? usual * 1.5 : usual; });
  const auto as_it_is = hear(values);
  for (const double factor : {4.0, 1024.0, 1.0 / 65536}) {
    const auto scaled = hear(values, factor);
    EXPECT_EQ(scaled.alarms, as_it_is.alarms) << factor;
    for (std::size_t i = 0; i < values.size(); ++i)
      ASSERT_NEAR(scaled.scores[i], as_it_is.scores[i], 1e-6) << i;
  }
}

TEST(AnomalyScorer, SaysNothingBeforeItHasSeenADay) {
  AnomalyScorer scorer;
  for (int i = 0; i < kDay - 1; ++i) {
    const auto score = scorer.push(kStart + i * minutes(5), i == 200 ? 1e9 : 5);
    EXPECT_EQ(score.note, AnomalyNote::kLearning);
    EXPECT_EQ(score.score, 0);
  }
}

TEST(AnomalyScorer, IgnoresWhatIsNoNumberOrNotLaterAndSaysSo) {
  const auto values = traffic([](int, double usual) { return usual; });
  AnomalyScorer clean, disturbed;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Time time = kStart + static_cast<int>(i) * minutes(5);
    const auto expected = clean.push(time, values[i]);
    EXPECT_EQ(disturbed.push(time, std::numeric_limits<double>::quiet_NaN()).note, AnomalyNote::kNotFinite);
    EXPECT_EQ(disturbed.push(time, -std::numeric_limits<double>::infinity()).note, AnomalyNote::kNotFinite);
    EXPECT_EQ(disturbed.push(time, values[i]).score, expected.score);
    EXPECT_EQ(disturbed.push(time, 1e12).note, AnomalyNote::kNotLater);
    EXPECT_EQ(disturbed.push(time - hours(1), 1e12).note, AnomalyNote::kNotLater);
  }
}

TEST(AnomalyScorer, TellsTheFirstValueAfterALongGap) {
  const auto values = traffic([](int, double usual) { return usual; }, 3);
  AnomalyScorer scorer;
  Time time = kStart;
  for (const double value : values) scorer.push(time += minutes(5), value);
  EXPECT_EQ(scorer.push(time + hours(25), values.back()).note, AnomalyNote::kAfterGap);
}

TEST(AnomalyScorer, TakesExtremeValues) {
  AnomalyScorer scorer;
  for (int i = 0; i < 3 * kDay; ++i) {
    const double value =
        i % 7 == 0 ? std::numeric_limits<double>::max() : -std::numeric_limits<double>::min();
    EXPECT_TRUE(std::isfinite(scorer.push(kStart + i * minutes(5), value).score));
  }
}

}  // namespace
}  // namespace culprit
