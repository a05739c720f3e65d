// Reads system files: YAML -> System, with errors that name file, line and column.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "system/system.h"

namespace culprit {

// `variables` replace ${name} in scalar values, over the file's own `variables:` defaults.
// kInput: "file:line:column: what" and a suggestion ("did you mean 'depends_on'?").
Result<System> parse_system(std::string_view yaml, const std::string& file_name,
                            const std::map<std::string, std::string>& variables = {});

// A built-in name ("chatwoot", "rails") or a path. kNotFound lists the names there are.
Result<System> load_system(const std::string& name_or_file,
                           const std::map<std::string, std::string>& variables = {});

// Names and YAML of the systems compiled into the program (systems/*.yaml).
struct BuiltInSystem {
  std::string_view name;
  std::string_view yaml;
};
std::vector<BuiltInSystem> built_in_systems();

}  // namespace culprit
