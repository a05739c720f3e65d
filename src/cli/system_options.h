// --system and --set, the same on every command that needs a system.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "system/system.h"

namespace CLI {
class App;
}

namespace culprit {

struct SystemOptions {
  std::string system = "chatwoot";  // built-in name or file
  std::vector<std::string> set;     // "name=value"
};

// Adds --system (environment variable CULPRIT_SYSTEM) and --set to a command.
void add_system_options(CLI::App& command, SystemOptions& options);

// kUsage when a --set is not name=value.
Result<std::map<std::string, std::string>> parse_variables(const std::vector<std::string>& set);

Result<System> load_system(const SystemOptions& options);

}  // namespace culprit
