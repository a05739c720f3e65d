// `culprit alarms`: the system's alarms in CloudWatch, one file a verb (alarms_<verb>.cc).
#include <CLI/CLI.hpp>

#include "cli/commands.h"

namespace culprit {

void add_alarms(CLI::App& app, int& exit) {
  auto* command = app.add_subcommand("alarms", "Alarms as data: plan, apply, check, test and tune them");
  command->require_subcommand(1);
  for (const auto& add : all_alarms_commands()) add(*command, exit);
}

}  // namespace culprit
