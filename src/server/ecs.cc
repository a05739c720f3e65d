// ECS: which operations there are.
#include "server/ecs_operations.h"

namespace culprit::server {

namespace {

constexpr Operation kOperations[] = {
    {"DescribeClusters", Access::kRead, describe_clusters},
    {"DescribeServices", Access::kRead, describe_services},
    {"DescribeTaskDefinition", Access::kRead, describe_task_definition},
    {"DescribeTasks", Access::kRead, describe_tasks},
    {"ListClusters", Access::kRead, list_clusters},
    {"ListServices", Access::kRead, list_services},
    {"ListTasks", Access::kRead, list_tasks},
};

}  // namespace

std::span<const Operation> ecs_operations() { return kOperations; }

}  // namespace culprit::server
