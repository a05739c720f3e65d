// `culprit collect`: evidence into a capsule, without an analysis.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/gather.h"

namespace culprit {

namespace {

struct Arguments {
  GatherOptions gather;
  std::string out = "incident.culprit";
  bool force = false;
};

Result<void> collect(const Arguments& arguments, Progress& progress) {
  std::error_code ignored;
  if (std::filesystem::exists(arguments.out, ignored) && !arguments.force)
    return fail(ErrorCode::kUsage, "already exists", arguments.out,
                "Evidence is never overwritten unasked: give another --out, or --force.");
  const Time now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
  const auto directory = TemporaryDirectory::create("culprit-collect");
  if (!directory) return tl::unexpected(directory.error());
  const auto store = directory->path() / "store";
  const auto evidence = gather(arguments.gather, now, store, progress);
  if (!evidence) return tl::unexpected(evidence.error());
  if (evidence->capsule_file)
    return fail(ErrorCode::kUsage, "the input is a capsule already", arguments.gather.input);
  SealOptions options;
  options.extra_parts.emplace_back("system.yaml", evidence->system.source_text);
  if (!arguments.gather.sign_key.empty()) options.signing_key = arguments.gather.sign_key;
  return seal(store, arguments.out, options);
}

int run_command(const Arguments& arguments) {
  if (arguments.gather.dry_run) {
    const auto text =
        preflight_text(arguments.gather, std::chrono::floor<Duration>(std::chrono::system_clock::now()));
    if (!text) return print_failure(text.error());
    fmt::print("{}\n", *text);
    return 0;
  }
  const auto progress = make_progress(arguments.gather.quiet);
  const auto done = collect(arguments, *progress);
  progress->finish();
  if (!done) return print_failure(done.error());
  if (!arguments.gather.quiet)
    fmt::print(stderr, "Written to {}. Next: culprit report {}\n", arguments.out, arguments.out);
  return 0;
}

}  // namespace

void add_collect(CLI::App& app, int& exit) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = app.add_subcommand("collect", "Collect evidence into a capsule");
  arguments->gather.add_to(*command);
  command->add_option("-o,--out", arguments->out, "The capsule to write")->capture_default_str();
  command->add_flag("--force", arguments->force, "Replace an existing capsule");
  command->footer(R"(Examples:
  culprit collect --from "2025-08-21 17:00" --to 17:10 --tz America/Costa_Rica -o aug21.culprit
  culprit collect --input ./logs -o logs.culprit --sign ~/.ssh/id_ed25519)");
  command->callback([arguments, &exit] { exit = run_command(*arguments); });
}

}  // namespace culprit
