#include "cli/run.h"

#include <CLI/CLI.hpp>

#include "cli/commands.h"

namespace culprit {

int run(int argc, char** argv) {
  CLI::App app{"Culprit: from an incident window to a proven report."};
  app.name("culprit");
  app.require_subcommand(1);
  int exit = 0;
  for (const auto& add : all_commands()) add(app, exit);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }
  return exit;
}

}  // namespace culprit
