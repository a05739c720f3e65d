// Whether an event says of itself that it is an error, in its own format's words.
#pragma once

#include <string_view>

namespace culprit {

// Level ERROR, FATAL, CRITICAL, SEVERE, PANIC, ALERT or EMERGENCY: Ruby Logger's header, a JSON member,
// PostgreSQL's level, Sidekiq's text, the first words behind a time stamp, or the first word of all.
bool has_error_level(std::string_view event);

}  // namespace culprit
