// From the files as written to one tree: `use` merged, variables replaced.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "system/yaml_tree.h"

namespace culprit {

struct ResolveOptions {
  std::map<std::string, std::string> variables;
  bool check_only = false;  // required variables that were not given stand for themselves
};

// Replaces `use: NAME` by the built-in system of that name, over which `root` is laid: maps key by key; lists
// whose items have an id (role, name) item by item and key by key; other lists in whole; `prevention` is
// appended to. `without` takes inherited parts out, with all that speaks of them.
void merge_used(YamlNode& root, std::vector<SystemProblem>& problems);

// Replaces ${name} in every value and takes `variables` out; $${ stands for ${.
void replace_variables(YamlNode& root, const ResolveOptions& options, std::vector<SystemProblem>& problems);

}  // namespace culprit
