#include "diagnosis/signal.h"

#include <gtest/gtest.h>

#include <cmath>

namespace culprit {
namespace {

using enum Predicate::Aggregate;

const Time kStart = *parse_iso8601("2025-08-21T23:00:00Z");

TEST(Aggregate, PassesOverMinutesWithoutData) {
  Signal s;
  s.minutes = {1, std::nan(""), 3, std::nan("")};
  const Grid::Range all{0, 4};
  EXPECT_EQ(aggregate(s, all, kMax), 3);
  EXPECT_EQ(aggregate(s, all, kMin), 1);
  EXPECT_EQ(aggregate(s, all, kSum), 4);
  EXPECT_EQ(aggregate(s, all, kAverage), 2);
  EXPECT_EQ(aggregate(s, all, kLast), 3);
  EXPECT_DOUBLE_EQ(*aggregate(s, all, kP95), 2.9);
}

TEST(Aggregate, OfNoDataIsNotZero) {
  Signal s;
  s.minutes = {std::nan(""), std::nan("")};
  EXPECT_FALSE(aggregate(s, {0, 2}, kSum));
  EXPECT_FALSE(aggregate(s, {0, 0}, kMax));
}

TEST(EventCounter, CountsTheWindowToTheMillisecond) {
  const Grid grid({kStart, kStart + std::chrono::minutes(10)});
  EventCounter counter(grid, {kStart + std::chrono::seconds(90), kStart + std::chrono::minutes(5)});
  counter.add(kStart + std::chrono::seconds(89), 1);
  counter.add(kStart + std::chrono::seconds(90), 2);
  counter.add(kStart + std::chrono::minutes(5) - Duration(1), 3);
  counter.add(kStart + std::chrono::minutes(5), 4);
  counter.add(kStart - Duration(1), 5);
  EXPECT_EQ(counter.window_count(), 2u);
  EXPECT_EQ(counter.first().number, 2u);
  EXPECT_EQ(counter.last().number, 3u);
  EXPECT_EQ(counter.per_minute()[1], 2u);
  EXPECT_EQ(counter.first_of_minute(1).number, 1u);
}

TEST(EventCounter, TakesTheEarliestOfAMinuteWhateverTheOrder) {
  const Grid grid({kStart, kStart + std::chrono::minutes(1)});
  EventCounter counter(grid, {kStart, kStart + std::chrono::minutes(1)});
  counter.add(kStart + std::chrono::seconds(30), 7);
  counter.add(kStart + std::chrono::seconds(10), 8);
  EXPECT_EQ(counter.first_of_minute(0).number, 8u);
  EXPECT_EQ(counter.first().number, 8u);
  EXPECT_EQ(counter.last().number, 7u);
}

}  // namespace
}  // namespace culprit
