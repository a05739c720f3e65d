// What a control plane said about a resource, and when.
#pragma once

#include <boost/json.hpp>
#include <string>

#include "base/time.h"

namespace culprit {

// One resource as an AWS answer describes it, in the JSON form of `aws … --output json` (query/XML answers
// are converted to that form). Kinds: "ecs:service", "ecs:task", "ecs:cluster", "rds:db-instance",
// "rds:event", "logs:log-group", "cloudwatch:alarm".
struct ResourceState {
  std::string kind;
  std::string id;  // service name, task ARN, DB instance identifier ...
  Time observed_at;
  boost::json::value document;
};

}  // namespace culprit
