// `culprit alarms mutate`: which known issue would no alarm see?
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "alarms/mutate.h"
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
  double strength = MutationOptions{}.strength;
  std::string length = "10m";
  bool check = false;
};

std::string_view kind_name(Injection::Kind kind) {
  constexpr std::string_view kNames[] = {"metric", "lines", "invisible"};
  return kNames[static_cast<std::size_t>(kind)];
}

void print_text(const std::string& input, const MutationTest& test, const Zone& zone) {
  fmt::print("{}: each known issue put in at {} for {}\n\n", printable_text(input, 200),
             zone.format(test.injected.start), format_duration(test.injected.length()));
  std::vector<std::vector<std::string>> rows{{"KNOWN ISSUE", "ROW", "FIRST ALARM", "AFTER", "ALARMS"}};
  for (const auto& m : test.mutations)
    rows.push_back({m.issue, m.row, m.silent() ? "SILENT: no alarm sees it" : m.seen.front().alarm,
                    m.silent() ? "" : format_duration(m.seen.front().after), std::to_string(m.seen.size())});
  fmt::print("{}\n", table_text(rows));
  for (const auto& m : test.mutations) {
    if (!m.silent()) continue;
    fmt::print("{} ({}) would stay silent. Its symptoms, and what watches them:\n", m.issue,
               printable_text(m.title, 120));
    for (const auto& i : m.injections)
      fmt::print("  {}: {}\n", printable_text(i.says, 120),
                 i.kind == Injection::Kind::kInvisible ? i.why_not
                 : i.alarms == 0                       ? fmt::format("no alarm watches {}", i.signal)
                                 : fmt::format("{} alarms watch {}, whose thresholds are beyond {:g}",
                                               i.alarms, i.signal, i.value));
  }
  fmt::print("{} of {} known issues would stay silent.\n\n", test.silent(), test.mutations.size());
}

boost::json::object json_of(const std::string& input, const MutationTest& test) {
  boost::json::array issues;
  for (const auto& m : test.mutations) {
    boost::json::array seen, injections;
    for (const auto& s : m.seen)
      seen.push_back(boost::json::object{{"alarm", s.alarm}, {"after_s", s.after.count() / 1000}});
    for (const auto& i : m.injections)
      injections.push_back(boost::json::object{{"signal", i.signal},
                                               {"says", i.says},
                                               {"kind", kind_name(i.kind)},
                                               {"value", i.value},
                                               {"line", i.line},
                                               {"why_not", i.why_not},
                                               {"alarms", i.alarms}});
    issues.push_back(boost::json::object{{"issue", m.issue},
                                         {"title", m.title},
                                         {"row", m.row},
                                         {"silent", m.silent()},
                                         {"seen_by", std::move(seen)},
                                         {"injections", std::move(injections)}});
  }
  return {{"input", input},
          {"injected_start", format_utc(test.injected.start)},
          {"injected_end", format_utc(test.injected.end)},
          {"silent", test.silent()},
          {"issues", std::move(issues)}};
}

Result<MutationTest> test(const Recording& recording, const Arguments& arguments) {
  const auto set = alarms_of(recording.evidence.system);
  if (!set) return tl::unexpected(set.error());
  const auto metrics = RecordedMetrics::load(recording.evidence.store(), *set, recording.window);
  if (!metrics) return tl::unexpected(metrics.error());
  const auto length = parse_duration(arguments.length);
  if (!length || *length < std::chrono::minutes(1))
    return fail(ErrorCode::kUsage, "a length of at least a minute is needed", "--length",
                "Write for example 10m.");
  return mutate(recording.evidence.system, *set, recording.evidence.store(), *metrics, recording.window,
                {*length, arguments.strength});
}

int run_mutate(const Arguments& arguments) {
  if (!(arguments.strength > 0) || arguments.strength > 1000)
    return print_failure({ErrorCode::kUsage, "must be a number above 0", "--strength",
                          "1 is just as strong as the symptoms ask for."});
  const auto progress = make_progress(arguments.options.json());
  boost::json::array all;
  bool is_good = true;
  for (const auto& input : arguments.inputs) {
    const auto recording = open_recording(input, arguments.options.system, "none", *progress);
    progress->finish();
    if (!recording) return print_failure(recording.error());
    const auto done = test(*recording, arguments);
    if (!done) return print_failure(done.error());
    is_good = is_good && done->silent() == 0;
    if (arguments.options.json())
      all.push_back(json_of(input, *done));
    else
      print_text(input, *done, recording->evidence.zone);
  }
  if (arguments.options.json())
    fmt::print("{}\n", boost::json::serialize(boost::json::object{{"recordings", std::move(all)}}));
  return arguments.check && !is_good ? exit_code(ErrorCode::kExpectation) : 0;
}

}  // namespace

void add_alarms_mutate(CLI::App& app, int& exit) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("mutate", "Which known issue would no alarm see?");
  command->add_option("inputs", arguments->inputs, "Quiet recordings: folders, stores or capsules")
      ->required();
  arguments->options.system.system.clear();
  arguments->options.add_system_to(*command);
  command->add_option("--strength", arguments->strength, "Times what the symptoms of an issue ask for")
      ->capture_default_str();
  command->add_option("--length", arguments->length, "How long an issue lasts")->capture_default_str();
  command->add_flag("--check", arguments->check, "Exit 1 when an issue stays silent");
  arguments->options.add_format_to(*command);
  command->footer(R"(Examples:
  culprit alarms mutate examples/incidents/quiet-hour
  culprit alarms mutate quiet.culprit --strength 1 --check

Each known issue of the system file is put into the middle of the recording: its metrics get the values that its
symptoms ask for, its log lines are counted by the metric filters that match them.
Exit codes: 0 done, 1 with --check, others by class of failure (docs/exit-codes.md).)");
  command->callback([arguments, &exit] { exit = run_mutate(*arguments); });
}

}  // namespace culprit
