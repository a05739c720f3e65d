#include "base/shell_word.h"

#include <algorithm>

namespace culprit {

std::string inside_single_quotes(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out;
}

std::string shell_word(std::string_view text) {
  constexpr std::string_view kPlain = "_-./:@%+=,";
  const bool plain = !text.empty() && text.front() != '-' && std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kPlain.find(c) != std::string_view::npos;
  });
  return plain ? std::string(text) : "'" + inside_single_quotes(text) + "'";
}

}  // namespace culprit
