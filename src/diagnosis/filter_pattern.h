// CloudWatch filter patterns for what the tables name.
#pragma once

#include <string>
#include <string_view>

namespace culprit {

// A term in quotes; empty when the text holds what a quoted term cannot (quotes, backslashes, line ends).
std::string quoted_term(std::string_view text);

// The first request line of an endpoint ("Controller#action") in a Rails or lograge log; empty when the name
// is not of that form.
std::string endpoint_filter(std::string_view endpoint, bool lograge);

// The words a statement or message begins with ("DROP INDEX"), as a quoted term; empty without any.
std::string leading_words_filter(std::string_view text);

}  // namespace culprit
