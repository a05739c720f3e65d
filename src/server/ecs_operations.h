// Operations of ECS, in the files ecs_*.cc: reading only, from stored states.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Operations.html
#pragma once

#include "server/operations.h"

namespace culprit::server {

boost::json::object describe_clusters(Account& account, const ApiRequest& request);
boost::json::object describe_services(Account& account, const ApiRequest& request);
boost::json::object describe_task_definition(Account& account, const ApiRequest& request);
boost::json::object describe_tasks(Account& account, const ApiRequest& request);
boost::json::object list_clusters(Account& account, const ApiRequest& request);
boost::json::object list_services(Account& account, const ApiRequest& request);
boost::json::object list_tasks(Account& account, const ApiRequest& request);

}  // namespace culprit::server
