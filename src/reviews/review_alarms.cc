#include <algorithm>

#include "alarms/backtest.h"
#include "alarms/composite_rule.h"
#include "engine/search.h"
#include "reviews/review_parts.h"

namespace culprit {

namespace {

// Alarms that only feed a composite: it is the composite that tells anybody.
Result<std::vector<std::string>> fed_alarms(const AlarmSet& set) {
  std::vector<std::string> out;
  for (const auto& composite : set.composites) {
    const auto rule = CompositeRule::parse(composite.rule);
    if (!rule) return tl::unexpected(rule.error());
    std::ranges::copy(rule->children(), std::back_inserter(out));
  }
  return out;
}

Result<void> alarms(const Store& store, const AlarmSet& set, Review& out) {
  auto metrics = RecordedMetrics::load(store, set, out.week);
  if (!metrics) return tl::unexpected(metrics.error());
  const auto result = backtest(set, *metrics, out.week, std::nullopt);
  if (!result) return tl::unexpected(result.error());
  const auto fed = fed_alarms(set);
  if (!fed) return tl::unexpected(fed.error());
  for (const auto& one : result->alarms) {
    if (std::ranges::find(*fed, one.alarm) != fed->end()) continue;
    AlarmReview row;
    row.name = one.alarm;
    if (const auto* origin = set.origin(one.alarm)) {
      row.title = origin->title;
      row.row = origin->row;
    }
    row.seen = one.points > 0;
    row.fired = one.false_alarms;  // without an onset, every ALARM
    row.in_alarm = one.in_alarm;
    out.alarms.push_back(std::move(row));
  }
  // Those that fired first.
  std::ranges::stable_sort(
      out.alarms, [](const AlarmReview& a, const AlarmReview& b) { return a.fired.size() > b.fired.size(); });
  return {};
}

Result<void> objectives(const Store& store, const System& system, Review& out) {
  const Window month{std::max(out.before.start, out.week.end - std::chrono::days(kDaysBefore)), out.week.end};
  for (const auto& objective : system.objectives) {
    const Component* component = system.component(objective.component);
    if (component == nullptr || component->log_group.empty()) continue;
    std::vector<MessagePattern> patterns;
    for (const auto& filter : {objective.all_filter, objective.bad_filter}) {
      auto pattern = MessagePattern::filter(filter);
      if (!pattern) return tl::unexpected(pattern.error());
      patterns.push_back(std::move(*pattern));
    }
    const LogSearch search(std::move(patterns));
    ObjectiveReview row{objective.id, objective.title, objective.target, 0, 0, 0, 0, 0};
    // Bad events are those of all that match the second pattern as well; filters are written so.
    const auto week = store.count_matches({{component->log_group}, out.week}, search, std::chrono::days(1));
    if (!week) return tl::unexpected(week.error());
    const auto all = store.count_matches({{component->log_group}, month}, search, std::chrono::days(1));
    if (!all) return tl::unexpected(all.error());
    row.all = week->front().total;
    row.bad = std::min(week->back().total, row.all);
    row.all_month = all->front().total;
    row.bad_month = std::min(all->back().total, row.all_month);
    row.days_month = static_cast<std::size_t>(month.length() / std::chrono::days(1));
    out.objectives.push_back(std::move(row));
  }
  return {};
}

}  // namespace

Result<void> review_alarms(const Store& store, const System& system, Review& out) {
  const auto set = alarms_of(system);
  if (!set) return tl::unexpected(set.error());
  if (auto done = alarms(store, *set, out); !done) return done;
  return objectives(store, system, out);
}

}  // namespace culprit
