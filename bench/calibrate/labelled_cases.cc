#include "labelled_cases.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <random>

#include "alarms/mutation_lines.h"
#include "incident_model.h"

namespace culprit::bench {

namespace {

constexpr double kSlowShare = 0.08;         // of the requests, so that the 95th percentile moves
constexpr double kRequestsPerMinute = 400;  // as the recordings have
constexpr double kResponsesPerMinute = 5;   // of the AI backend
constexpr double kStrengthLow = 0.4, kStrengthHigh = 2.0;
constexpr auto kShortest = std::chrono::minutes(6);
constexpr auto kLongest = std::chrono::minutes(14);
constexpr auto kBaselineLeast = std::chrono::minutes(10);

class Drawing {
 public:
  Drawing(const System& system, const QuietStretch& quiet, std::uint32_t seed, const DrawOptions& options)
      : system_(system), quiet_(quiet), options_(options), random_(seed) {}

  LabelledCase draw() {
    place();
    const bool incident = chance(options_.incident_share);
    if (incident) {
      const auto& models = cause_models();
      const auto& model = models[below(models.size())];
      out_.cause = model.cause;
      const double strength = between(kStrengthLow, kStrengthHigh);
      for (const auto& effect : model.effects) add(effect, strength, out_.onset, out_.window.end);
    }
    const auto count = std::poisson_distribution<int>(options_.nuisances_mean)(random_);
    for (int i = 0; i < count; ++i) {
      const auto& nuisance = nuisances()[below(nuisances().size())];
      const Time from = out_.window.start + minutes(uniform(0, 0.7) * length_minutes());
      const Time to = std::min(out_.window.end, from + minutes(uniform(2, 8)));
      for (const auto& effect : nuisance.effects) add(effect, 1, from, to);
    }
    if (chance(options_.hidden_share)) hide();
    return std::move(out_);
  }

 private:
  static Duration minutes(double m) { return Duration(static_cast<std::int64_t>(m * 60'000)); }
  double length_minutes() const { return static_cast<double>(out_.window.length().count()) / 60'000; }
  double uniform(double low, double high) { return std::uniform_real_distribution(low, high)(random_); }
  double between(double low, double high) { return std::exp(uniform(std::log(low), std::log(high))); }
  bool chance(double share) { return uniform(0, 1) < share; }
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }

  // The window as somebody who was called would choose it: a little before the onset, sometimes after it.
  void place() {
    const auto length = kShortest + minutes(uniform(0, 8));
    const auto room = quiet_.extent.length() - kBaselineLeast - kLongest;
    out_.window.start = floor_minute(quiet_.extent.start + kBaselineLeast +
                                     minutes(uniform(0, static_cast<double>(room.count()) / 60'000)));
    out_.window.end = floor_minute(out_.window.start + length);
    out_.onset = out_.window.start + minutes(chance(0.15) ? -uniform(0, 2) : uniform(0, 3));
  }

  void add(const Effect& effect, double strength, Time from, Time to) {
    if (!chance(effect.chance)) return;
    const double level = effect.low == effect.high ? effect.low : between(effect.low, effect.high);
    const std::string signal(effect.signal);
    const auto* component = system_.component(signal.substr(0, signal.find('.')));
    const std::string name = signal.substr(signal.find('.') + 1);
    if (component == nullptr) return;
    if (const auto* metric = system_.metric(signal); metric != nullptr && metric->signal.empty())
      out_.injection.metrics.push_back({metric->metric, {from, to}, level});
    else if (name == "task_memory_kills" || name == "tasks_stopped")
      stop_tasks(*component, name == "task_memory_kills", static_cast<int>(std::lround(level)), from, to);
    else if (name == "failed_deployments")
      fail_deployment(*component, from);
    else
      lines(effect, *component, name, level, strength, from, to);
  }

  void lines(const Effect& effect, const Component& component, const std::string& name, double level,
             double strength, Time from, Time to) {
    double rate = level * strength;
    const bool slow = name.ends_with("_ms");
    if (slow) rate = component.id == "ai" ? kResponsesPerMinute * 0.5 : kRequestsPerMinute * kSlowShare;
    if (name == "in_list_max") rate = 1;
    const double span = static_cast<double>((to - from).count()) / 60'000;
    const int count = effect.once ? 1 : std::poisson_distribution<int>(std::max(0.01, rate * span))(random_);
    for (int i = 0; i < count; ++i) {
      const double ms = slow ? level * uniform(0.8, 1.2) : uniform(1100, 9000);
      const Time at = effect.once ? from : from + minutes(uniform(0, span));
      auto text = name == "in_list_max" ? long_list(level) : line_of(name, component, ms);
      if (!text.empty()) out_.injection.lines.push_back({component.log_group, at, std::move(text)});
    }
  }

  static std::string long_list(double size) {
    std::string list = "1";
    for (int i = 2; i <= static_cast<int>(size); ++i) list += fmt::format(", {}", i);
    return fmt::format(
        "2025-08-21 23:03:11 UTC:10.0.1.5(43210):chatwoot@chatwoot_production:[12345]:LOG:  duration: 1500.0 "
        "ms  "
        "execute <unnamed>: SELECT * FROM messages WHERE id IN ({})",
        list);
  }

  void stop_tasks(const Component& component, bool killed, int count, Time from, Time to) {
    for (int i = 0; i < count; ++i) {
      const Time at = from + minutes(uniform(0, static_cast<double>((to - from).count()) / 60'000));
      boost::json::object container{{"name", component.id}, {"exitCode", killed ? 137 : 1}};
      if (killed && chance(0.6))
        container["reason"] = "OutOfMemoryError: Container killed due to memory usage";
      out_.injection.states.push_back(
          {"ecs:task", fmt::format("injected-{}", out_.injection.states.size()), to,
           boost::json::object{{"group", "service:" + component.name},
                               {"stoppedAt", static_cast<double>(to_epoch_ms(at)) / 1000},
                               {"stoppedReason", "Essential container in task exited"},
                               {"stopCode", "EssentialContainerExited"},
                               {"containers", boost::json::array{std::move(container)}}}});
    }
  }

  void fail_deployment(const Component& component, Time from) {
    out_.injection.states.push_back(
        {"ecs:service", component.name + "-injected", out_.window.end,
         boost::json::object{
             {"serviceName", component.name},
             {"desiredCount", 3},
             {"runningCount", chance(0.5) ? 2 : 3},
             {"deployments", boost::json::array{boost::json::object{
                                 {"rolloutState", "FAILED"},
                                 {"taskDefinition", "arn:aws:ecs:us-east-1:1:task-definition/web:2"},
                                 {"createdAt", static_cast<double>(to_epoch_ms(from)) / 1000}}}}}});
  }

  void hide() {
    switch (below(5)) {
      case 0:
        out_.injection.hidden_namespaces = {"AWS/RDS"};
        out_.hidden = "RDS metrics";
        break;
      case 1:
        out_.injection.hidden_namespaces = {"AWS/ECS"};
        out_.hidden = "ECS metrics";
        break;
      case 2:
        out_.injection.hidden_state_kinds = {"ecs:task", "ecs:service"};
        out_.hidden = "ECS answers";
        break;
      default:
        for (const auto& c : system_.components)
          if (!c.log_group.empty()) out_.injection.hidden_groups.push_back(c.log_group);
        const auto kept = below(out_.injection.hidden_groups.size());
        out_.injection.hidden_groups = {out_.injection.hidden_groups[kept]};
        out_.hidden = "log of " + out_.injection.hidden_groups.front();
    }
  }

  const System& system_;
  const QuietStretch& quiet_;
  const DrawOptions& options_;
  std::mt19937 random_;
  LabelledCase out_;
};

}  // namespace

LabelledCase draw_case(const System& system, const QuietStretch& quiet, std::uint32_t seed,
                       const DrawOptions& options) {
  return Drawing(system, quiet, seed, options).draw();
}

}  // namespace culprit::bench
