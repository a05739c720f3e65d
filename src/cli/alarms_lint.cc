// `culprit alarms lint`: what is wrong with alarms that CloudWatch takes without a word.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "alarms/alarm_document.h"
#include "alarms/lint.h"
#include "base/printable.h"
#include "cli/alarms_options.h"
#include "cli/alarms_recording.h"
#include "cli/commands.h"
#include "cli/failure.h"

namespace culprit {

namespace {

struct Arguments {
  AlarmsOptions options;
  std::string input;
  std::string file;  // a saved answer of describe-alarms
  bool live = false;
};

constexpr std::size_t kAnswerBytesMax = 64 << 20;

Result<AlarmSet> read_answer(const std::string& file) {
  const auto text = read_file(file);
  if (!text) return tl::unexpected(text.error());
  if (text->size() > kAnswerBytesMax)
    return fail(ErrorCode::kInput, "too large for an answer of the AWS CLI", file);
  boost::json::error_code ec;
  const auto parsed = boost::json::parse(*text, ec);
  const auto* answer = parsed.if_object();
  if (ec || answer == nullptr || !(answer->contains("MetricAlarms") || answer->contains("CompositeAlarms")))
    return fail(ErrorCode::kInput, "is no answer of `aws cloudwatch describe-alarms --output json`", file);
  AlarmSet out;
  out.system = file;
  const auto each = [&](std::string_view list, auto&& read) -> Result<void> {
    const auto* items = answer->if_contains(list);
    if (items == nullptr || !items->is_array()) return {};
    for (const auto& item : items->get_array()) {
      if (!item.is_object()) return fail(ErrorCode::kInput, "holds an alarm that cannot be understood", file);
      if (auto done = read(item.get_object()); !done) return fail(ErrorCode::kInput, done.error().what, file);
    }
    return {};
  };
  if (auto done = each("MetricAlarms",
                       [&](const boost::json::object& o) -> Result<void> {
                         auto alarm = read_metric_alarm(o);
                         if (!alarm) return tl::unexpected(alarm.error());
                         out.alarms.push_back(std::move(*alarm));
                         return {};
                       });
      !done)
    return tl::unexpected(done.error());
  if (auto done = each("CompositeAlarms",
                       [&](const boost::json::object& o) -> Result<void> {
                         auto alarm = read_composite_alarm(o);
                         if (!alarm) return tl::unexpected(alarm.error());
                         out.composites.push_back(std::move(*alarm));
                         return {};
                       });
      !done)
    return tl::unexpected(done.error());
  return out;
}

// Whose alarms are looked at: those of the system file, of an account, or of a saved answer.
Result<AlarmSet> alarms_to_lint(const Arguments& arguments, const System& system) {
  if (!arguments.file.empty()) return read_answer(arguments.file);
  if (!arguments.live) return alarms_of(system);
  auto account = OpenAccount::open(arguments.options.aws, system);
  if (!account) return tl::unexpected(account.error());
  return account->alarms().read_all();
}

Result<std::vector<LintFinding>> lint(const Arguments& arguments) {
  std::optional<Recording> recording;
  std::optional<System> system;
  if (!arguments.input.empty()) {
    const auto progress = make_progress(arguments.options.json());
    auto opened = open_recording(arguments.input, arguments.options.system, "none", *progress);
    progress->finish();
    if (!opened) return tl::unexpected(opened.error());
    recording.emplace(std::move(*opened));
    system = recording->evidence.system;
  } else {
    SystemOptions options = arguments.options.system;
    if (options.system.empty()) options.system = "chatwoot";
    auto loaded = load_system(options);
    if (!loaded) return tl::unexpected(loaded.error());
    system = std::move(*loaded);
  }
  const auto set = alarms_to_lint(arguments, *system);
  if (!set) return tl::unexpected(set.error());
  if (!recording) return lint_alarms(*set, nullptr, std::nullopt);
  // Metrics of filters that the system publishes are counted, whoever watches them.
  AlarmSet with_filters = *set;
  if (with_filters.filters.empty())
    if (auto own = alarms_of(*system)) with_filters.filters = std::move(own->filters);
  auto metrics = RecordedMetrics::load(recording->evidence.store(), with_filters, recording->window);
  if (!metrics) return tl::unexpected(metrics.error());
  return lint_alarms(*set, &*metrics, recording->window);
}

void print_text(const std::vector<LintFinding>& findings) {
  std::size_t serious = 0;
  for (const auto& f : findings) {
    serious += f.severity != LintFinding::Severity::kNote;
    fmt::print("{} {}{}: {}\n", to_string(f.severity), f.rule,
               f.alarm.empty() ? "" : " " + printable_text(f.alarm, 255), printable_text(f.what, 800));
    if (!f.hint.empty()) fmt::print("    {}\n", printable_text(f.hint, 400));
  }
  fmt::print("{} problems, {} notes\n", serious, findings.size() - serious);
}

void print_json(const std::vector<LintFinding>& findings) {
  boost::json::array out;
  for (const auto& f : findings)
    out.push_back(boost::json::object{{"severity", to_string(f.severity)},
                                      {"rule", f.rule},
                                      {"alarm", f.alarm},
                                      {"what", f.what},
                                      {"hint", f.hint}});
  fmt::print("{}\n", boost::json::serialize(boost::json::object{{"findings", std::move(out)}}));
}

int run_lint(const Arguments& arguments) {
  const auto findings = lint(arguments);
  if (!findings) return print_failure(findings.error());
  if (arguments.options.json())
    print_json(*findings);
  else
    print_text(*findings);
  const bool serious = std::ranges::any_of(
      *findings, [](const LintFinding& f) { return f.severity != LintFinding::Severity::kNote; });
  return serious ? exit_code(ErrorCode::kExpectation) : 0;
}

}  // namespace

void add_alarms_lint(CLI::App& app, int& exit) {
  auto arguments = std::make_shared<Arguments>();
  auto* command =
      app.add_subcommand("lint", "Alarms that can never fire, that hide an outage, that nobody hears");
  command->add_option("input", arguments->input, "A recording as history: adds the rules that need data");
  arguments->options.system.system.clear();
  arguments->options.add_system_to(*command);
  arguments->options.add_account_to(*command);
  auto* live = command->add_flag("--live", arguments->live,
                                 "Look at the alarms of the account, not of the system file");
  command
      ->add_option("--answer", arguments->file,
                   "Look at the alarms of a saved `aws cloudwatch describe-alarms`")
      ->excludes(live);
  arguments->options.add_format_to(*command);
  command->footer(R"(Examples:
  culprit alarms lint
  culprit alarms lint examples/incidents/quiet-hour
  culprit alarms lint --live --profile chatscomm
  aws cloudwatch describe-alarms --output json > alarms.json; culprit alarms lint --answer alarms.json

Rules: missing-dimensions, no-action, hides-outage, duplicate, unknown-child, refused, cost; with a recording also
no-data, period-too-fine, always-crossed, never-crossed (docs/alarms.md).
Exit codes: 0 nothing but notes, 1 warnings or errors, others by class of failure.)");
  command->callback([arguments, &exit] { exit = run_lint(*arguments); });
}

}  // namespace culprit
