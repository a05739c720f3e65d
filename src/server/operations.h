// Every operation that the server has, each declared once: in the list of its service's file. Adding one is a
// function and a line.
#pragma once

#include <boost/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "aws_wire/service.h"
#include "server/account.h"
#include "server/parameters.h"

namespace culprit::server {

struct ApiRequest {
  Parameters parameters;
  std::string request_id;
  std::string access_key_id;  // empty with --no-auth
};

enum class Access { kRead, kWrite };

struct Operation {
  std::string_view name;
  Access access = Access::kRead;
  // Throws ApiFault. Called from several threads at once.
  boost::json::object (*run)(Account& account, const ApiRequest& request) = nullptr;
};

// By service; empty for a service that is not served.
std::span<const Operation> operations_of(aws::Service service);
const Operation* find_operation(aws::Service service, std::string_view name);

// The code with which a service refuses a parameter.
std::string_view refusal_code(aws::Service service);

// One list a service, in the file of its name.
std::span<const Operation> sts_operations();
std::span<const Operation> cloudwatch_operations();
std::span<const Operation> logs_operations();
std::span<const Operation> ecs_operations();
std::span<const Operation> rds_operations();

}  // namespace culprit::server
