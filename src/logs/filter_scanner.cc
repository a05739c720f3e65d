#include "logs/filter_scanner.h"

#include <fmt/format.h>

#include "base/printable.h"

namespace culprit {

namespace {

constexpr std::size_t kShownBytesMax = 200;

std::string shown(std::string_view pattern) { return std::string(pattern.substr(0, kShownBytesMax)); }

// What may stand in %…%: "Supported regular expressions (regex) syntax" of the user guide, and the blank of
// its example %^starting|^initializing|^shutting down%.
bool is_regex_char(char c) {
  return is_letter_or_digit(c) ||
         std::string_view(" :_#=@/;,-^$?[]{}|\\*+.").find(c) != std::string_view::npos;
}

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

std::string hex_hint(char c) {
  if (static_cast<unsigned char>(c) >= 0x80)
    return "a regular expression of a filter pattern takes ASCII characters only; '.' matches any character";
  if (c == '(' || c == ')')
    return fmt::format(
        "parentheses do not group here: write each alternative in full (gray|grey); \\x{:02x} finds "
        "the character itself",
        static_cast<unsigned char>(c));
  return fmt::format("this character is not supported in a regular expression; write it as \\x{:02x}",
                     static_cast<unsigned char>(c));
}

}  // namespace

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool is_word_char(char c) { return is_letter_or_digit(c) || c == '_'; }

tl::unexpected<Error> invalid_characters(std::string_view term, std::string_view pattern, std::string hint) {
  std::string ascii;
  for (const char c : term) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) ascii += byte < 0x80 ? c : '?';
  }
  return fail(ErrorCode::kInput,
              fmt::format("Invalid filter pattern: Invalid character(s) in term '{}'", ascii), shown(pattern),
              std::move(hint));
}

tl::unexpected<Error> invalid_filter(std::string_view reason, std::string_view pattern, std::string hint) {
  return fail(ErrorCode::kInput, fmt::format("Invalid filter pattern: {}", reason), shown(pattern),
              std::move(hint));
}

void FilterScanner::skip_blanks() {
  while (!at_end() && is_blank(peek())) ++at_;
}

bool FilterScanner::eat(std::string_view text) {
  if (!rest().starts_with(text)) return false;
  at_ += text.size();
  return true;
}

bool FilterScanner::eat_word(std::string_view word) {
  const auto left = rest();
  if (!left.starts_with(word) || (left.size() > word.size() && is_word_char(left[word.size()]))) return false;
  at_ += word.size();
  return true;
}

std::string_view FilterScanner::run(bool (*wanted)(char)) {
  const auto begin = at_;
  while (!at_end() && wanted(peek())) ++at_;
  return pattern_.substr(begin, at_ - begin);
}

Result<std::string> FilterScanner::phrase() {
  std::string out;
  for (std::size_t i = at_ + 1; i < pattern_.size(); ++i) {
    const char c = pattern_[i];
    if (c == '"') {
      at_ = i + 1;
      return out;
    }
    const bool escape =
        c == '\\' && i + 1 < pattern_.size() && (pattern_[i + 1] == '"' || pattern_[i + 1] == '\\');
    out += escape ? pattern_[++i] : c;
  }
  return invalid_characters("\"", pattern_,
                            "the double quote is never closed; a quote inside a phrase is written \\\"");
}

Result<std::string> FilterScanner::checked_regex(std::string_view text) const {
  if (text.empty())
    return invalid_filter("empty regular expression", pattern_, "write %…% around an expression");
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_regex_char(text[i])) return invalid_characters(text.substr(i, 1), pattern_, hex_hint(text[i]));
    out += text[i];
    if (text[i] != '\\' || i + 1 >= text.size()) continue;
    const char escaped = text[++i];
    if (!is_regex_char(escaped)) return invalid_characters(text.substr(i, 1), pattern_, hex_hint(escaped));
    const bool code = escaped == 'x' && i + 2 < text.size() && is_hex(text[i + 1]) && is_hex(text[i + 2]) &&
                      text[i + 1] <= '7';
    if (is_letter_or_digit(escaped) && !code &&
        std::string_view("dsw").find(escaped) == std::string_view::npos)
      return invalid_characters(
          text.substr(i - 1, 2), pattern_,
          "the escapes are \\d, \\s, \\w, \\xhh (an ASCII code) and a backslash before a "
          "supported symbol");
    if (escaped == '_') out.pop_back();  // RE2 takes '_' for a letter, which it does not let escape
    out += escaped;
  }
  return out;
}

Result<TextRegex> FilterScanner::regex() {
  const auto end = pattern_.find('%', at_ + 1);
  if (end == std::string_view::npos)
    return invalid_characters(
        "%", pattern_,
        "a regular expression stands between percent signs; put the term in double quotes "
        "when a percent sign is meant");
  const auto text = checked_regex(pattern_.substr(at_ + 1, end - at_ - 1));
  if (!text) return tl::unexpected(text.error());
  auto regex = TextRegex::of_characters(*text);
  if (!regex) return invalid_filter(regex.error().what, pattern_, {});
  at_ = end + 1;
  return regex;
}

}  // namespace culprit
