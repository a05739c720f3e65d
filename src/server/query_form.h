// The body of the query protocol: "Action=X&Dimensions.member.1.Name=Y" as nested values.
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace culprit::server {

// The first value of a name, decoded.
std::optional<std::string> form_value(std::string_view body, std::string_view name);

// Every parameter but Action and Version. All scalars are text. kInput for nesting or numbers beyond the
// limits.
Result<boost::json::object> parse_query_form(std::string_view body);

}  // namespace culprit::server
