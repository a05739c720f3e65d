#include "watch/fetch_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace culprit {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Time kNow = *parse_iso8601("2025-08-21T23:00:30Z");
const FetchRules kRules;

Moment moment(Time wall, Duration steady, std::string boot = "b") { return {wall, steady, std::move(boot)}; }

TEST(FetchPlan, TheFirstLooksBackAndDecidesOneMinute) {
  const auto plan = plan_fetch({}, kNow, kRules);
  ASSERT_TRUE(plan);
  EXPECT_EQ(format_utc(plan->collect.start), "2025-08-21T22:00:00Z");
  EXPECT_EQ(format_utc(plan->collect.end), "2025-08-21T23:00:00Z");
  EXPECT_EQ(format_utc(plan->evaluate_from), "2025-08-21T22:59:00Z");
}

TEST(FetchPlan, AskedTwiceInAMinuteThereIsNothingToDo) {
  WatchState state;
  state.evaluated = floor_minute(kNow);
  EXPECT_FALSE(plan_fetch(state, kNow, kRules));
  EXPECT_TRUE(plan_fetch(state, kNow + seconds(30), kRules));
}

TEST(FetchPlan, AnOutageIsMadeUpForPieceByPieceWithoutAHole) {
  WatchState state;
  const Time before = floor_minute(kNow);
  state.evaluated = before;
  const Time now = kNow + hours(5);
  int pieces = 0;
  while (const auto plan = plan_fetch(state, now, kRules)) {
    EXPECT_EQ(plan->evaluate_from, *state.evaluated);
    EXPECT_LE(plan->collect.start, *state.evaluated);
    EXPECT_EQ(plan->more, plan->collect.end < floor_minute(now));
    state.evaluated = plan->collect.end;
    ++pieces;
  }
  EXPECT_EQ(*state.evaluated, floor_minute(now));
  EXPECT_EQ(pieces, 5);
}

TEST(FetchPlan, WhatIsTooLongAgoIsSaid) {
  WatchState state;
  state.evaluated = floor_minute(kNow);
  const auto plan = plan_fetch(state, kNow + hours(30), kRules);
  ASSERT_TRUE(plan && plan->skipped);
  EXPECT_EQ(plan->skipped->length(), Duration(hours(6)));
}

TEST(FollowClock, AClockThatGoesBackIsFollowed) {
  WatchState state;
  state.evaluated = floor_minute(kNow);
  state.last = moment(kNow, hours(1));
  const auto said = follow_clock(state, moment(kNow - minutes(30), hours(1) + seconds(60)), kRules);
  EXPECT_THAT(said, testing::HasSubstr("went back"));
  EXPECT_EQ(*state.evaluated, floor_minute(kNow - minutes(30)));
}

TEST(FollowClock, AfterALeapAheadAndBackNoMinuteIsLeftOut) {
  WatchState state;
  const Time before = state.evaluated.emplace(floor_minute(kNow));
  state.last = moment(kNow, hours(1));
  const auto leapt = moment(kNow + hours(240), hours(1) + seconds(60));
  EXPECT_THAT(follow_clock(state, leapt, kRules), testing::HasSubstr("leapt ahead"));
  state.evaluated = floor_minute(leapt.wall);
  state.last = leapt;
  const auto back = moment(kNow + minutes(2), hours(1) + seconds(120));
  EXPECT_THAT(follow_clock(state, back, kRules), testing::HasSubstr("went back"));
  EXPECT_EQ(*state.evaluated, before);
}

TEST(FollowClock, SmallCorrectionsAndSuspendsAreNoJumps) {
  WatchState state;
  state.evaluated = floor_minute(kNow);
  state.last = moment(kNow, hours(1));
  EXPECT_EQ(follow_clock(state, moment(kNow - minutes(1), hours(1)), kRules), "");
  EXPECT_EQ(follow_clock(state, moment(kNow + hours(8), hours(9)), kRules), "");
}

TEST(Elapsed, GoesByTheSteadyClockOfOneBoot) {
  EXPECT_EQ(elapsed(moment(kNow, hours(1)), moment(kNow + hours(9), hours(1) + minutes(1))),
            Duration(minutes(1)));
  EXPECT_EQ(elapsed(moment(kNow, hours(1)), moment(kNow - hours(9), hours(1) + minutes(1))),
            Duration(minutes(1)));
  EXPECT_EQ(elapsed(moment(kNow, hours(1), "a"), moment(kNow + minutes(2), seconds(9), "b")),
            Duration(minutes(2)));
  EXPECT_EQ(elapsed(moment(kNow, hours(1), "a"), moment(kNow - minutes(2), seconds(9), "b")), Duration(0));
}

}  // namespace
}  // namespace culprit
