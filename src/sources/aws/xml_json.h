// Answers of the query protocol (XML) in the JSON form that `aws … --output json` prints.
#pragma once

#include <boost/json.hpp>
#include <string_view>

#include "base/error.h"

namespace culprit::aws {

// The <…Result> of an answer: lists as arrays, numbers and booleans typed, times as
// "2025-08-21T23:00:00+00:00". Which names are lists, numbers … is known for the operations that are asked
// (xml_json.cc). kInput when it is no such XML; nesting and size are bounded.
Result<boost::json::object> xml_to_json(std::string_view xml);

// Code and message of an <ErrorResponse>; empty code when it is none.
struct XmlError {
  std::string code;
  std::string message;
};
XmlError parse_xml_error(std::string_view xml);

// "2025-08-21T23:00:00.123Z" or epoch seconds -> "2025-08-21T23:00:00.123000+00:00", as the AWS CLI writes
// times; text that is no time comes back unchanged.
std::string cli_time(std::string_view iso);
std::string cli_time(double epoch_seconds);

}  // namespace culprit::aws
