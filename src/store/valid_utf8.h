// Text that JSON may hold.
#pragma once

#include <string>
#include <string_view>

namespace culprit {

// The text with every byte that is not part of well-formed UTF-8 (RFC 3629) replaced by U+FFFD.
std::string valid_utf8(std::string_view text);

}  // namespace culprit
