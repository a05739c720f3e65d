// `culprit review`: the weekly performance review and the monthly capacity plan.
#include "conduct/review.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/gather.h"

namespace culprit {

namespace {

struct Arguments {
  std::string kind;
  std::string input;
  SystemOptions system;
  std::string until;
  std::string format = "md";
  std::string out;
};

Result<void> run_review(const Arguments& arguments) {
  const auto directory = TemporaryDirectory::create("culprit-review");
  if (!directory) return tl::unexpected(directory.error());
  GatherOptions options;
  options.input = arguments.input;
  options.system = arguments.system;
  options.quiet = true;
  const Time now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
  const auto progress = make_progress(arguments.format == "json");
  const auto evidence = gather(options, now, directory->path() / "store", *progress);
  progress->finish();
  if (!evidence) return tl::unexpected(evidence.error());
  std::optional<Time> until;
  if (!arguments.until.empty()) {
    const auto parsed = parse_time(arguments.until, evidence->zone, now);
    if (!parsed) return tl::unexpected(parsed.error());
    until = parsed->time;
  }
  const auto kind = arguments.kind == "weekly" ? Review::Kind::kWeekly : Review::Kind::kMonthly;
  const auto made = review(evidence->store(), evidence->system, evidence->zone, kind, until);
  if (!made) return tl::unexpected(made.error());
  const std::string text =
      arguments.format == "json" ? boost::json::serialize(review_json(*made)) + "\n" : review_markdown(*made);
  if (!arguments.out.empty()) return write_file_atomically(arguments.out, text);
  fmt::print("{}", text);
  return {};
}

}  // namespace

void add_review(CLI::App& app, int& exit) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("review", "Weekly performance review, monthly capacity plan");
  command->add_option("kind", arguments->kind, "weekly or monthly")
      ->check(CLI::IsMember({"weekly", "monthly"}))
      ->required();
  command->add_option("input", arguments->input, "Weeks of metrics: a folder, store or capsule")->required();
  arguments->system.system.clear();
  add_system_options(*command, arguments->system);
  command->add_option("--until", arguments->until,
                      "Look at the days before this time (default: all there are)");
  command->add_option("--format", arguments->format, "md or json")
      ->check(CLI::IsMember({"md", "json"}))
      ->capture_default_str();
  command->add_option("-o,--out", arguments->out, "Write to this file instead of standard output");
  command->footer(R"(Examples:
  culprit review weekly ./metrics
  culprit review monthly store --format json

Fifteen days are the least for a trend; with fewer it says so (docs/conduct.md).)");
  command->callback([arguments, &exit] {
    const auto done = run_review(*arguments);
    exit = done ? 0 : print_failure(done.error());
  });
}

}  // namespace culprit
