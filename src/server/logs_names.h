// Names and patterns among the parameters of Logs, refused as the service refuses them.
#pragma once

#include <string>

#include "server/parameters.h"

namespace culprit::server {

// logGroupName, logStreamName, filterName, filterPattern. All throw ApiFault (InvalidParameterException).
std::string need_group_name(const Parameters& p);
std::string need_stream_name(const Parameters& p);
std::string need_filter_name(const Parameters& p);
std::string need_filter_pattern(const Parameters& p);  // may be empty

// A text of at most so many characters; empty when absent.
std::string short_text(const Parameters& p, std::string_view name, std::size_t characters_max);

}  // namespace culprit::server
