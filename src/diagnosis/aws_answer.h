// Reading fields out of AWS answers as the CLI prints them; missing or odd fields read as empty.
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace culprit {

const boost::json::value* field(const boost::json::value& object, std::string_view name);
std::string text_field(const boost::json::value& object, std::string_view name);
std::optional<std::int64_t> number_field(const boost::json::value& object, std::string_view name);
// ISO 8601 text or epoch seconds (the CLI's v2 and v1 forms).
std::optional<Time> time_field(const boost::json::value& object, std::string_view name);
// The elements of an array field; empty when there is none.
const boost::json::array& array_field(const boost::json::value& object, std::string_view name);

// "chatwoot-web:87" of "arn:aws:ecs:us-east-1:1234:task-definition/chatwoot-web:87".
std::string last_part(std::string_view arn);
// What an ECS service says of itself, without "(service NAME)" in front.
std::string service_message(std::string_view message);

}  // namespace culprit
