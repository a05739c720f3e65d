#include "watch/evaluate_minutes.h"

#include <fmt/format.h>

#include <algorithm>

#include "alarms/composite_rule.h"

namespace culprit {

namespace {

constexpr std::chrono::minutes kMinute{1};

std::string why_not(const MetricAlarm& alarm, const AlarmSet& set, const System& system) {
  if (alarm.watches_band()) return "it watches a band, which CloudWatch learns from two weeks of data";
  if (alarm.period() < kMinute) return "its period is below a minute";
  for (const auto& stat : stats_of(alarm)) {
    if (set.filter_of(stat.metric) != nullptr) continue;
    const bool collected = std::ranges::any_of(system.metrics, [&](const SystemMetric& m) {
      const auto has = [&](const std::vector<std::string>& list) {
        return std::ranges::find(list, stat.statistic) != list.end();
      };
      return m.signal.empty() && m.metric == stat.metric && (has(m.statistics) || has(m.extra_statistics));
    });
    if (!collected)
      return fmt::format("the system file's metrics do not list {} {} {}", stat.metric.name_space,
                         stat.metric.name, stat.statistic);
  }
  return "";
}

}  // namespace

Watchable watchable(const AlarmSet& all, const System& system) {
  Watchable out;
  out.set = all;
  out.set.alarms.clear();
  for (const auto& alarm : all.alarms) {
    if (const auto why = why_not(alarm, all, system); !why.empty()) {
      out.cannot.push_back(fmt::format("{}: {}", alarm.name, why));
      continue;
    }
    for (const auto& stat : stats_of(alarm)) {
      auto& longest = out.looks_back[stat.metric];
      longest = std::max(longest, range_of(alarm, Time{}).length());
    }
    out.set.alarms.push_back(alarm);
  }
  return out;
}

bool opens_incident(const AlarmSet& set, const std::string& alarm) {
  return std::ranges::none_of(set.composites, [&](const CompositeAlarm& composite) {
    const auto rule = CompositeRule::parse(composite.rule);
    return rule && std::ranges::find(rule->children(), alarm) != rule->children().end();
  });
}

Result<std::vector<MinuteChanges>> evaluate_minutes(const AlarmSet& set, RecordedMetrics& metrics,
                                                    const std::map<std::string, AlarmMemory>& before,
                                                    Time after, Time until) {
  std::map<std::string, AlarmState, std::less<>> states;
  for (const auto& [name, memory] : before) states[name] = memory.state;
  std::vector<std::pair<const CompositeAlarm*, CompositeRule>> composites;
  for (const auto& composite : set.composites) {
    auto rule = CompositeRule::parse(composite.rule);
    if (!rule) return tl::unexpected(rule.error());
    composites.emplace_back(&composite, std::move(*rule));
  }
  std::vector<MinuteChanges> out;
  for (Time minute = floor_minute(after) + kMinute; minute <= until; minute += kMinute) {
    MinuteChanges now{minute, {}};
    const auto decide = [&](const std::string& name, AlarmState to, std::string reason) {
      auto& state = states.try_emplace(name, AlarmState::kInsufficientData).first->second;
      if (state == to) return;
      state = to;
      now.changes.push_back({name, to, std::move(reason)});
    };
    for (const auto& alarm : set.alarms) {
      const auto range = alarm_datapoints(alarm, minute, metrics);
      if (!range) return fail(ErrorCode::kInput, range.error().what, alarm.name, range.error().hint);
      const auto known = states.find(alarm.name);
      auto found =
          evaluate(alarm, *range, known == states.end() ? AlarmState::kInsufficientData : known->second);
      decide(alarm.name, found.state, std::move(found.reason));
    }
    for (const auto& [composite, rule] : composites) {
      const auto state = rule.evaluate([&](std::string_view name) -> std::optional<AlarmState> {
        const auto known = states.find(name);
        return known == states.end() ? std::nullopt : std::optional(known->second);
      });
      decide(composite->name, state, fmt::format("{} holds", composite->rule));
    }
    out.push_back(std::move(now));
  }
  return out;
}

}  // namespace culprit
