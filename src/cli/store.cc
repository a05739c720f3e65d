// `culprit store`: looking after a store, one file each (store_<verb>.cc).
#include <CLI/CLI.hpp>

#include "cli/commands.h"

namespace culprit {

void add_store(CLI::App& app, int& exit) {
  auto* command =
      app.add_subcommand("store", "Look after a store: what is in it, is it whole, make it smaller");
  command->require_subcommand(1);
  for (const auto& add : all_store_commands()) add(*command, exit);
}

}  // namespace culprit
