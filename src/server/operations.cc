#include "server/operations.h"

#include <algorithm>

namespace culprit::server {

std::span<const Operation> operations_of(aws::Service service) {
  switch (service) {
    case aws::Service::kSts:
      return sts_operations();
    case aws::Service::kCloudWatch:
      return cloudwatch_operations();
    case aws::Service::kLogs:
      return logs_operations();
    case aws::Service::kEcs:
      return ecs_operations();
    case aws::Service::kRds:
      return rds_operations();
    default:
      return {};
  }
}

const Operation* find_operation(aws::Service service, std::string_view name) {
  const auto all = operations_of(service);
  const auto found = std::ranges::find(all, name, &Operation::name);
  return found == all.end() ? nullptr : &*found;
}

std::string_view refusal_code(aws::Service service) {
  switch (service) {
    case aws::Service::kCloudWatch:
      return "ValidationError";
    case aws::Service::kRds:
      return "InvalidParameterValue";
    case aws::Service::kSts:
      return "ValidationError";
    default:
      return "InvalidParameterException";
  }
}

}  // namespace culprit::server
