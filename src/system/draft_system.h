// Writes a start of a system file from what AWS says is there.
#pragma once

#include <optional>
#include <string>

#include "base/error.h"

namespace culprit {

// Answers of the AWS CLI (`--output json`), as text; unset = not given.
struct DraftInput {
  std::optional<std::string> services;    // aws ecs describe-services
  std::optional<std::string> databases;   // aws rds describe-db-instances
  std::optional<std::string> log_groups;  // aws logs describe-log-groups
  std::string name;                       // of the system; empty = from the resources' names
  std::string zone = "UTC";
  std::string use;  // built-in system to inherit from; "none"; empty = rails when it looks like one
};

// Commented YAML that passes check_system. kInput when an answer is not what it should be or names neither a
// service nor a database.
Result<std::string> draft_system(const DraftInput& input);

}  // namespace culprit
