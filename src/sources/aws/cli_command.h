// The `aws …` command line that repeats a request.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>

#include "aws_wire/service.h"

namespace culprit::aws {

// "DescribeDBInstances" -> "describe-db-instances", as botocore names commands and options.
std::string kebab_case(std::string_view name);

// Quoted for a POSIX shell when it needs to be.
std::string shell_quoted(std::string_view text);

// "aws logs filter-log-events --log-group-name /x --start-time 1 …" + flags. Page tokens are left out: the
// AWS CLI pages by itself.
std::string cli_command(Service service, std::string_view operation, const boost::json::object& parameters,
                        std::string_view flags);

}  // namespace culprit::aws
