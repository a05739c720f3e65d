#include "metrics/cloudwatch_statistic.h"

#include <gtest/gtest.h>

#include "metrics/anomaly_band.h"

namespace culprit {
namespace {

double of(std::string_view statistic, const Samples& samples) {
  const auto parsed = parse_statistic(statistic);
  EXPECT_TRUE(parsed) << statistic;
  const auto value = samples.evaluate(*parsed);
  EXPECT_TRUE(value) << statistic;
  return value.value_or(-1);
}

Samples one_to(int n) {
  Samples out;
  for (int i = n; i >= 1; --i) out.add(i);
  return out;
}

TEST(CloudWatchStatistic, OfSingleValues) {
  const Samples s = one_to(10);
  EXPECT_EQ(of("SampleCount", s), 10);
  EXPECT_EQ(of("Sum", s), 55);
  EXPECT_EQ(of("Average", s), 5.5);
  EXPECT_EQ(of("Minimum", s), 1);
  EXPECT_EQ(of("Maximum", s), 10);
  EXPECT_EQ(of("p50", s), 5.5);
  EXPECT_EQ(of("p100", s), 10);
  EXPECT_EQ(of("TM(10%:90%)", s), 5.5);
  EXPECT_EQ(of("tm90", s), 5);     // 1 to 9
  EXPECT_EQ(of("TC(2:5)", s), 3);  // 3, 4, 5
  EXPECT_EQ(of("TS(2:5)", s), 12);
  EXPECT_EQ(of("PR(2:5)", s), 30);
  EXPECT_EQ(of("WM(10%:90%)", s), 5.5);
  EXPECT_EQ(of("IQM", s), 5.5);
}

TEST(CloudWatchStatistic, CountsStandForManyEqualValues) {
  Samples counted, single;
  counted.add(3, 4);
  counted.add(8, 2);
  for (const double v : {3., 8., 3., 3., 8., 3.}) single.add(v);
  for (const auto* statistic : {"p50", "p75", "p90", "tm80", "PR(:3)", "Average"})
    EXPECT_EQ(of(statistic, counted), of(statistic, single)) << statistic;
}

TEST(CloudWatchStatistic, SetsHaveNoPercentilesUnlessTheyAreOneValue) {
  Samples set;
  set.add_set(4, 20, 1, 9);
  EXPECT_EQ(of("Average", set), 5);
  EXPECT_FALSE(set.evaluate(*parse_statistic("p90")));
  Samples equal;
  equal.add_set(4, 20, 5, 5);
  EXPECT_EQ(of("p90", equal), 5);
}

TEST(CloudWatchStatistic, RefusesOtherNames) {
  for (const auto* bad : {"", "average", "p", "p101", "p-1", "tm0", "TM()", "TM(1:2%)", "TM(90%:10%)",
                          "PR(1%:2%)", "XX(1:2)", "p9x"})
    EXPECT_FALSE(parse_statistic(bad)) << bad;
}

TEST(AnomalyModel, KnowsTheHoursOfTheDay) {
  const Time start = *parse_iso8601("2025-08-01T00:00:00Z");
  std::vector<Datapoint> history;
  for (int h = 0; h < 5 * 24 * 12; ++h) {
    const Time t = start + std::chrono::minutes(5 * h);
    const bool by_day = (h / 12) % 24 >= 8 && (h / 12) % 24 < 20;
    history.push_back({t, (by_day ? 100.0 : 10.0) + h % 5});
  }
  const auto model = AnomalyModel::learn(history);
  ASSERT_TRUE(model.knows());
  const auto noon = model.at(*parse_iso8601("2025-08-09T12:00:00Z"), 2);
  const auto night = model.at(*parse_iso8601("2025-08-09T02:00:00Z"), 2);
  EXPECT_GT(noon.lower, 90);
  EXPECT_LT(noon.upper, 115);
  EXPECT_LT(night.upper, 25);
  EXPECT_GE(night.lower, 0);
}

TEST(AnomalyModel, OfTooLittleHistoryKnowsNothing) {
  const std::vector<Datapoint> few(AnomalyModel::kLeast - 1, {Time{}, 1});
  EXPECT_FALSE(AnomalyModel::learn(few).knows());
}

}  // namespace
}  // namespace culprit
