// Normal level, counters, onsets, the screen: the small kernels that a baseline needs.
#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <random>

#include "metrics/change_onset.h"
#include "metrics/change_screen.h"
#include "metrics/counter.h"
#include "metrics/normal_level.h"

namespace culprit {
namespace {

using testing::ElementsAre;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::vector<Time> minutes(std::size_t count) {
  std::vector<Time> out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back(from_epoch_ms(1'700'006'400'000 + 60'000 * static_cast<std::int64_t>(i)));  // midnight
  return out;
}

TEST(NormalLevel, IsTheMedianOfQuietRowsOnly) {
  const std::vector<double> values{1, 2, 3, kNaN, 900};
  const auto level = normal_level(values, minutes(5), {true, true, true, true, false});
  EXPECT_DOUBLE_EQ(level.centre, 2);
  EXPECT_EQ(level.samples, 3U);
  EXPECT_FALSE(level.by_time_of_day);
  EXPECT_DOUBLE_EQ(level.expected[4], 2);
}

TEST(NormalLevel, WithoutAQuietValueSaysSo) {
  const std::vector<double> values{5, kNaN};
  EXPECT_EQ(normal_level(values, minutes(2), {false, true}).samples, 0U);
}

// `days` days of hourly rows whose middle depends on the hour.
NormalLevel of_days(std::size_t days, double swing) {
  std::vector<double> values;
  std::vector<Time> times;
  std::mt19937 random(3);
  std::normal_distribution<double> noise(0, 1);
  for (std::size_t i = 0; i < days * 24 * 12; ++i) {
    times.push_back(from_epoch_ms(1'700'006'400'000 + 300'000 * static_cast<std::int64_t>(i)));
    values.push_back(100 + swing * std::sin(static_cast<double>(i % 288) / 288 * 6.283) + noise(random));
  }
  return normal_level(values, times, std::vector<bool>(values.size(), true));
}

TEST(NormalLevel, FollowsTheTimeOfDayOnceThreeDaysAreHeld) {
  EXPECT_TRUE(of_days(4, 20).by_time_of_day);
  EXPECT_FALSE(of_days(2, 20).by_time_of_day);
  EXPECT_FALSE(of_days(4, 0).by_time_of_day);
}

TEST(NormalLevel, ByTimeOfDayLeavesLittleSpread) {
  const auto level = of_days(4, 20);
  EXPECT_LT(level.spread, 5);
  EXPECT_GT(*std::max_element(level.expected.begin(), level.expected.end()), 115);
}

std::vector<double> counting(std::size_t rows, std::size_t reset_at) {
  std::vector<double> out;
  double value = 1000;
  for (std::size_t i = 0; i < rows; ++i) {
    value = i == reset_at ? 3 : value + 5;
    out.push_back(value);
  }
  return out;
}

TEST(Counter, GrowsButForResets) {
  EXPECT_TRUE(looks_like_counter(counting(40, 20)));
  EXPECT_FALSE(looks_like_counter(counting(10, 99)));  // too short to know
}

TEST(Counter, AGaugeIsNone) {
  std::vector<double> gauge;
  for (int i = 0; i < 40; ++i) gauge.push_back(50 + i % 7);
  EXPECT_FALSE(looks_like_counter(gauge));
  EXPECT_FALSE(looks_like_counter(std::vector<double>(40, 8)));
}

TEST(Counter, CountsBetweenRowsAndAfterAReset) {
  const std::vector<double> values{10, 15, kNaN, 20, 27, 4};
  const auto counted = counted_per_row(values);
  EXPECT_TRUE(std::isnan(counted[0]));
  EXPECT_DOUBLE_EQ(counted[1], 5);
  EXPECT_TRUE(std::isnan(counted[2]));
  EXPECT_TRUE(std::isnan(counted[3]));
  EXPECT_DOUBLE_EQ(counted[4], 7);
  EXPECT_DOUBLE_EQ(counted[5], 4);
}

TEST(ChangeOnset, IsTheFirstRowOfTheDisturbance) {
  const std::vector<double> excess{0, 0.1, 0, 5, 6, 7};
  const auto onset = change_onset(excess, 5, 0, 2, 1);
  ASSERT_TRUE(onset);
  EXPECT_EQ(onset->row, 3U);
  EXPECT_EQ(onset->earliest, 3U);
}

TEST(ChangeOnset, IsUncertainOverMissingAndDoubtfulRows) {
  const std::vector<double> excess{0, 1.5, kNaN, 5, 6};
  const auto onset = change_onset(excess, 4, 0, 2, 1);
  ASSERT_TRUE(onset);
  EXPECT_EQ(onset->row, 3U);
  EXPECT_EQ(onset->earliest, 1U);
}

TEST(ChangeOnset, StopsAtTheFloorAndNeedsARowThatIsOut) {
  const std::vector<double> excess{9, 9, 9, 0};
  EXPECT_EQ(change_onset(excess, 2, 1, 2, 1)->row, 1U);
  EXPECT_FALSE(change_onset(excess, 3, 0, 2, 1));
  EXPECT_FALSE(change_onset(excess, 9, 0, 2, 1));
}

TEST(ChangeScreen, MeasuresTheWindowInDeviationsOfTheRowsBefore) {
  const std::vector<double> values{9, 10, 11, 10, 9, 11, 30, 31};
  const auto change = screen_change(values, 6, 8);
  EXPECT_TRUE(change.known);
  EXPECT_DOUBLE_EQ(change.before, 10);
  EXPECT_DOUBLE_EQ(change.during, 30.5);
  EXPECT_NEAR(change.score, 20.5 / 1.4826, 1e-9);
}

TEST(ChangeScreen, AConstantSeriesDoesNotScoreWithoutBound) {
  EXPECT_NEAR(screen_change(std::vector<double>{100, 100, 100, 102}, 3, 4).score, 1, 1e-9);
  EXPECT_NEAR(screen_change(std::vector<double>{0, 0, 0, 5}, 3, 4).score, 1, 1e-9);
  EXPECT_EQ(screen_change(std::vector<double>{0, 0, 0, 0}, 3, 4).score, 0);
}

TEST(ChangeScreen, TooLittleIsUnknown) {
  EXPECT_FALSE(screen_change(std::vector<double>{1, kNaN, 2, 3}, 3, 4).known);
  EXPECT_FALSE(screen_change(std::vector<double>{1, 2, 3, kNaN}, 3, 4).known);
}

TEST(ChangeScreen, ManySeriesGiveWhatEachAloneGives) {
  std::mt19937 random(11);
  std::normal_distribution<double> noise;
  constexpr std::size_t kRows = 50;
  std::vector<double> values(kRows * 301);
  for (auto& v : values) v = noise(random);
  const auto all = screen_changes(values, kRows, 40, 50);
  ASSERT_EQ(all.size(), 301U);
  for (std::size_t s = 0; s < all.size(); ++s)
    ASSERT_EQ(all[s].score, screen_change(std::span(values).subspan(s * kRows, kRows), 40, 50).score);
}

}  // namespace
}  // namespace culprit
