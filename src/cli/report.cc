// `culprit report`: a capsule or store, told again.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "cli/analyse.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/memory_options.h"
#include "cli/render.h"

namespace culprit {

namespace {

struct Arguments {
  std::string input;
  GatherOptions gather;
  RenderOptions render;
  MemoryOptions memory;
  std::string out;
};

int run_command(Arguments& arguments) {
  const auto progress = make_progress(true);
  arguments.gather.input = arguments.input;
  const Time now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
  const auto evidence = open_for_analysis(arguments.gather, now, *progress);
  if (!evidence) return print_failure(evidence.error());
  auto options = options_for(*evidence, *progress);
  if (!options) return print_failure(options.error());
  options->capsule = arguments.input;
  auto memory = arguments.memory.read(*progress);
  if (!memory) return print_failure(memory.error());
  options->memory = std::move(*memory);
  auto findings = investigate(evidence->store(), evidence->system, *options);
  if (!findings) return print_failure(findings.error());
  const std::string text = render(std::move(*findings), arguments.render);
  if (arguments.out.empty()) {
    fmt::print("{}", text);
    return std::fflush(stdout) == 0 ? 0
                                    : print_failure(storage_error("cannot write", "standard output", errno));
  }
  const auto written = write_file_atomically(arguments.out, text);
  return written ? 0 : print_failure(written.error());
}

}  // namespace

void add_report(CLI::App& app, int& exit) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("report", "Tell a capsule's report again, in any form");
  command->add_option("CAPSULE", arguments->input, "Capsule or store directory")->required();
  arguments->gather.window.add_to(*command);
  arguments->gather.system.system.clear();
  add_system_options(*command, arguments->gather.system);
  command->add_option("--baseline", arguments->gather.baseline, "How long before --from counts as normal")
      ->capture_default_str();
  arguments->render.add_to(*command);
  arguments->memory.add_to(*command);
  command->add_option("-o,--out", arguments->out, "Write to this file instead of standard output");
  command->footer(R"(Examples:
  culprit report incident.culprit
  culprit report incident.culprit --format html -o report.html
  culprit report incident.culprit --format json | jq '.hypotheses[0].cause')");
  command->callback([arguments, &exit] { exit = run_command(*arguments); });
}

}  // namespace culprit
