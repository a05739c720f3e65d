#include "watch/fetch_plan.h"

#include <fmt/format.h>

#include <algorithm>

namespace culprit {

namespace {

constexpr std::chrono::minutes kMinute{1};

// What stands in a future that is not: times of an incident must not be waited for.
void pull_back(WatchState& state, Time now) {
  if (state.incident && state.incident->quiet_since)
    state.incident->quiet_since = std::min(*state.incident->quiet_since, now);
  std::erase_if(state.metrics, [&](const RecordedMetrics::Point& point) { return point.time >= now; });
  for (auto& [name, alarm] : state.alarms) alarm.since = std::min(alarm.since, now);
}

}  // namespace

std::string follow_clock(WatchState& state, const Moment& now, const FetchRules& rules) {
  if (!state.last || !state.evaluated) return "";
  const Duration leap = (now.wall - state.last->wall) - elapsed(*state.last, now);
  if (leap > rules.jump) {
    if (!state.before_jump) state.before_jump = state.evaluated;
    return fmt::format("the clock leapt ahead by {}", format_duration(leap));
  }
  if (*state.evaluated - floor_minute(now.wall) <= rules.jump) {
    if (state.before_jump && now.wall - *state.before_jump > rules.catch_up_most) state.before_jump.reset();
    return "";
  }
  const Time minute = floor_minute(now.wall);
  std::string said = fmt::format("the clock went back by {}", format_duration(*state.evaluated - minute));
  state.evaluated = std::min(minute, state.before_jump.value_or(minute));
  state.before_jump.reset();
  pull_back(state, minute);
  return said;
}

std::optional<FetchPlan> plan_fetch(const WatchState& state, Time now, const FetchRules& rules) {
  const Time end = floor_minute(now);
  FetchPlan out;
  if (!state.evaluated) {
    out.collect = {floor_minute(end - rules.lookback), end};
    out.evaluate_from = end - kMinute;
    return out;
  }
  Time from = *state.evaluated;
  if (from >= end) return std::nullopt;
  if (end - from > rules.catch_up_most) {
    out.skipped = Window{from, end - rules.catch_up_most};
    from = out.skipped->end;
  }
  const Time to = std::min(end, from + rules.piece_most);
  out.more = to < end;
  out.evaluate_from = from;
  out.collect = {floor_minute(from - rules.overlap), to};
  return out;
}

}  // namespace culprit
