#include "diagnosis/printable.h"

#include <fmt/format.h>

namespace culprit {

namespace {

// Length of the well-formed UTF-8 sequence at the start (Unicode 15, table 3-7); 0 = none.
std::size_t sequence_length(std::string_view s) {
  const auto byte = [&](std::size_t i) { return i < s.size() ? static_cast<unsigned char>(s[i]) : 0u; };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0u) == 0x80u; };
  const unsigned b = byte(0);
  if (b < 0x80) return 1;
  if (b >= 0xC2 && b <= 0xDF) return tail(1) ? 2 : 0;
  if (b >= 0xE0 && b <= 0xEF) {
    if (b == 0xE0 && byte(1) < 0xA0) return 0;
    if (b == 0xED && byte(1) > 0x9F) return 0;
    return tail(1) && tail(2) ? 3 : 0;
  }
  if (b >= 0xF0 && b <= 0xF4) {
    if (b == 0xF0 && byte(1) < 0x90) return 0;
    if (b == 0xF4 && byte(1) > 0x8F) return 0;
    return tail(1) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

std::string printable_utf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const auto b = static_cast<unsigned char>(bytes.front());
    const std::size_t n = sequence_length(bytes);
    const bool control = (b < 0x20 && b != '\n' && b != '\t') || b == 0x7F ||
                         (n == 2 && b == 0xC2 && static_cast<unsigned char>(bytes[1]) < 0xA0);
    if (n == 0 || control) {
      out += fmt::format("\\x{:02X}", b);
      bytes.remove_prefix(1);
    } else {
      out += bytes.substr(0, n);
      bytes.remove_prefix(n);
    }
  }
  return out;
}

}  // namespace culprit
