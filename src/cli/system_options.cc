#include "cli/system_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "system/load_system.h"

namespace culprit {

void add_system_options(CLI::App& command, SystemOptions& options) {
  command
      .add_option(
          "--system", options.system,
          "The system under care: a built-in name (chatwoot, rails) or a YAML file (default: chatwoot)")
      ->envname("CULPRIT_SYSTEM");
  command
      .add_option("--set", options.set, "Set a variable of the system file, as name=value; may be repeated")
      ->allow_extra_args(false);
}

Result<std::map<std::string, std::string>> parse_variables(const std::vector<std::string>& set) {
  std::map<std::string, std::string> variables;
  for (const auto& text : set) {
    const std::size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos)
      return fail(ErrorCode::kUsage, fmt::format("--set {} is not name=value", text), {},
                  "For example: --set app=shop");
    variables[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return variables;
}

Result<System> load_system(const SystemOptions& options) {
  const auto variables = parse_variables(options.set);
  if (!variables) return tl::unexpected(variables.error());
  return load_system(options.system, *variables);
}

}  // namespace culprit
