// A regular expression as a row of positions, when it is one.
#pragma once

#include <bitset>
#include <optional>
#include <string_view>
#include <vector>

namespace culprit::engine {

// Takes one byte of the class; several if it repeats; none if it is optional.
struct RegexPosition {
  std::bitset<256> bytes;
  bool repeats = false;
  bool optional = false;
};

constexpr std::size_t kRegexPositionsMax = 64;

// RE2's syntax as far as it is a row of characters and classes with quantifiers, perhaps behind "(?i)".
// nullopt for anything else. Without `any_byte`, '.' and negated classes are refused: they take a character
// of UTF-8. Laziness does not matter to whether something matches.
std::optional<std::vector<RegexPosition>> regex_positions(std::string_view pattern, bool any_byte);

// The alternatives at the top level of an expression without groups; the whole when there is one.
std::vector<std::string_view> regex_alternatives(std::string_view pattern);

}  // namespace culprit::engine
