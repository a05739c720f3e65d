// Base64 (RFC 4648, with padding).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace culprit {

std::string to_base64(std::string_view bytes);

// Nothing when the text is not exactly what to_base64 makes (no white space, canonical padding).
std::optional<std::string> from_base64(std::string_view text);

}  // namespace culprit
