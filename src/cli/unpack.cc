// `culprit unpack`: a capsule becomes a directory again, on request with the evidence as plain files.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "base/interrupt.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "store/capsule.h"
#include "store/plain_export.h"

namespace culprit {

namespace {

struct UnpackArguments {
  std::string capsule;
  std::string output;
  bool plain = false;
};

Result<void> run_unpack(const UnpackArguments& arguments) {
  if (auto unpacked = unpack(arguments.capsule, arguments.output); !unpacked) return unpacked;
  if (!arguments.plain) return {};
  const RemovedOnInterrupt guard(arguments.output);
  auto exported = export_plain(arguments.output, arguments.output);
  if (exported) return exported;
  // Half an export must not pass for a whole one. The directory is ours: unpack() made it.
  std::error_code ignored;
  std::filesystem::remove_all(arguments.output, ignored);
  return exported;
}

}  // namespace

void add_unpack(CLI::App& app, int& exit) {
  auto* command =
      app.add_subcommand("unpack", "Verify a capsule and write it into a directory, which then is a store");
  auto arguments = std::make_shared<UnpackArguments>();
  command->add_option("capsule", arguments->capsule, "The capsule")->required()->type_name("FILE");
  command->add_option("-o,--out", arguments->output, "Directory to create")->required()->type_name("DIR");
  command->add_flag("--plain", arguments->plain,
                    "Write plain files too: logs/, metrics/*.csv, aws/*.json, journal.jsonl, gaps.json");
  command->footer(
      "Examples:\n"
      "  culprit unpack incident.culprit -o incident\n"
      "  culprit unpack incident.culprit -o incident --plain && less incident/logs/*/*.log\n"
      "  tar xf incident.culprit && sha256sum -c manifest.sha256     # without culprit");
  command->callback([arguments, &exit] {
    const auto done = run_unpack(*arguments);
    exit = done ? 0 : print_failure(done.error());
  });
}

}  // namespace culprit
