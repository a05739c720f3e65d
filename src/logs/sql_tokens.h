// SQL text in tokens, as far as literals, comments and lists need it; no grammar.
// https://www.postgresql.org/docs/15/sql-syntax-lexical.html
#pragma once

#include <cstdint>
#include <string_view>

namespace culprit {

struct SqlToken {
  enum class Kind { kWord, kQuotedName, kNumber, kString, kParameter, kSymbol, kEnd };
  Kind kind = Kind::kEnd;
  std::string_view text;
  bool spaced = false;  // white space or a comment stood before it
  bool cut = false;     // a string or quoted name that never closes

  bool is(char symbol) const { return kind == Kind::kSymbol && text.size() == 1 && text[0] == symbol; }
  // An unquoted word, whatever its case; `lower` in lower case.
  bool is_word(std::string_view lower) const;
  bool is_literal() const {
    return kind == Kind::kNumber || kind == Kind::kString || kind == Kind::kParameter;
  }
};

// Any bytes are tolerated; NUL counts as white space.
class SqlTokens {
 public:
  explicit SqlTokens(std::string_view sql) : sql_(sql) {}
  SqlToken next();
  // Skips lone literals that are each followed by a comma ("17, $2, 'x',"), and tells how many: the fast road
  // through long lists. Stops before anything else.
  std::uint64_t skip_listed_literals();

 private:
  bool skip_blank();
  void skip_block_comment();
  SqlToken take(SqlToken::Kind kind, std::size_t end, bool cut = false);
  SqlToken take_quoted(SqlToken::Kind kind, std::size_t open, char quote, bool backslashes);
  bool take_dollar_quoted(SqlToken& token);

  std::string_view sql_;
  std::size_t at_ = 0;
  bool spaced_ = false;
};

}  // namespace culprit
