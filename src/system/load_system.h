// Reads system files: YAML -> System, with errors that name file, line and column.
#pragma once

#include <boost/json.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "system/problem.h"
#include "system/system.h"

namespace culprit {

// `variables` replace ${name} in scalar values, over the file's own `variables:` defaults.
// kInput: "file:line:column: what" and a suggestion ("Did you mean 'depends_on'?"), for every problem there
// is, one a line; a variable that the file does not have, or a required one that was not given, is one too.
Result<System> parse_system(std::string_view yaml, const std::string& file_name,
                            const std::map<std::string, std::string>& variables = {});

// Every problem of a file, by place; empty = parse_system succeeds. Required variables that were not given
// are no problem here: they stand for themselves.
std::vector<SystemProblem> check_system(std::string_view yaml, const std::string& file_name,
                                        const std::map<std::string, std::string>& variables = {});

// A built-in name ("chatwoot", "rails") or a path. kNotFound lists the names there are.
Result<System> load_system(const std::string& name_or_file,
                           const std::map<std::string, std::string>& variables = {});

// Text of a system file; kNotFound (with the built-in names), kInput when it is larger than 1 MiB.
inline constexpr std::size_t kMaxSystemBytes = 1 << 20;
Result<std::string> read_system_text(const std::string& file);

// Names and YAML of the systems compiled into the program (systems/*.yaml), by name.
struct BuiltInSystem {
  std::string_view name;
  std::string_view yaml;
};
std::vector<BuiltInSystem> built_in_systems();

// A system as JSON: what source_text says, with numbers and booleans as such.
boost::json::value system_as_json(const System& system);

// The published JSON Schema of system files (schemas/system.schema.json).
std::string_view system_schema();

}  // namespace culprit
