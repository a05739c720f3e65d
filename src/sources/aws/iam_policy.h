// IAM policy documents.
#pragma once

#include <string>
#include <vector>

namespace culprit::aws {

// The least identity policy that allows the actions (all of them reads), as JSON text; empty for none.
std::string least_policy(std::vector<std::string> actions);

}  // namespace culprit::aws
