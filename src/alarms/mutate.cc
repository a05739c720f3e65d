#include "alarms/mutate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "alarms/mutation_lines.h"
#include "logs/filter_pattern.h"
#include "metrics/statistics.h"

namespace culprit {

namespace {

using Aggregate = Predicate::Aggregate;

constexpr double kSlowShare = 0.06;     // of the requests, so that the 95th percentile moves
constexpr double kRequestsIfNone = 60;  // a minute, when the recording holds no requests

bool is_duration(std::string_view signal) { return signal.ends_with("_ms") || signal.ends_with("_s"); }
bool is_share(std::string_view signal) { return signal == "error_rate" || signal == "database_share"; }

class Mutator {
 public:
  Mutator(const System& system, const AlarmSet& set, const Store& store, const RecordedMetrics& quiet,
          const Window& window, const MutationOptions& options)
      : system_(system), set_(set), store_(store), quiet_(quiet), window_(window), options_(options) {
    const Time middle = floor_minute(window.start + window.length() / 2);
    injected_ = {middle, std::min(middle + options.length, window.end)};
  }

  Result<MutationTest> run() {
    RecordedMetrics untouched = quiet_;
    auto before = backtest(set_, untouched, window_, injected_.start);
    if (!before) return tl::unexpected(before.error());
    MutationTest out{injected_, {}};
    for (const auto& issue : system_.known_issues) {
      auto mutation = test(issue, *before);
      if (!mutation) return tl::unexpected(mutation.error());
      out.mutations.push_back(std::move(*mutation));
    }
    return out;
  }

 private:
  Result<Mutation> test(const KnownIssue& issue, const Backtest& before) {
    Mutation out{issue.id, issue.title, issue.row, {}, {}};
    RecordedMetrics changed = quiet_;
    for (const auto& injection : injections_of(issue)) {
      out.injections.push_back(injection);
      inject(out.injections.back(), changed);
    }
    const auto after = backtest(set_, changed, window_, injected_.start);
    if (!after) return tl::unexpected(after.error());
    for (std::size_t i = 0; i < after->alarms.size(); ++i) {
      const auto& alarm = after->alarms[i];
      // What fired without the issue, too, did not see it.
      if (!alarm.fired || before.alarms[i].fired == alarm.fired) continue;
      out.seen.push_back({alarm.alarm, *alarm.delay});
    }
    std::ranges::sort(out.seen, {}, &Mutation::Seen::after);
    return out;
  }

  // One for each signal: the strongest that any symptom asks for.
  std::vector<Injection> injections_of(const KnownIssue& issue) {
    std::vector<Injection> out;
    for (const auto& symptom : issue.symptoms) {
      Injection injection = injection_of(symptom);
      const auto same = std::ranges::find(out, injection.signal, &Injection::signal);
      if (same == out.end())
        out.push_back(std::move(injection));
      else if (injection.value > same->value && !symptom.when.below)
        *same = std::move(injection);
    }
    return out;
  }

  // The least value at which the predicate holds, times the strength.
  double wanted(const Predicate& when, std::optional<double> usual) const {
    if (when.below) return *when.below * 0.5;
    double value = 0;
    if (when.above) value = *when.above * options_.strength;
    if (when.above_baseline)
      value =
          std::max(usual.value_or(0) * *when.above_baseline, when.min_value.value_or(0)) * options_.strength;
    return value;
  }

  Injection injection_of(const Symptom& symptom) {
    Injection out;
    out.signal = symptom.when.signal;
    out.says = symptom.says;
    if (const SystemMetric* metric = system_.metric(out.signal);
        metric != nullptr && metric->signal.empty()) {
      out.kind = Injection::Kind::kMetric;
      out.value = wanted(symptom.when, usual_of(*metric));
      if (metric->unit == "percent") out.value = std::min(out.value, 100.0);
      return out;
    }
    const std::size_t dot = out.signal.find('.');
    const Component* component = system_.component(out.signal.substr(0, dot));
    const std::string name = out.signal.substr(dot + 1);
    const double level = wanted(symptom.when, std::nullopt);
    if (component != nullptr && !symptom.when.below) out.line = line_for(out.signal, name, *component, level);
    if (out.line.empty()) {
      out.why_not = symptom.when.below ? "what is missing cannot be written into a log"
                                       : "no line of a log and no metric carries it";
      return out;
    }
    out.kind = Injection::Kind::kLines;
    out.value = lines_per_minute(symptom.when, name, level, *component);
    return out;
  }

  std::string line_for(const std::string& signal, std::string_view name, const Component& component,
                       double level) const {
    const auto pattern = std::ranges::find(system_.patterns, signal, &LogPattern::id);
    if (pattern != system_.patterns.end())
      return pattern->any_of.empty() ? std::string() : pattern->any_of.front();
    return line_of(name, component, level);
  }

  double lines_per_minute(const Predicate& when, std::string_view name, double level,
                          const Component& component) {
    if (is_share(name)) return std::max(1.0, std::ceil(level / 100 * requests_per_minute(component)));
    if (is_duration(name)) return std::max(1.0, std::ceil(kSlowShare * requests_per_minute(component)));
    if (name == "in_list_max") return 1;
    const double minutes = static_cast<double>(injected_.length() / std::chrono::minutes(1));
    if (when.aggregate == Aggregate::kSum) return std::ceil((std::floor(level) + 1) / std::max(1.0, minutes));
    return std::floor(level) + 1;
  }

  double requests_per_minute(const Component& component) {
    const auto pattern = MessagePattern::filter("Completed");
    if (!pattern) return kRequestsIfNone;
    const auto counts = store_.count_matches({{component.log_group}, window_}, LogSearch({*pattern}),
                                             std::chrono::minutes(1));
    if (!counts || counts->front().total == 0) return kRequestsIfNone;
    return static_cast<double>(counts->front().total) /
           std::max(1.0, static_cast<double>(window_.length() / std::chrono::minutes(1)));
  }

  std::optional<double> usual_of(const SystemMetric& metric) const {
    const auto all = store_.series(metric.metric, window_);
    if (!all) return std::nullopt;
    for (const auto& series : *all)
      if (series.statistic == "Average" && !series.points.empty()) {
        std::vector<double> values;
        for (const auto& p : series.points) values.push_back(p.value);
        return median(std::move(values));
      }
    return std::nullopt;
  }

  // Changes the recording, and counts the alarms that read what was changed.
  void inject(Injection& injection, RecordedMetrics& metrics) const {
    std::vector<MetricId> touched;
    if (injection.kind == Injection::Kind::kMetric) {
      const MetricId& metric = system_.metric(injection.signal)->metric;
      metrics.overlay(metric, injected_, injection.value);
      touched.push_back(metric);
    } else if (injection.kind == Injection::Kind::kLines) {
      const Component* component = system_.component(injection.signal.substr(0, injection.signal.find('.')));
      for (const auto& filter : set_.filters) {
        if (component == nullptr || filter.log_group != component->log_group) continue;
        const auto pattern = FilterPattern::parse(filter.pattern);
        if (!pattern || !pattern->matches(injection.line)) continue;
        metrics.add_counts(filter.metric, injected_, injection.value);
        touched.push_back(filter.metric);
      }
    }
    for (const auto& alarm : set_.alarms)
      injection.alarms += std::ranges::any_of(stats_of(alarm), [&](const MetricStat& stat) {
        return std::ranges::find(touched, stat.metric) != touched.end();
      });
  }

  const System& system_;
  const AlarmSet& set_;
  const Store& store_;
  const RecordedMetrics& quiet_;
  Window window_, injected_;
  MutationOptions options_;
};

}  // namespace

std::size_t MutationTest::silent() const {
  return static_cast<std::size_t>(std::ranges::count_if(mutations, &Mutation::silent));
}

Result<MutationTest> mutate(const System& system, const AlarmSet& set, const Store& store,
                            const RecordedMetrics& quiet, const Window& window,
                            const MutationOptions& options) {
  return Mutator(system, set, store, quiet, window, options).run();
}

}  // namespace culprit
