// A line of Ruby's Logger: "I, [2024-04-25T17:26:43.755035 #1]  INFO -- : [a8d7…] Completed 200 OK".
// https://docs.ruby-lang.org/en/3.2/Logger.html
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"

namespace culprit {

struct RubyLine {
  Time time;
  std::int64_t pid = 0;
  std::string_view level;  // "INFO"
  std::string_view body;   // after "-- progname: "
};

std::optional<RubyLine> parse_ruby_line(std::string_view line);

// Takes "[tag] " from the front of a body; empty when there is none.
std::string_view take_tag(std::string_view& body);

// Whether a tag may be a request id (a uuid, a load balancer's trace id …), not an address or a class name.
bool is_request_id(std::string_view tag);

// "Some::ClassName" at the start of the text; empty when there is none.
std::string_view leading_class(std::string_view text);

// "ActiveRecord::QueryCanceled" of "ActiveRecord::QueryCanceled (PG::QueryCanceled: ERROR: …)", and what
// stands in the parentheses, first line. Empty class when the text is no such line.
struct RaisedError {
  std::string_view class_name, message;
};
RaisedError parse_raised(std::string_view text);

}  // namespace culprit
