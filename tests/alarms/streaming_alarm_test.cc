// The streaming evaluator against a plain one that starts anew at each minute from all that has arrived.
#include "alarms/streaming_alarm.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace culprit {
namespace {

const Time kStart = *parse_iso8601("2025-08-21T23:00:00Z");
const MetricId kMetric{"N", "M", {{"D", "x"}}};
const MetricId kOther{"N", "Other", {}};

struct Arrival {
  Time arrives, time;
  MetricId metric;
  double value;
};

// Everything that arrived by `now`, read the slow way.
class PlainReader : public MetricReader {
 public:
  PlainReader(const std::vector<Arrival>& arrivals, Time now) : arrivals_(arrivals), now_(now) {}

  Result<std::vector<PeriodValue>> read(const MetricStat& stat, const Window& window) override {
    const auto statistic = parse_statistic(stat.statistic);
    std::vector<PeriodValue> out;
    for (Time start = window.start; start + stat.period <= window.end; start += stat.period) {
      Samples samples;
      for (const auto& a : arrivals_)
        if (a.arrives <= now_ && a.metric == stat.metric && a.time >= start && a.time < start + stat.period)
          samples.add(a.value);
      out.push_back(
          {samples.evaluate(*statistic), samples.empty() ? std::nullopt : std::optional(samples.count())});
    }
    return out;
  }

 private:
  const std::vector<Arrival>& arrivals_;
  Time now_;
};

struct Random {
  explicit Random(unsigned seed) : engine(seed) {}
  std::mt19937 engine;
  int upto(int n) { return static_cast<int>(engine() % static_cast<unsigned>(n + 1)); }
  bool chance(double p) { return static_cast<double>(engine() % 10'000) < p * 10'000; }
};

MetricAlarm random_alarm(Random& random) {
  MetricAlarm alarm;
  alarm.name = "a";
  static constexpr int kPeriods[] = {10, 30, 60, 120, 300};
  alarm.stat = {kMetric, "Average", std::chrono::seconds(kPeriods[random.upto(4)]), ""};
  static constexpr const char* kStatistics[] = {"Average", "Sum", "Maximum", "p90", "SampleCount"};
  alarm.stat.statistic = kStatistics[random.upto(4)];
  alarm.evaluation_periods = 1 + random.upto(4);
  alarm.datapoints_to_alarm = random.upto(alarm.evaluation_periods);
  alarm.missing = static_cast<MissingData>(random.upto(3));
  alarm.comparison = static_cast<Comparison>(random.upto(3));
  alarm.threshold = 50;
  alarm.ignore_low_samples = random.chance(0.3);
  if (random.chance(0.3)) {  // a ratio of two metrics
    alarm.queries = {{"m", alarm.stat, "", "", false, {}},
                     {"o", MetricStat{kOther, "Sum", alarm.stat.period, ""}, "", "", false, {}},
                     {"e", std::nullopt, "IF(FILL(o, 0) > 40, m)", "", true, {}}};
  }
  return alarm;
}

std::vector<Arrival> random_arrivals(Random& random, Duration length) {
  std::vector<Arrival> out;
  const double gap = random.chance(0.5) ? 0.3 : 0.8;
  double level = 20;
  for (Time t = kStart; t < kStart + length; t += std::chrono::seconds(10 + random.upto(50))) {
    if (random.chance(0.05)) level = random.upto(100);
    if (random.chance(gap)) continue;
    const Duration late =
        random.chance(0.2) ? std::chrono::seconds(random.upto(900)) : std::chrono::seconds(0);
    const auto& metric = random.chance(0.3) ? kOther : kMetric;
    out.push_back({t + late, t, metric, level + random.upto(10)});
  }
  std::ranges::stable_sort(out, {}, &Arrival::arrives);
  return out;
}

TEST(StreamingAlarm, EqualsTheBatchUnderLateAndMissingData) {
  int transitions = 0, alarms = 0;
  for (unsigned seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Random random(seed);
    const auto alarm = random_alarm(random);
    ASSERT_TRUE(check_alarm(alarm));
    const auto arrivals = random_arrivals(random, std::chrono::hours(1));
    StreamingAlarm streaming(alarm);
    AlarmState batch = AlarmState::kInsufficientData;
    std::size_t next = 0;
    const Duration step = tick_of(alarm);
    for (Time now = kStart + step; now <= kStart + std::chrono::minutes(70); now += step) {
      if (random.chance(0.05)) continue;  // a tick that was slept through
      while (next < arrivals.size() && arrivals[next].arrives <= now) {
        Samples one;
        one.add(arrivals[next].value);
        streaming.add(arrivals[next].metric, arrivals[next].time, one);
        ++next;
      }
      const auto changed = streaming.tick(now);
      ASSERT_TRUE(changed) << changed.error().message();
      PlainReader reader(arrivals, now);
      const auto datapoints = alarm_datapoints(alarm, now, reader);
      ASSERT_TRUE(datapoints);
      const auto expected = evaluate(alarm, *datapoints, batch);
      ASSERT_EQ(to_string(streaming.state()), to_string(expected.state)) << format_utc(now);
      ASSERT_EQ(changed->has_value(), expected.state != batch);
      if (*changed) {
        EXPECT_EQ((*changed)->reason, expected.reason);
        ++transitions;
        alarms += (*changed)->to == AlarmState::kAlarm;
      }
      batch = expected.state;
    }
  }
  EXPECT_GT(transitions, 1000);
  EXPECT_GT(alarms, 200);
}

TEST(StreamingAlarm, EqualsReplayWhenNothingIsLate) {
  for (unsigned seed = 1; seed <= 50; ++seed) {
    Random random(seed);
    const auto alarm = random_alarm(random);
    auto arrivals = random_arrivals(random, std::chrono::hours(1));
    for (auto& a : arrivals) a.arrives = a.time;
    std::ranges::stable_sort(arrivals, {}, &Arrival::arrives);
    StreamingAlarm streaming(alarm);
    std::vector<Transition> seen;
    std::size_t next = 0;
    const Duration step = tick_of(alarm);
    const Time end = kStart + std::chrono::minutes(70);
    for (Time now = kStart + step; now <= end; now += step) {
      for (; next < arrivals.size() && arrivals[next].arrives <= now; ++next) {
        Samples one;
        one.add(arrivals[next].value);
        streaming.add(arrivals[next].metric, arrivals[next].time, one);
      }
      if (const auto changed = *streaming.tick(now)) seen.push_back(*changed);
    }
    PlainReader all(arrivals, end);
    EXPECT_EQ(seen, *replay(alarm, all, {kStart, end})) << seed;
  }
}

TEST(StreamingAlarm, KeepsNoMoreThanItsRange) {
  MetricAlarm alarm;
  alarm.name = "a";
  alarm.stat = {kMetric, "Average", std::chrono::seconds(60), ""};
  alarm.evaluation_periods = 3;
  StreamingAlarm streaming(alarm);
  Samples one;
  one.add(1);
  for (int minute = 0; minute < 1000; ++minute) {
    const Time now = kStart + std::chrono::minutes(minute);
    streaming.add(kMetric, now, one);
    streaming.add(kMetric, kStart, one);  // far too late
    streaming.add(kOther, now, one);      // nobody's
    ASSERT_TRUE(streaming.tick(now + std::chrono::seconds(30)));
  }
  EXPECT_LE(streaming.kept(), 7u);
}

TEST(StreamingAlarm, DoesNotFollowAClockThatGoesBack) {
  MetricAlarm alarm;
  alarm.name = "a";
  alarm.stat = {kMetric, "Average", std::chrono::seconds(60), ""};
  alarm.threshold = 5;
  StreamingAlarm streaming(alarm);
  Samples high;
  high.add(9);
  streaming.add(kMetric, kStart, high);
  EXPECT_TRUE((*streaming.tick(kStart + std::chrono::minutes(1))).has_value());
  EXPECT_EQ(streaming.state(), AlarmState::kAlarm);
  EXPECT_FALSE((*streaming.tick(kStart - std::chrono::hours(1))).has_value());
  EXPECT_EQ(streaming.state(), AlarmState::kAlarm);
}

TEST(StreamingAlarm, ASetStateHoldsToTheNextEvaluation) {
  MetricAlarm alarm;
  alarm.name = "a";
  alarm.stat = {kMetric, "Average", std::chrono::seconds(60), ""};
  StreamingAlarm streaming(alarm);
  streaming.set_state(AlarmState::kAlarm, "by hand");
  EXPECT_EQ(streaming.state(), AlarmState::kAlarm);
  EXPECT_TRUE((*streaming.tick(kStart)).has_value());
  EXPECT_EQ(streaming.state(), AlarmState::kInsufficientData);
}

}  // namespace
}  // namespace culprit
