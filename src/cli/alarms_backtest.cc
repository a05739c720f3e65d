// `culprit alarms backtest`: would the alarms have fired, and when?
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "alarms/backtest.h"
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
  std::string onset;
  bool check = false;
};

struct Outcome {
  std::string input, dated_by;
  Backtest result;
  AlarmSet set;
  Zone zone = Zone::utc();
};

std::string cell_of(const AlarmBacktest& alarm, const Outcome& o) {
  if (alarm.points == 0) return "cannot see: its metric has no datapoints here";
  if (alarm.fired) return o.zone.format_clock(*alarm.fired);
  return o.result.onset ? "silent" : alarm.false_alarms.empty() ? "silent" : "";
}

void print_text(const Outcome& o) {
  fmt::print("{}: {} to {}\n", printable_text(o.input, 200), o.zone.format(o.result.window.start),
             o.zone.format_clock(o.result.window.end));
  if (o.result.onset)
    fmt::print("Onset {} ({})\n\n", o.zone.format(*o.result.onset), o.dated_by);
  else
    fmt::print("Quiet: {}\n\n", o.dated_by);
  std::vector<std::vector<std::string>> rows{
      {"ALARM", "ROW", "FIRED", "AFTER ONSET", "FALSE ALARMS", "IN ALARM"}};
  for (const auto& alarm : o.result.alarms) {
    const auto* origin = o.set.origin(alarm.alarm);
    rows.push_back({alarm.alarm, origin == nullptr ? "" : origin->row, cell_of(alarm, o),
                    alarm.delay ? format_duration(*alarm.delay) : "",
                    alarm.points == 0 ? "" : std::to_string(alarm.false_alarms.size()),
                    alarm.in_alarm.count() > 0 ? format_duration(alarm.in_alarm) : ""});
  }
  fmt::print("{}\n", table_text(rows));
  const auto* first = o.result.first_to_fire();
  if (o.result.onset && first != nullptr)
    fmt::print("First to fire: {}, {} after the onset.\n", first->alarm, format_duration(*first->delay));
  else if (o.result.onset)
    fmt::print("No alarm would have fired.\n");
  if (o.result.false_alarms() == 0)
    fmt::print(
        "No false alarm in {}.\n\n",
        format_duration((o.result.onset ? *o.result.onset : o.result.window.end) - o.result.window.start));
  else
    fmt::print("{} false alarms.\n\n", o.result.false_alarms());
}

boost::json::object json_of(const Outcome& o) {
  const auto time = [](const std::optional<Time>& t) -> boost::json::value {
    return t ? boost::json::value(format_utc(*t)) : boost::json::value(nullptr);
  };
  boost::json::array alarms;
  for (const auto& alarm : o.result.alarms) {
    const auto* origin = o.set.origin(alarm.alarm);
    boost::json::array transitions, wrong;
    for (const auto& t : alarm.transitions)
      transitions.push_back(boost::json::object{{"time", format_utc(t.time)},
                                                {"from", to_string(t.from)},
                                                {"to", to_string(t.to)},
                                                {"reason", t.reason}});
    for (const Time t : alarm.false_alarms) wrong.emplace_back(format_utc(t));
    boost::json::object out{{"alarm", alarm.alarm},
                            {"row", origin == nullptr ? "" : origin->row},
                            {"composite", alarm.composite},
                            {"datapoints", alarm.points},
                            {"fired", time(alarm.fired)}};
    out["after_onset_s"] = alarm.delay ? boost::json::value(static_cast<double>(alarm.delay->count()) / 1000)
                                       : boost::json::value(nullptr);
    out["false_alarms"] = std::move(wrong);
    out["in_alarm_s"] = alarm.in_alarm.count() / 1000;
    out["transitions"] = std::move(transitions);
    alarms.push_back(std::move(out));
  }
  return {{"input", o.input},
          {"start", format_utc(o.result.window.start)},
          {"end", format_utc(o.result.window.end)},
          {"onset", time(o.result.onset)},
          {"dated_by", o.dated_by},
          {"alarms", std::move(alarms)}};
}

Result<Outcome> test(const std::string& input, const Arguments& arguments, Progress& progress) {
  const auto recording = open_recording(input, arguments.options.system, arguments.onset, progress);
  if (!recording) return tl::unexpected(recording.error());
  auto set = alarms_of(recording->evidence.system);
  if (!set) return tl::unexpected(set.error());
  auto metrics = RecordedMetrics::load(recording->evidence.store(), *set, recording->window);
  if (!metrics) return tl::unexpected(metrics.error());
  auto result = backtest(*set, *metrics, recording->window, recording->onset);
  if (!result) return tl::unexpected(result.error());
  return Outcome{input, recording->dated_by, std::move(*result), std::move(*set), recording->evidence.zone};
}

int run_backtest(const Arguments& arguments) {
  const auto progress = make_progress(arguments.options.json());
  boost::json::array all;
  bool is_good = true;
  for (const auto& input : arguments.inputs) {
    const auto outcome = test(input, arguments, *progress);
    progress->finish();
    if (!outcome) return print_failure(outcome.error());
    is_good = is_good && outcome->result.false_alarms() == 0 &&
              (!outcome->result.onset || outcome->result.first_to_fire() != nullptr);
    if (arguments.options.json())
      all.push_back(json_of(*outcome));
    else
      print_text(*outcome);
  }
  if (arguments.options.json())
    fmt::print("{}\n", boost::json::serialize(boost::json::object{{"recordings", std::move(all)}}));
  return arguments.check && !is_good ? exit_code(ErrorCode::kExpectation) : 0;
}

}  // namespace

void add_alarms_backtest(CLI::App& app, int& exit) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("backtest", "When each alarm would have fired in recorded incidents");
  command->add_option("inputs", arguments->inputs, "Recordings: folders, stores or capsules")->required();
  arguments->options.system.system.clear();
  arguments->options.add_system_to(*command);
  command->add_option(
      "--onset", arguments->onset,
      "When the incident began, or 'none' for a quiet recording (default: the diagnosis says)");
  command->add_flag("--check", arguments->check,
                    "Exit 1 when an incident is not seen, or a false alarm fires");
  arguments->options.add_format_to(*command);
  command->footer(R"(Examples:
  culprit alarms backtest examples/incidents/statement-timeouts examples/incidents/quiet-hour
  culprit alarms backtest incident.culprit --onset "2025-08-21 17:03" --check

Alarms are evaluated each minute, as CloudWatch does, from the recorded metrics and from the metric filters
counted over the recorded logs; a datapoint counts as there when its minute ends.
Exit codes: 0 done, 1 with --check, others by class of failure (docs/exit-codes.md).)");
  command->callback([arguments, &exit] { exit = run_backtest(*arguments); });
}

}  // namespace culprit
