// Bytes of a log as text that every teller may show.
#pragma once

#include <string>
#include <string_view>

namespace culprit {

// Valid UTF-8 without control characters other than new line and tab; anything else as \xNN.
std::string printable_utf8(std::string_view bytes);

}  // namespace culprit
