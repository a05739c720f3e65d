#include "alarms/alarm_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace culprit {

namespace {

using Crossing = AlarmRule::Crossing;

Comparison comparison_of(Crossing crossing) {
  switch (crossing) {
    case Crossing::kAbove:
      return Comparison::kGreater;
    case Crossing::kAtLeast:
      return Comparison::kGreaterOrEqual;
    case Crossing::kBelow:
      return Comparison::kLess;
    case Crossing::kAtMost:
      return Comparison::kLessOrEqual;
    case Crossing::kOutsideBand:
      return Comparison::kOutsideBand;
    case Crossing::kAboveBand:
      return Comparison::kAboveBand;
    case Crossing::kBelowBand:
      return Comparison::kBelowBand;
  }
  return Comparison::kGreater;
}

MissingData missing_of(std::string_view word) {
  if (word == "ignore") return MissingData::kIgnore;
  if (word == "breaching") return MissingData::kBreaching;
  if (word == "not-breaching") return MissingData::kNotBreaching;
  return MissingData::kMissing;
}

class Builder {
 public:
  explicit Builder(const System& system) : system_(system) { set_.system = system.name; }

  Result<AlarmSet> run() {
    for (const auto& rule : system_.alarms) add(rule);
    for (const auto& alert : system_.log_alerts)
      if (!alert.filter.empty() && !alert.alarm.empty()) add(alert);
    for (const auto& objective : system_.objectives) add(objective);
    if (auto ok = check(); !ok) return tl::unexpected(ok.error());
    return std::move(set_);
  }

 private:
  std::string description(std::string_view title, std::string_view row, std::string_view id) const {
    return fmt::format("{}{} [culprit {}/{}]", title, row.empty() ? "" : fmt::format(" ({})", row),
                       system_.name, id);
  }

  AlarmActions actions() const {
    AlarmActions out;
    out.alarm = out.ok = system_.alarm_actions;
    return out;
  }

  void add(const AlarmRule& rule) {
    const SystemMetric* metric = system_.metric(rule.signal);
    if (metric == nullptr) return;  // the reader of the file refuses it
    MetricAlarm alarm;
    alarm.name = rule.name;
    alarm.description = description(rule.title, rule.row, rule.id);
    alarm.comparison = comparison_of(rule.crossing);
    alarm.evaluation_periods = static_cast<int>(rule.periods);
    alarm.datapoints_to_alarm = static_cast<int>(rule.datapoints.value_or(rule.periods));
    alarm.missing = missing_of(rule.missing);
    alarm.actions = actions();
    const MetricStat stat{metric->metric, rule.statistic, rule.period, ""};
    if (alarm.watches_band()) {
      alarm.queries = {{"m1", stat, "", "", true, {}},
                       {"band",
                        std::nullopt,
                        fmt::format("ANOMALY_DETECTION_BAND(m1, {:g})", rule.bound),
                        "expected",
                        true,
                        {}}};
      alarm.band_id = "band";
    } else {
      alarm.stat = stat;
      alarm.threshold = rule.bound;
    }
    set_.origins.push_back({alarm.name, rule.id, rule.title, rule.row, metric->component});
    set_.alarms.push_back(std::move(alarm));
  }

  // The signal's component has the log.
  const Component* component_of_signal(std::string_view signal) const {
    return system_.component(signal.substr(0, signal.find('.')));
  }

  MetricId add_filter(std::string_view id, const Component& component, const std::string& pattern) {
    MetricFilter filter;
    filter.name = filter_prefix(system_.name) + std::string(id);
    filter.log_group = component.log_group;
    filter.pattern = pattern;
    filter.metric = {filter_namespace(system_.name), std::string(id), {}};
    filter.default_value = 0;
    set_.filters.push_back(filter);
    return filter.metric;
  }

  void add(const LogAlert& alert) {
    const Component* component = component_of_signal(alert.signal);
    if (component == nullptr || component->log_group.empty()) return;
    MetricAlarm alarm;
    alarm.name = alert.alarm;
    alarm.description = description(alert.title, alert.row, alert.id);
    alarm.stat = {add_filter(alert.id, *component, alert.filter), "Sum", alert.per, ""};
    alarm.threshold = alert.above;
    alarm.datapoints_to_alarm = 1;
    // No matching line is the good case, not an unknown one.
    alarm.missing = MissingData::kNotBreaching;
    alarm.actions = actions();
    set_.origins.push_back({alarm.name, alert.id, alert.title, alert.row, component->id});
    set_.alarms.push_back(std::move(alarm));
  }

  MetricAlarm burn_alarm(const Objective& objective, const BurnRate& burn, std::chrono::minutes window,
                         const MetricId& bad, const MetricId& all) const {
    MetricAlarm alarm;
    alarm.name = fmt::format("{}-burn{:g}x-{}", objective.name, burn.rate,
                             window.count() % 60 == 0 ? fmt::format("{}h", window.count() / 60)
                                                      : fmt::format("{}m", window.count()));
    alarm.description = description(fmt::format("{}: error budget burns {:g} times too fast over {}",
                                                objective.title, burn.rate, format_duration(window)),
                                    "", objective.id);
    const std::chrono::seconds period = window;
    alarm.queries = {{"bad", MetricStat{bad, "Sum", period, ""}, "", "", false, {}},
                     {"total", MetricStat{all, "Sum", period, ""}, "", "", false, {}},
                     {"share",
                      std::nullopt,
                      "IF(total > 0, 100 * FILL(bad, 0) / total, 0)",
                      "bad events, percent",
                      true,
                      {}}};
    alarm.threshold = burn.rate * (100 - objective.target);
    alarm.datapoints_to_alarm = 1;
    alarm.missing = MissingData::kNotBreaching;
    return alarm;
  }

  void add(const Objective& objective) {
    const Component* component = system_.component(objective.component);
    if (component == nullptr || component->log_group.empty()) return;
    const MetricId all = add_filter(objective.id + "-all", *component, objective.all_filter);
    const MetricId bad = add_filter(objective.id + "-bad", *component, objective.bad_filter);
    for (const auto& burn : burn_rates()) {
      // More than everything cannot be bad: such a step could never fire.
      if (burn.rate * (100 - objective.target) >= 100) continue;
      CompositeAlarm both;
      both.name = fmt::format("{}-{}-{:g}x", objective.name, burn.kind, burn.rate);
      both.description = description(
          fmt::format("{}: {:g} times the error budget, {}", objective.title, burn.rate, burn.kind), "",
          objective.id);
      for (const auto window : {burn.long_window, burn.short_window}) {
        auto alarm = burn_alarm(objective, burn, window, bad, all);
        both.rule += fmt::format("{}ALARM(\"{}\")", both.rule.empty() ? "" : " AND ", alarm.name);
        set_.origins.push_back({alarm.name, objective.id, objective.title, "", component->id});
        set_.alarms.push_back(std::move(alarm));
      }
      both.actions = actions();
      set_.origins.push_back({both.name, objective.id, objective.title, "", component->id});
      set_.composites.push_back(std::move(both));
    }
  }

  Result<void> check() {
    std::set<std::string> names;
    const auto taken = [&](const std::string& name) -> Result<void> {
      if (names.insert(name).second) return {};
      return fail(ErrorCode::kInput, fmt::format("two alarms have the name '{}'", name), system_.name,
                  "Give each alarm of the system file a name of its own.");
    };
    for (const auto& alarm : set_.alarms) {
      if (auto ok = taken(alarm.name); !ok) return ok;
      if (auto ok = check_alarm(alarm); !ok)
        return fail(ErrorCode::kInput, ok.error().what, alarm.name, "CloudWatch would refuse this alarm.");
    }
    for (const auto& composite : set_.composites)
      if (auto ok = taken(composite.name); !ok) return ok;
    return {};
  }

  const System& system_;
  AlarmSet set_;
};

}  // namespace

std::string filter_namespace(std::string_view system) { return fmt::format("Culprit/{}", system); }
std::string filter_prefix(std::string_view system) { return fmt::format("culprit-{}-", system); }

std::vector<BurnRate> burn_rates() {
  using std::chrono::minutes;
  return {{14.4, minutes(60), minutes(5), "page"},
          {6, minutes(360), minutes(30), "page"},
          {3, minutes(1440), minutes(120), "ticket"}};
}

const MetricAlarm* AlarmSet::alarm(std::string_view name) const {
  const auto found = std::ranges::find(alarms, name, &MetricAlarm::name);
  return found == alarms.end() ? nullptr : &*found;
}
const AlarmOrigin* AlarmSet::origin(std::string_view alarm) const {
  const auto found = std::ranges::find(origins, alarm, &AlarmOrigin::alarm);
  return found == origins.end() ? nullptr : &*found;
}
const MetricFilter* AlarmSet::filter_of(const MetricId& metric) const {
  const auto found = std::ranges::find(filters, metric, &MetricFilter::metric);
  return found == filters.end() ? nullptr : &*found;
}

Result<AlarmSet> alarms_of(const System& system) { return Builder(system).run(); }

}  // namespace culprit
