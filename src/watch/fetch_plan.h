// Which stretch of time a watch asks for next. Pure.
#pragma once

#include "watch/watch_state.h"

namespace culprit {

struct FetchRules {
  Duration lookback = std::chrono::hours(1);        // at the first start
  Duration overlap = std::chrono::minutes(5);       // asked again, for what arrives late
  Duration catch_up_most = std::chrono::hours(24);  // after an outage
  Duration piece_most = std::chrono::hours(1);      // asked for at once
  Duration jump = std::chrono::minutes(3);          // clocks that differ by more have jumped
};

struct FetchPlan {
  Window collect;                 // whole minutes
  Time evaluate_from;             // alarms are decided for minutes after this one
  std::optional<Window> skipped;  // an outage longer than can be made up for
  bool more = false;              // another piece follows at once
};

// What a jump of the clock does to the state; says so in words when there was one.
std::string follow_clock(WatchState& state, const Moment& now, const FetchRules& rules);

// nullopt: no minute has ended since the last time.
std::optional<FetchPlan> plan_fetch(const WatchState& state, Time now, const FetchRules& rules);

}  // namespace culprit
