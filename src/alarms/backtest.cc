#include "alarms/backtest.h"

#include <algorithm>
#include <map>

#include "alarms/composite_rule.h"

namespace culprit {

namespace {

void judge(AlarmBacktest& out, const Window& window, std::optional<Time> onset) {
  std::optional<Time> since;
  for (const auto& t : out.transitions) {
    if (t.to == AlarmState::kAlarm) {
      since = t.time;
      if (!onset || t.time < *onset)
        out.false_alarms.push_back(t.time);
      else if (!out.fired)
        out.fired = t.time;
    } else if (since) {
      out.in_alarm += t.time - *since;
      since.reset();
    }
  }
  if (since) out.in_alarm += window.end - *since;
  // An alarm that was on already when the incident began told of it no sooner than it began.
  if (out.fired && onset) out.delay = *out.fired - *onset;
}

AlarmState state_at(const std::vector<Transition>& transitions, Time time) {
  AlarmState state = AlarmState::kInsufficientData;
  for (const auto& t : transitions) {
    if (t.time > time) break;
    state = t.to;
  }
  return state;
}

// The composite changes when a child does.
Result<AlarmBacktest> replay_composite(const CompositeAlarm& alarm,
                                       const std::vector<AlarmBacktest>& children, const Window& window) {
  const auto rule = CompositeRule::parse(alarm.rule);
  if (!rule) return tl::unexpected(rule.error());
  AlarmBacktest out;
  out.alarm = alarm.name;
  out.composite = true;
  std::map<std::string, const AlarmBacktest*, std::less<>> by_name;
  std::vector<Time> times{window.start + std::chrono::minutes(1)};
  for (const auto& child : children)
    if (std::ranges::find(rule->children(), child.alarm) != rule->children().end()) {
      by_name[child.alarm] = &child;
      out.points = std::max(out.points, child.points);
      for (const auto& t : child.transitions) times.push_back(t.time);
    }
  std::ranges::sort(times);
  AlarmState state = AlarmState::kInsufficientData;
  for (const Time time : times) {
    const AlarmState now = rule->evaluate([&](std::string_view name) -> std::optional<AlarmState> {
      const auto found = by_name.find(name);
      if (found == by_name.end()) return std::nullopt;
      return state_at(found->second->transitions, time);
    });
    if (now == state) continue;
    out.transitions.push_back(
        {time, state, now, "the rule " + std::string(now == AlarmState::kAlarm ? "holds" : "does not hold")});
    state = now;
  }
  return out;
}

}  // namespace

const AlarmBacktest* Backtest::first_to_fire() const {
  const AlarmBacktest* first = nullptr;
  for (const auto& alarm : alarms)
    if (alarm.fired && (first == nullptr || *alarm.fired < *first->fired)) first = &alarm;
  return first;
}

std::size_t Backtest::false_alarms() const {
  std::size_t out = 0;
  for (const auto& alarm : alarms) out += alarm.false_alarms.size();
  return out;
}

Result<Backtest> backtest(const AlarmSet& set, RecordedMetrics& metrics, const Window& window,
                          std::optional<Time> onset) {
  Backtest out{window, onset, {}};
  for (const auto& alarm : set.alarms) {
    AlarmBacktest one;
    one.alarm = alarm.name;
    for (const auto& stat : stats_of(alarm))
      one.points = std::max(one.points, metrics.held(stat.metric).points);
    auto transitions = replay(alarm, metrics, window);
    if (!transitions) return tl::unexpected(transitions.error());
    one.transitions = std::move(*transitions);
    judge(one, window, onset);
    out.alarms.push_back(std::move(one));
  }
  for (const auto& composite : set.composites) {
    auto one = replay_composite(composite, out.alarms, window);
    if (!one) return tl::unexpected(one.error());
    judge(*one, window, onset);
    out.alarms.push_back(std::move(*one));
  }
  return out;
}

}  // namespace culprit
