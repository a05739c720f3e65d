// Reading the pieces that all kinds of CloudWatch filter patterns share: phrases, regular expressions, words.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "logs/text_regex.h"

namespace culprit {

// A pattern refused for a character, in the service's words: "Invalid filter pattern: Invalid character(s) in
// term '('". A character beyond ASCII is shown as '?', as the service does.
tl::unexpected<Error> invalid_characters(std::string_view term, std::string_view pattern, std::string hint);

// A pattern refused for its form: "Invalid filter pattern: <reason>".
tl::unexpected<Error> invalid_filter(std::string_view reason, std::string_view pattern, std::string hint);

// Walks a filter pattern.
class FilterScanner {
 public:
  explicit FilterScanner(std::string_view pattern) : pattern_(pattern) {}

  bool at_end() const { return at_ >= pattern_.size(); }
  char peek() const { return at_end() ? '\0' : pattern_[at_]; }
  void skip(std::size_t count = 1) { at_ += count; }
  void skip_blanks();
  bool eat(std::string_view text);
  // The same, but only when no letter or digit follows.
  bool eat_word(std::string_view word);
  std::string_view pattern() const { return pattern_; }
  std::string_view rest() const { return pattern_.substr(at_); }
  std::size_t position() const { return at_; }

  // "…" at the cursor, without its quotes; \" and \\ stand for the character, other backslashes for
  // themselves.
  Result<std::string> phrase();

  // %…% at the cursor, with the syntax that the service supports.
  Result<TextRegex> regex();

  // The longest run of characters that `wanted` takes.
  std::string_view run(bool (*wanted)(char));

 private:
  // The text between percent signs as RE2 takes it, or why the service refuses it.
  Result<std::string> checked_regex(std::string_view text) const;

  std::string_view pattern_;
  std::size_t at_ = 0;
};

bool is_blank(char c);
bool is_letter_or_digit(char c);  // ASCII
bool is_word_char(char c);        // letter, digit or underscore

}  // namespace culprit
