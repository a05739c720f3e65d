// `culprit logs`: questions to logs, one file each (logs_<question>.cc).
#include <CLI/CLI.hpp>

#include "cli/commands.h"

namespace culprit {

void add_logs(CLI::App& app, int& exit) {
  auto* command =
      app.add_subcommand("logs", "Ask logs: search, count, templates, what changed, the PostgreSQL report");
  command->require_subcommand(1);
  for (const auto& add : all_logs_commands()) add(*command, exit);
}

}  // namespace culprit
