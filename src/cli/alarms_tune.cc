// `culprit alarms tune`: thresholds and M of N from history.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "alarms/tune.h"
#include "base/printable.h"
#include "cli/alarms_options.h"
#include "cli/alarms_recording.h"
#include "cli/commands.h"
#include "cli/failure.h"

namespace culprit {

namespace {

struct Arguments {
  AlarmsOptions options;
  std::vector<std::string> inputs;
  std::string within = "3m";
  std::vector<std::string> only;
};

bool is_known_threshold(const MetricAlarm& alarm) { return std::abs(alarm.threshold) < 1e299; }

std::string rule_text(const MetricAlarm& alarm) {
  return fmt::format("{} {} {:g}, {} of {} x {}", alarm.stat.statistic, sign_of(alarm.comparison),
                     alarm.threshold, alarm.needed(), alarm.evaluation_periods,
                     format_duration(alarm.stat.period));
}

std::vector<std::string> row_of(std::string_view what, const Tuned& tuned) {
  return {std::string("  ") + std::string(what),
          rule_text(tuned.alarm),
          tuned.slowest ? format_duration(*tuned.slowest) : "not seen",
          fmt::format("{} in {}", tuned.false_alarms, format_duration(tuned.watched)),
          fmt::format("${:.2f}", tuned.usd_per_month),
          tuned.margin > 0 ? std::isinf(tuned.margin) ? "from nothing" : fmt::format("{:.2g}x", tuned.margin)
                           : ""};
}

void print_text(const std::vector<TuningResult>& results, Duration within) {
  std::vector<std::vector<std::string>> rows{
      {"ALARM", "RULE", "AFTER ONSET", "FALSE ALARMS", "A MONTH", "MARGIN"}};
  for (const auto& r : results) {
    rows.push_back({r.alarm});
    if (is_known_threshold(r.as_it_is.alarm)) rows.push_back(row_of("as it is", r.as_it_is));
    for (std::size_t i = 0; i < r.proposals.size(); ++i)
      rows.push_back(row_of(i == 0 ? "proposed" : "or", r.proposals[i]));
    if (r.proposals.empty()) rows.push_back({"  none exists", r.why_none});
  }
  fmt::print("{}\n", table_text(rows));
  const auto found =
      std::ranges::count_if(results, [](const TuningResult& r) { return !r.proposals.empty(); });
  fmt::print("{} of {} metrics have a threshold that fires within {} of the onset without a false alarm.\n",
             found, results.size(), format_duration(within));
  if (found == 0)
    fmt::print("None exists: watch another metric, or add a metric filter on a line of the log.\n");
}

boost::json::object json_of(const Tuned& t) {
  boost::json::object out{
      {"statistic", t.alarm.stat.statistic},   {"comparison", to_string(t.alarm.comparison)},
      {"threshold", t.alarm.threshold},        {"datapoints", t.alarm.needed()},
      {"periods", t.alarm.evaluation_periods}, {"period_s", t.alarm.stat.period.count()}};
  out["after_onset_s"] =
      t.slowest ? boost::json::value(t.slowest->count() / 1000) : boost::json::value(nullptr);
  out["missed"] = t.missed;
  out["false_alarms"] = t.false_alarms;
  out["watched_s"] = t.watched.count() / 1000;
  out["usd_per_month"] = t.usd_per_month;
  out["margin"] = std::isfinite(t.margin) ? boost::json::value(t.margin) : boost::json::value(nullptr);
  return out;
}

void print_json(const std::vector<TuningResult>& results) {
  boost::json::array alarms;
  for (const auto& r : results) {
    boost::json::array proposals;
    for (const auto& p : r.proposals) proposals.push_back(json_of(p));
    boost::json::object out{{"alarm", r.alarm}, {"metric", to_string(r.as_it_is.alarm.stat.metric)}};
    out["as_it_is"] = is_known_threshold(r.as_it_is.alarm) ? boost::json::value(json_of(r.as_it_is))
                                                           : boost::json::value(nullptr);
    out["proposals"] = std::move(proposals);
    out["why_none"] = r.why_none;
    alarms.push_back(std::move(out));
  }
  fmt::print("{}\n", boost::json::serialize(boost::json::object{{"alarms", std::move(alarms)}}));
}

Result<std::vector<TuningResult>> tune_all(const Arguments& arguments, Duration within, Progress& progress) {
  std::vector<Recording> recordings;
  std::vector<RecordedMetrics> metrics;
  std::optional<AlarmSet> set;
  for (const auto& input : arguments.inputs) {
    auto recording = open_recording(input, arguments.options.system, "", progress);
    if (!recording) return tl::unexpected(recording.error());
    if (!set) {
      auto own = alarms_of(recording->evidence.system);
      if (!own) return tl::unexpected(own.error());
      set = with_candidates(recording->evidence.system, std::move(*own));
    }
    auto loaded = RecordedMetrics::load(recording->evidence.store(), *set, recording->window);
    if (!loaded) return tl::unexpected(loaded.error());
    metrics.push_back(std::move(*loaded));
    if (!arguments.options.json())
      fmt::print("{}: {}\n", printable_text(input, 200),
                 recording->onset
                     ? fmt::format("incident from {}", recording->evidence.zone.format(*recording->onset))
                     : "quiet");
    recordings.push_back(std::move(*recording));
  }
  std::vector<TuningCase> cases;
  for (std::size_t i = 0; i < recordings.size(); ++i)
    cases.push_back({&metrics[i], recordings[i].window, recordings[i].onset});
  std::vector<TuningResult> out;
  for (const auto& alarm : set->alarms) {
    if (!alarm.queries.empty()) continue;
    if (!arguments.only.empty() && std::ranges::find(arguments.only, alarm.name) == arguments.only.end())
      continue;
    auto tuned = tune(alarm, cases, {within});
    if (!tuned) return tl::unexpected(tuned.error());
    out.push_back(std::move(*tuned));
  }
  if (out.empty())
    return fail(ErrorCode::kNotFound, "no such alarm to tune", "--alarm",
                "`culprit alarms export --as cli` names them.");
  return out;
}

int run_tune(const Arguments& arguments) {
  const auto within = parse_duration(arguments.within);
  if (!within || within->count() <= 0)
    return print_failure({ErrorCode::kUsage, "is no duration", "--within", "Write for example 3m."});
  const auto progress = make_progress(arguments.options.json());
  const auto results = tune_all(arguments, *within, *progress);
  progress->finish();
  if (!results) return print_failure(results.error());
  if (arguments.options.json()) {
    print_json(*results);
  } else {
    fmt::print("\n");
    print_text(*results, *within);
  }
  return 0;
}

}  // namespace

void add_alarms_tune(CLI::App& app, int& exit) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("tune", "Thresholds and M of N proposed from recorded history");
  command->add_option("inputs", arguments->inputs, "Recordings of incidents and of quiet time")->required();
  arguments->options.system.system.clear();
  arguments->options.add_system_to(*command);
  command->add_option("--within", arguments->within, "An alarm must fire this soon after the onset")
      ->capture_default_str();
  command->add_option("--alarm", arguments->only, "Only the alarm of this name; may be repeated")
      ->allow_extra_args(false);
  arguments->options.add_format_to(*command);
  command->footer(R"(Examples:
  culprit alarms tune examples/incidents/statement-timeouts examples/incidents/quiet-hour
  culprit alarms tune aug21.culprit quiet.culprit --within 2m --alarm RDS-HighConnections-chatwoot-prod

For each alarm, and for each metric of the system that has none: what the rule as it is would have cost (delay after
the onset, false alarms, dollars), and rules that would fire in time without a false alarm. Every one was replayed.
The margin says how far apart quiet time and incident lie; the threshold stands between them.)");
  command->callback([arguments, &exit] { exit = run_tune(*arguments); });
}

}  // namespace culprit
