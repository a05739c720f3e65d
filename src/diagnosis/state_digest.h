// The fields of an AWS answer that an incident asks for.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>

namespace culprit {

// JSON text, a field a line, in a fixed order; only fields that are there. A kind without a list is whole.
std::string state_digest(std::string_view kind, const boost::json::value& document);

}  // namespace culprit
