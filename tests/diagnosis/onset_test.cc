#include "diagnosis/onset.h"

#include <gtest/gtest.h>

#include <cmath>

namespace culprit {
namespace {

const Time kStart = *parse_iso8601("2025-08-21T22:00:00Z");
Time minute(int n) { return kStart + std::chrono::minutes(n); }

// An hour before the window, 20 minutes of window, 10 of tail.
class OnsetTest : public ::testing::Test {
 protected:
  Observations seen{{minute(60), minute(80)}, {minute(0), minute(60)}, {minute(0), minute(90)}};

  Signal gauge(std::string unit, const std::function<double(int)>& value) {
    Signal s;
    s.name = "db.cpu";
    s.unit = std::move(unit);
    for (int i = 0; i < 90; ++i) s.minutes.push_back(value(i));
    return s;
  }
};

TEST_F(OnsetTest, AStepHasItsMinuteAsOnsetAndTheMinuteAfterItsEndAsRecovery) {
  const auto e =
      find_excursion(gauge("percent", [](int i) { return i >= 63 && i < 72 ? 95.0 : 20 + i % 3; }), seen);
  ASSERT_TRUE(e);
  EXPECT_EQ(e->onset, minute(63));
  ASSERT_TRUE(e->recovery);
  EXPECT_EQ(*e->recovery, minute(72));
  EXPECT_EQ(e->peak_value, 95);
  EXPECT_FALSE(e->before_window);
}

TEST_F(OnsetTest, EverydayWobbleIsNoExcursion) {
  EXPECT_FALSE(find_excursion(gauge("percent", [](int i) { return 20 + 4 * std::sin(i); }), seen));
  EXPECT_FALSE(find_excursion(gauge("percent", [](int) { return 50.0; }), seen));
}

TEST_F(OnsetTest, OneOddMinuteIsNoise) {
  EXPECT_FALSE(find_excursion(gauge("percent", [](int i) { return i == 66 ? 99.0 : 20.0; }), seen));
}

TEST_F(OnsetTest, AnExcursionThatBeganBeforeTheWindowIsDatedThere) {
  const auto e = find_excursion(gauge("percent", [](int i) { return i >= 55 ? 95.0 : 20.0; }), seen);
  ASSERT_TRUE(e);
  EXPECT_EQ(e->onset, minute(55));
  EXPECT_TRUE(e->before_window);
  EXPECT_FALSE(e->recovery) << "the data end while it is still out";
}

TEST_F(OnsetTest, MissingMinutesAreNeitherOutNorRecovered) {
  const auto e = find_excursion(
      gauge("percent", [](int i) { return i >= 70   ? std::nan("")
                                          : i >= 65 ? 95.0
                                                    : 20.0; }), seen);
  ASSERT_TRUE(e);
  EXPECT_EQ(e->onset, minute(65));
  EXPECT_FALSE(e->recovery);
}

TEST_F(OnsetTest, LowIsBadLooksDownwards) {
  const auto memory = gauge("bytes", [](int i) { return i >= 64 ? 1e8 : 2e9; });
  EXPECT_FALSE(find_excursion(memory, seen));
  const auto e = find_excursion(memory, seen, true);
  ASSERT_TRUE(e);
  EXPECT_EQ(e->onset, minute(64));
}

TEST_F(OnsetTest, CountsAreDatedByTheirFirstEvent) {
  Signal s = gauge("per-minute", [](int i) { return i == 61 || i == 62 ? 8.0 : 0.0; });
  s.is_count = true;
  s.events.emplace(seen.grid, seen.window);
  for (unsigned n = 0; n < 8; ++n) {
    s.events->add(minute(61) + std::chrono::seconds(20 + n), 100 + n);
    s.events->add(minute(62) + std::chrono::seconds(n), 200 + n);
  }
  const auto e = find_excursion(s, seen);
  ASSERT_TRUE(e);
  EXPECT_EQ(e->onset, minute(61) + std::chrono::seconds(20));
}

TEST_F(OnsetTest, AnEventOfTheMinuteDatesTheOnsetAndTheRecoveryOfGauges) {
  const Signal cpu = gauge("percent", [](int i) { return i >= 61 && i < 70 ? 95.0 : 20 + i % 3; });
  Signal failures = gauge("per-minute", [](int i) { return i >= 61 && i < 70 ? 8.0 : 0.0; });
  failures.is_count = true;
  failures.events.emplace(seen.grid, seen.window);
  for (int i = 61; i < 70; ++i)
    for (unsigned n = 0; n < 8; ++n)
      failures.events->add(minute(i) + std::chrono::seconds(20 + n), 10 * i + n);
  const auto onset = earliest_onset({{&cpu}, {&failures}}, seen);
  ASSERT_TRUE(onset);
  EXPECT_EQ(onset->time, minute(61) + std::chrono::seconds(20));
  EXPECT_TRUE(onset->exact);
  EXPECT_EQ(onset->signal, &failures);
  const auto recovery = last_recovery({{&cpu}, {&failures}}, seen);
  ASSERT_TRUE(recovery);
  EXPECT_EQ(recovery->time, minute(69) + std::chrono::seconds(27)) << "the last failure, not the next minute";
  EXPECT_TRUE(recovery->exact);
}

TEST_F(OnsetTest, AGaugeThatStaysLongerDatesTheRecoveryByItsMinute) {
  const Signal cpu = gauge("percent", [](int i) { return i >= 61 && i < 75 ? 95.0 : 20 + i % 3; });
  Signal failures = gauge("per-minute", [](int i) { return i >= 61 && i < 70 ? 8.0 : 0.0; });
  failures.is_count = true;
  failures.events.emplace(seen.grid, seen.window);
  for (int i = 61; i < 70; ++i)
    for (unsigned n = 0; n < 8; ++n) failures.events->add(minute(i) + std::chrono::seconds(n), 10 * i + n);
  const auto recovery = last_recovery({{&cpu}, {&failures}}, seen);
  ASSERT_TRUE(recovery);
  EXPECT_EQ(recovery->time, minute(75));
  EXPECT_FALSE(recovery->exact);
}

TEST_F(OnsetTest, OneSignalThatIsStillOutMeansNoRecovery) {
  const Signal back = gauge("percent", [](int i) { return i >= 61 && i < 70 ? 95.0 : 20.0; });
  const Signal out = gauge("percent", [](int i) { return i >= 61 ? 95.0 : 20.0; });
  EXPECT_TRUE(last_recovery({{&back}}, seen));
  EXPECT_FALSE(last_recovery({{&back}, {&out}}, seen));
}

TEST_F(OnsetTest, WithoutABaselineTheWindowItselfIsTheMeasure) {
  Observations whole{{minute(0), minute(90)}, {minute(0), minute(0)}, {minute(0), minute(90)}};
  const auto e =
      find_excursion(gauge("percent", [](int i) { return i >= 63 && i < 72 ? 95.0 : 20 + i % 3; }), whole);
  ASSERT_TRUE(e);
  EXPECT_EQ(e->onset, minute(63));
}

}  // namespace
}  // namespace culprit
