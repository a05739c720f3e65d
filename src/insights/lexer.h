// Words, numbers, texts and signs of a query, with where they stand.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace culprit::insights {

struct Span {
  std::size_t begin = 0;  // bytes
  std::size_t end = 0;
};

// Why a query cannot be understood. Thrown inside this folder only.
struct SyntaxFault {
  std::string message;
  Span where;
};

struct Token {
  // kPeriod: a number with its unit behind it, "5m".
  enum class Kind { kWord, kNumber, kPeriod, kText, kSign, kEnd };
  Kind kind = Kind::kEnd;
  Span span;
  std::string text;     // of a word its name without backquotes; of a text what stands between its quotes
  double number = 0;    // of numbers and periods
  std::string unit;     // of a period, lower case
  bool quoted = false;  // a word in backquotes is never a keyword

  bool is_sign(std::string_view sign) const { return kind == Kind::kSign && text == sign; }
  bool is_word(std::string_view word) const;  // a keyword, in either case of its letters
};

class Lexer {
 public:
  explicit Lexer(std::string_view query) : query_(query) {}

  // Comments (# to the end of the line) and blanks are passed over. Throws SyntaxFault for a text without an
  // end.
  Token next();
  // The regular expression whose first '/' stands at `begin`; the next token is the one behind it.
  Token regex(std::size_t begin);
  std::string_view query() const { return query_; }

 private:
  void skip_blanks();
  Token word();
  Token number();
  Token text();
  Token sign();

  std::string_view query_;
  std::size_t at_ = 0;
};

std::string lower_case(std::string_view text);

}  // namespace culprit::insights
