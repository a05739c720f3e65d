#include "system/read_alarms.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace culprit {

namespace {

using Crossing = AlarmRule::Crossing;

struct CrossingKey {
  std::string_view key;
  Crossing crossing;
};
constexpr std::array<CrossingKey, 7> kCrossings = {{{"above", Crossing::kAbove},
                                                    {"at_least", Crossing::kAtLeast},
                                                    {"below", Crossing::kBelow},
                                                    {"at_most", Crossing::kAtMost},
                                                    {"outside_band", Crossing::kOutsideBand},
                                                    {"above_band", Crossing::kAboveBand},
                                                    {"below_band", Crossing::kBelowBand}}};

Field<AlarmRule> crossing(const CrossingKey& key) {
  return {key.key, [key](Reading& reading, const YamlNode& node, AlarmRule& rule) {
            const auto bound = read_number(reading, node, key.key);
            if (!bound) return;
            rule.crossing = key.crossing;
            rule.bound = *bound;
          }};
}

// Whole periods, as many as CloudWatch could take.
template <class Member>
Field<AlarmRule> whole_number(std::string_view key, Member AlarmRule::*member) {
  return {key, [=](Reading& reading, const YamlNode& node, AlarmRule& rule) {
            const auto number = read_number(reading, node, key);
            if (!number) return;
            if (*number < 1 || *number > 1440 || *number != std::floor(*number))
              reading.problem(node, fmt::format("{} must be a whole number of periods from 1", key));
            else
              rule.*member = *number;
          }};
}

const Fields<AlarmRule>& alarm_fields() {
  static const Fields<AlarmRule> fields = [] {
    Fields<AlarmRule> out{
        "alarm",
        {id("id", &AlarmRule::id, NameKind::kAlarm).required(), text("name", &AlarmRule::name).required(),
         text("title", &AlarmRule::title),
         reference("signal", &AlarmRule::signal, NameKind::kSignal).required(),
         text("statistic", &AlarmRule::statistic), duration("period", &AlarmRule::period),
         whole_number("periods", &AlarmRule::periods), whole_number("datapoints", &AlarmRule::datapoints),
         word("missing", &AlarmRule::missing, {"missing", "ignore", "breaching", "not-breaching"}),
         text("row", &AlarmRule::row), word("severity", &AlarmRule::severity, {"P0", "P1", "P2", "P3"})}};
    for (const auto& key : kCrossings) out.fields.push_back(crossing(key));
    return out;
  }();
  return fields;
}

void check_alarm_rule(Reading& reading, const YamlNode& node, const AlarmRule& rule, const System& system) {
  if (node.kind != YamlNode::Kind::kMap) return;
  const auto bounds = std::ranges::count_if(
      kCrossings, [&](const CrossingKey& key) { return node.find(key.key) != nullptr; });
  if (bounds != 1)
    reading.problem(
        node, fmt::format("alarm '{}' needs exactly one bound", rule.id),
        "Write above, at_least, below or at_most with a threshold, or outside_band, above_band or "
        "below_band with a width.");
  const SystemMetric* metric = system.metric(rule.signal);
  if (const YamlNode* at = node.find("signal");
      at != nullptr && (metric == nullptr || !metric->signal.empty()))
    reading.problem(
        *at, fmt::format("'{}' is no metric that CloudWatch has", rule.signal),
        "An alarm watches a metric of this file with `id` and `metric`; for log events write a log alert "
        "with `filter` and `alarm`.");
  if (rule.datapoints && *rule.datapoints > rule.periods)
    reading.problem(node, fmt::format("alarm '{}' wants {:g} datapoints out of {:g} periods", rule.id,
                                      *rule.datapoints, rule.periods));
}

const Fields<Objective>& objective_fields() {
  static const Fields<Objective> fields{
      "objective",
      {id("id", &Objective::id, NameKind::kObjective).required(), text("title", &Objective::title).required(),
       reference("component", &Objective::component, NameKind::kComponent).required(),
       number("target", &Objective::target).required(), filter("all", &Objective::all_filter).required(),
       filter("bad", &Objective::bad_filter).required(), text("name", &Objective::name).required()}};
  return fields;
}

}  // namespace

void read_alarms(Reading& reading, const YamlNode& node, System& system) {
  for_each_item(reading, node, "alarms", [&](const YamlNode& item) {
    AlarmRule rule;
    read_map(reading, item, alarm_fields(), rule);
    check_alarm_rule(reading, item, rule, system);
    if (rule.title.empty()) rule.title = rule.name;
    system.alarms.push_back(std::move(rule));
  });
}

void read_objectives(Reading& reading, const YamlNode& node, System& system) {
  for_each_item(reading, node, "objectives", [&](const YamlNode& item) {
    Objective objective;
    read_map(reading, item, objective_fields(), objective);
    if (const YamlNode* at = item.find("target");
        at != nullptr && objective.target != 0 && (objective.target < 50 || objective.target >= 100))
      reading.problem(*at, "target is a percentage of good events from 50 to below 100");
    const Component* component = system.component(objective.component);
    if (component != nullptr && component->log_group.empty())
      reading.problem(item, fmt::format("objective '{}' needs a log group: '{}' has none", objective.id,
                                        objective.component));
    system.objectives.push_back(std::move(objective));
  });
}

}  // namespace culprit
