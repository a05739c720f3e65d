#include "alarms/evaluate.h"

#include <gtest/gtest.h>

namespace culprit {
namespace {

const Time kStart = *parse_iso8601("2025-08-21T23:00:00Z");

// "0X-": not breaching, breaching, missing.
std::vector<AlarmDatapoint> range(std::string_view text) {
  std::vector<AlarmDatapoint> out;
  for (const char c : text) {
    AlarmDatapoint d{kStart + std::chrono::minutes(out.size()), {}, {}, {}, {}};
    if (c != '-') d.value = c == 'X' ? 99 : 1;
    out.push_back(d);
  }
  return out;
}

MetricAlarm alarm(int periods, int needed) {
  MetricAlarm out;
  out.name = "a";
  out.stat.metric = {"N", "M", {}};
  out.threshold = 70;
  out.evaluation_periods = periods;
  out.datapoints_to_alarm = needed;
  return out;
}

TEST(Evaluate, SaysWhyInTheServicesWords) {
  EXPECT_EQ(evaluate(alarm(2, 2), range("0XX"), AlarmState::kOk).reason,
            "Threshold Crossed: 2 out of the last 2 datapoints [99.0 (21/08/25 23:02:00), 99.0 (21/08/25 "
            "23:01:00)] "
            "were greater than the threshold (70.0) (minimum 2 datapoints for OK -> ALARM transition).");
  EXPECT_EQ(
      evaluate(alarm(1, 1), range("X0"), AlarmState::kAlarm).reason,
      "Threshold Crossed: 1 out of the last 1 datapoint [1.0 (21/08/25 23:01:00)] was not greater than the "
      "threshold (70.0) (minimum 1 datapoint for ALARM -> OK transition).");
  EXPECT_EQ(evaluate(alarm(2, 2), range("----"), AlarmState::kOk).reason,
            "Insufficient Data: 2 datapoints were unknown.");
}

TEST(Evaluate, AShorterRangeIsOneWithMissingDataBefore) {
  EXPECT_EQ(evaluate(alarm(3, 3), range("XX"), AlarmState::kOk).state, AlarmState::kOk);
  EXPECT_EQ(evaluate(alarm(3, 3), range("XXX"), AlarmState::kOk).state, AlarmState::kAlarm);
  EXPECT_EQ(evaluate(alarm(1, 1), {}, AlarmState::kOk).state, AlarmState::kInsufficientData);
}

TEST(Evaluate, OlderDatapointsThanTheRangeDoNotCount) {
  EXPECT_EQ(evaluate(alarm(1, 1), range("X---"), AlarmState::kAlarm).state, AlarmState::kInsufficientData);
}

TEST(Evaluate, TooFewBreachingDatapointsKeepTheState) {
  for (const auto state : {AlarmState::kOk, AlarmState::kInsufficientData, AlarmState::kAlarm}) {
    const auto e = evaluate(alarm(3, 3), range("----X"), state);
    EXPECT_EQ(e.state, state);
    EXPECT_TRUE(e.held);
  }
}

TEST(Evaluate, ADatapointWithoutItsBandIsMissing) {
  MetricAlarm banded = alarm(1, 1);
  banded.comparison = Comparison::kAboveBand;
  auto points = range("X");
  EXPECT_EQ(evaluate(banded, points, AlarmState::kOk).state, AlarmState::kInsufficientData);
  points[0].lower = 0;
  points[0].upper = 50;
  EXPECT_EQ(evaluate(banded, points, AlarmState::kOk).state, AlarmState::kAlarm);
}

TEST(CheckAlarm, RefusesWhatTheServiceRefuses) {
  EXPECT_TRUE(check_alarm(alarm(3, 2)));
  EXPECT_FALSE(check_alarm(alarm(2, 3)));
  EXPECT_FALSE(check_alarm(alarm(0, 0)));
  MetricAlarm nothing = alarm(1, 1);
  nothing.stat.metric.name.clear();
  EXPECT_FALSE(check_alarm(nothing));
  MetricAlarm odd = alarm(1, 1);
  odd.stat.statistic = "p101";
  EXPECT_FALSE(check_alarm(odd));
}

}  // namespace
}  // namespace culprit
