// What the evidence says of ECS at the account's moment.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "server/account.h"

namespace culprit::server {

struct EcsEvidence {
  std::vector<boost::json::object> clusters;
  std::vector<boost::json::object> services;
  std::vector<boost::json::object>
      tasks;  // without those that began later; not stopped where that came later
};

// Times are seconds, as in ECS's answers.
EcsEvidence ecs_evidence(const Account& account);

// The cluster's name when it is known, also when it is an ARN; "default" for an empty one. Throws ApiFault
// (ClusterNotFoundException).
std::string need_cluster(const EcsEvidence& evidence, const std::string& name_or_arn);

std::string cluster_of(const boost::json::object& resource);

}  // namespace culprit::server
