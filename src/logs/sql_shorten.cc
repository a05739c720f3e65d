#include "logs/sql_shorten.h"

#include <vector>

#include "logs/sql_tokens.h"

namespace culprit {

namespace {

constexpr std::size_t kDepthMax = 4096;

// Writes key and sql token by token; whenever a list element ends that looks like the one before it, both
// texts are taken back to where that one ended.
class Shortener {
 public:
  explicit Shortener(std::string_view sql) : tokens_(sql) {}

  ShortenedSql run() {
    for (SqlToken token = tokens_.next(); token.kind != SqlToken::Kind::kEnd; token = tokens_.next())
      step(token);
    while (!stack_.empty()) {
      end_element();
      stack_.pop_back();
    }
    return std::move(out_);
  }

 private:
  struct Mark {
    std::size_t key = 0, sql = 0, tokens = 0;
  };
  struct Level {
    enum class Kind { kParenthesis, kList, kRow, kRows } kind = Kind::kParenthesis;
    Mark element;   // where the open element began (before its comma)
    Mark previous;  // where the one before it began
    bool has_previous = false;
  };

  Mark here() const { return {out_.key.size(), out_.sql.size(), out_.tokens}; }
  bool in_list() const {
    return !stack_.empty() &&
           (stack_.back().kind == Level::Kind::kList || stack_.back().kind == Level::Kind::kRow);
  }

  void write(const SqlToken& token) {
    const bool space = token.spaced && !out_.sql.empty();
    if (space || (token.kind == last_kind_ && token.kind == SqlToken::Kind::kWord)) out_.sql += ' ';
    out_.sql += token.text;
    ++out_.tokens;
    out_.cut |= token.cut;
    write_key(token);
    last_kind_ = token.kind;
  }

  void write_key(const SqlToken& token) {
    const bool word = token.kind == SqlToken::Kind::kWord;
    const bool constant =
        token.is_literal() ||
        (word && in_list() && (token.is_word("null") || token.is_word("true") || token.is_word("false")));
    // A sign before a number at the start of an element is part of the constant.
    if (token.is('-') && in_list() && out_.key.size() <= element_text(stack_.back())) return;
    if (word && last_kind_ == SqlToken::Kind::kWord) out_.key += ' ';
    if (constant) {
      out_.key += kMaskedLiteral;
    } else {
      out_.key += token.text;
    }
  }

  // Where the open element's own text starts in the key, behind the comma.
  std::size_t element_text(const Level& level) const {
    const auto begin = level.element.key;
    return begin < out_.key.size() && out_.key[begin] == ',' ? begin + 1 : begin;
  }

  bool is_lone_literal() const {
    return std::string_view(out_.key).substr(element_text(stack_.back())) ==
           std::string_view(&kMaskedLiteral, 1);
  }

  void end_element() {
    Level& level = stack_.back();
    // A row keeps all its elements; rows that look alike are one.
    if (level.kind == Level::Kind::kParenthesis || level.kind == Level::Kind::kRow) return;
    const auto now = std::string_view(out_.key).substr(element_text(level));
    if (level.has_previous) {
      auto before =
          std::string_view(out_.key).substr(level.previous.key, level.element.key - level.previous.key);
      if (!before.empty() && before[0] == ',') before.remove_prefix(1);
      if (before == now) {
        take_back(level.element);
        return;
      }
    }
    level.previous = level.element;
    level.has_previous = true;
  }

  void take_back(const Mark& mark) {
    out_.key.resize(mark.key);
    out_.sql.resize(mark.sql);
    out_.tokens = mark.tokens;
  }

  void push(Level::Kind kind) {
    if (stack_.size() < kDepthMax) {
      stack_.push_back({kind, here(), {}, false});
    } else {
      ++beyond_;
    }
  }

  void close() {
    if (beyond_ > 0) {
      --beyond_;
      return;
    }
    if (stack_.empty()) return;
    end_element();
    stack_.pop_back();
  }

  void step(const SqlToken& token) {
    // Rows of VALUES end where something other than a comma or a row follows.
    if (!stack_.empty() && stack_.back().kind == Level::Kind::kRows && !token.is(',') && !token.is('('))
      close();
    if (token.is(')') || token.is(']')) {
      close();
      write(token);
    } else if (token.is('(') || token.is('[')) {
      const bool row = !stack_.empty() && stack_.back().kind == Level::Kind::kRows;
      const bool list = token.is('(')
                            ? before_.is_word("in") || before_.is_word("any") || before_.is_word("all")
                            : before_.is_word("array");
      write(token);
      push(row ? Level::Kind::kRow : list ? Level::Kind::kList : Level::Kind::kParenthesis);
    } else if (token.is(',') && !stack_.empty() && stack_.back().kind != Level::Kind::kParenthesis &&
               beyond_ == 0) {
      const bool lone_literal = stack_.back().kind == Level::Kind::kList && is_lone_literal();
      end_element();
      stack_.back().element = here();
      write(token);
      if (lone_literal) tokens_.skip_listed_literals();  // they are like the one before
    } else {
      write(token);
      if (token.is_word("values")) push(Level::Kind::kRows);
    }
    before_ = token;
  }

  SqlTokens tokens_;
  ShortenedSql out_;
  std::vector<Level> stack_;
  std::size_t beyond_ = 0;  // levels open beyond kDepthMax
  SqlToken before_;
  SqlToken::Kind last_kind_ = SqlToken::Kind::kEnd;
};

}  // namespace

ShortenedSql shorten_sql(std::string_view sql) { return Shortener(sql).run(); }

}  // namespace culprit
