// Every command of the program, one file each; the one visible list is in commands.cc.
#pragma once

#include <functional>
#include <vector>

namespace CLI {
class App;
}

namespace culprit {

// Adds a subcommand whose callback stores the process exit code.
using AddCommand = std::function<void(CLI::App& app, int& exit)>;

std::vector<AddCommand> all_commands();

}  // namespace culprit
