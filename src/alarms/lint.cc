#include "alarms/lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "alarms/alarm_document.h"
#include "alarms/composite_rule.h"
#include "alarms/tune.h"

namespace culprit {

namespace {

using Severity = LintFinding::Severity;

constexpr double kUsdComposite = 0.50;

// Dimensions without which AWS publishes no datapoint of one resource.
struct Needed {
  std::string_view name_space;
  std::vector<std::string_view> dimensions;
  std::string_view otherwise;  // what is read without them
};
const std::vector<Needed>& needed_dimensions() {
  static const std::vector<Needed> needed = {
      {"AWS/ECS",
       {"ClusterName"},
       "ECS publishes nothing without ClusterName (and ServiceName for one service)"},
      {"AWS/RDS",
       {"DBInstanceIdentifier"},
       "RDS publishes an instance's figures with DBInstanceIdentifier; without it the alarm does not watch "
       "the instance"},
      {"AWS/ApplicationELB", {"LoadBalancer"}, "a load balancer's figures come with LoadBalancer"},
      {"AWS/ElastiCache", {"CacheClusterId"}, "a cache's figures come with CacheClusterId"},
      {"AWS/SQS", {"QueueName"}, "a queue's figures come with QueueName"},
      {"AWS/EC2", {"InstanceId"}, "an instance's figures come with InstanceId"},
      {"AWS/Lambda", {"FunctionName"}, "a function's figures come with FunctionName"}};
  return needed;
}

// Metrics that fall silent together with what they tell of.
bool is_of_a_resource(const MetricId& metric) { return metric.name_space.starts_with("AWS/"); }

class Linter {
 public:
  Linter(const AlarmSet& set, RecordedMetrics* history, const std::optional<Window>& window)
      : set_(set), history_(history), window_(window) {
    for (const auto& composite : set.composites)
      if (const auto rule = CompositeRule::parse(composite.rule))
        children_.insert(rule->children().begin(), rule->children().end());
  }

  std::vector<LintFinding> run() {
    for (const auto& alarm : set_.alarms) {
      check_form(alarm);
      check_dimensions(alarm);
      check_actions(alarm);
      check_missing_data(alarm);
      if (history_ != nullptr && window_) check_history(alarm);
    }
    for (const auto& composite : set_.composites) check_composite(composite);
    check_duplicates();
    check_cost();
    return std::move(out_);
  }

 private:
  void say(Severity severity, std::string_view rule, std::string_view alarm, std::string what,
           std::string hint) {
    out_.push_back({severity, std::string(rule), std::string(alarm), std::move(what), std::move(hint)});
  }

  void check_form(const MetricAlarm& alarm) {
    if (const auto ok = check_alarm(alarm); !ok)
      say(Severity::kError, "refused", alarm.name, "CloudWatch would refuse it: " + ok.error().what,
          ok.error().hint);
  }

  void check_dimensions(const MetricAlarm& alarm) {
    for (const auto& stat : stats_of(alarm))
      for (const auto& needed : needed_dimensions()) {
        if (stat.metric.name_space != needed.name_space) continue;
        std::string missing;
        for (const auto& name : needed.dimensions)
          if (std::ranges::find(stat.metric.dimensions, name, &Dimension::name) ==
              stat.metric.dimensions.end())
            missing += fmt::format("{}{}", missing.empty() ? "" : ", ", name);
        if (missing.empty()) continue;
        say(Severity::kError, "missing-dimensions", alarm.name,
            fmt::format(
                "{} {} has no dimension {}. To CloudWatch the dimensions are part of a metric's name, so "
                "this "
                "is another metric, of which there are no datapoints: the alarm stays INSUFFICIENT_DATA for "
                "ever. {}.",
                stat.metric.name_space, stat.metric.name, missing, needed.otherwise),
            fmt::format("Add {} with the resource's name.", missing));
      }
  }

  void check_actions(const MetricAlarm& alarm) {
    if (children_.contains(alarm.name)) return;  // its composite tells
    if (!alarm.actions.enabled)
      say(Severity::kWarning, "no-action", alarm.name, "its actions are switched off, so nobody hears of it",
          "Enable its actions.");
    else if (alarm.actions.alarm.empty())
      say(Severity::kWarning, "no-action", alarm.name, "it has no action for ALARM, so nobody hears of it",
          "Set alarm_actions in the system file, for example to an SNS topic's ARN.");
  }

  void check_missing_data(const MetricAlarm& alarm) {
    if (alarm.missing != MissingData::kNotBreaching && alarm.missing != MissingData::kIgnore) return;
    for (const auto& stat : stats_of(alarm)) {
      if (!is_of_a_resource(stat.metric)) continue;
      say(Severity::kWarning, "hides-outage", alarm.name,
          fmt::format("missing data count as {}: when the resource is gone, so is {}, and the alarm stays {}",
                      alarm.missing == MissingData::kIgnore ? "no news" : "good", stat.metric.name,
                      alarm.missing == MissingData::kIgnore ? "as it was" : "OK"),
          "Use missing or breaching, or watch the resource's state with another alarm.");
      return;
    }
  }

  void check_composite(const CompositeAlarm& composite) {
    const auto rule = CompositeRule::parse(composite.rule);
    if (!rule) {
      say(Severity::kError, "refused", composite.name, rule.error().what, rule.error().hint);
      return;
    }
    for (const auto& child : rule->children())
      if (set_.alarm(child) == nullptr &&
          std::ranges::find(set_.composites, child, &CompositeAlarm::name) == set_.composites.end())
        say(Severity::kWarning, "unknown-child", composite.name,
            fmt::format("its rule speaks of '{}', which is no alarm of this set", child), "Check the name.");
    if (composite.actions.alarm.empty())
      say(Severity::kWarning, "no-action", composite.name,
          "it has no action for ALARM, so nobody hears of it",
          "Set alarm_actions in the system file, for example to an SNS topic's ARN.");
  }

  void check_history(const MetricAlarm& alarm) {
    std::size_t points = 0;
    for (const auto& stat : stats_of(alarm)) {
      const auto held = history_->held(stat.metric);
      points = std::max(points, held.points);
      if (held.points > 0 && !held.from_log && stat.period < held.period)
        say(Severity::kWarning, "period-too-fine", alarm.name,
            fmt::format("its period of {} is finer than the metric's {}: most of its datapoints are missing",
                        format_duration(stat.period), format_duration(held.period)),
            fmt::format("Use a period of at least {}.", format_duration(held.period)));
    }
    if (points == 0) {
      say(Severity::kError, "no-data", alarm.name,
          fmt::format("{} has no datapoint in the recording", to_string(stats_of(alarm).front().metric)),
          "Check namespace, name and dimensions; a metric filter needs its log group in the recording.");
      return;
    }
    check_crossings(alarm);
  }

  void check_crossings(const MetricAlarm& alarm) {
    std::size_t seen = 0, crossed = 0;
    double nearest = 0;
    bool any = false;
    for (Time t = floor_minute(window_->start) + std::chrono::minutes(1); t <= window_->end;
         t += std::chrono::minutes(1)) {
      const auto range = alarm_datapoints(alarm, t, *history_);
      if (!range || range->empty() || !range->back().value) continue;
      ++seen;
      crossed += breaches(alarm, range->back());
      const double v = *range->back().value;
      const bool upward =
          alarm.comparison == Comparison::kGreater || alarm.comparison == Comparison::kGreaterOrEqual;
      nearest = !any ? v : upward ? std::max(nearest, v) : std::min(nearest, v);
      any = true;
    }
    if (seen == 0) return;
    if (crossed == seen)
      say(Severity::kWarning, "always-crossed", alarm.name,
          fmt::format("its threshold was crossed in all {} minutes of the recording", seen),
          "Raise the threshold: `culprit alarms tune` proposes one.");
    else if (crossed == 0)
      say(Severity::kNote, "never-crossed", alarm.name,
          alarm.watches_band()
              ? fmt::format("its band was never left in {} minutes", seen)
              : fmt::format(
                    "its threshold of {:g} was never crossed in {} minutes; the nearest value was {:.4g}",
                    alarm.threshold, seen, nearest),
          "Fine for a quiet recording. If the recording holds an incident, see `culprit alarms tune`.");
  }

  void check_duplicates() {
    std::map<std::string, std::string> first;
    for (const auto& alarm : set_.alarms) {
      auto document = document_of(alarm);
      for (const std::string_view own : {"AlarmName", "AlarmDescription", "AlarmActions", "OKActions",
                                         "InsufficientDataActions", "ActionsEnabled"})
        document.erase(own);
      const auto [it, fresh] = first.emplace(boost::json::serialize(document), alarm.name);
      if (!fresh)
        say(Severity::kWarning, "duplicate", alarm.name,
            fmt::format("it watches the same as '{}' in the same way: one cause pages twice", it->second),
            "Remove one.");
    }
  }

  void check_cost() {
    double usd = kUsdComposite * static_cast<double>(set_.composites.size());
    for (const auto& alarm : set_.alarms) {
      const double one = usd_per_month(alarm);
      usd += one;
      if (alarm.period() < std::chrono::seconds(60))
        say(Severity::kNote, "cost", alarm.name,
            fmt::format("a period below one minute costs ${:.2f} a month instead of ${:.2f}", one, one / 3),
            "Use 60 s where a minute is soon enough.");
    }
    say(Severity::kNote, "cost", "",
        fmt::format("{} alarms and {} composite alarms cost ${:.2f} a month (list price us-east-1)",
                    set_.alarms.size(), set_.composites.size(), usd),
        "");
  }

  const AlarmSet& set_;
  RecordedMetrics* history_;
  std::optional<Window> window_;
  std::set<std::string> children_;
  std::vector<LintFinding> out_;
};

}  // namespace

std::string_view to_string(LintFinding::Severity severity) {
  constexpr std::string_view kNames[] = {"note", "warning", "error"};
  return kNames[static_cast<std::size_t>(severity)];
}

std::vector<LintFinding> lint_alarms(const AlarmSet& set, RecordedMetrics* history,
                                     const std::optional<Window>& window) {
  return Linter(set, history, window).run();
}

}  // namespace culprit
