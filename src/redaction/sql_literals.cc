// Literals of SQL statements inside log text. Not a parser: it only needs to know where a statement starts
// and ends, and what in it is a value. Prose around a statement ("… took 14 s (38 times)") keeps its numbers.
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "redaction/rules.h"

namespace culprit {

namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$'; }
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool is_one_of(std::string_view word, std::string_view list) {
  std::string upper(" ");
  for (const char c : word) upper += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  upper += ' ';
  return list.find(upper) != std::string_view::npos;
}

// Words before a value, and words that may follow one.
constexpr std::string_view kBefore =
    " LIMIT OFFSET AND OR NOT BETWEEN LIKE ILIKE THEN ELSE SELECT INTERVAL VALUES IN ANY SET WHEN RETURNING "
    "TO FETCH FIRST ";
constexpr std::string_view kAfter =
    " AND OR ORDER GROUP LIMIT OFFSET FOR THEN WHEN ELSE END RETURNING ON UNION AS ASC DESC HAVING WHERE "
    "FROM SET "
    "IS NOT IN LIKE BETWEEN ROWS ROW PRECEDING FOLLOWING INTERSECT EXCEPT USING ";

class StatementScanner {
 public:
  StatementScanner(std::string_view text, RedactFor purpose, bool in_json, bool in_backticks)
      : text_(text), in_json_(in_json), in_backticks_(in_backticks) {
    if (purpose == RedactFor::kAnalysis) string_ = "'?'", number_ = "0";
  }

  // Reads a statement from the front; returns how many bytes it took.
  std::size_t scan(std::string& out, int& replaced) {
    while (at_ < text_.size() && !ends_here()) {
      const char c = text_[at_];
      if (c == '\'' && starts_string())
        take_string(out, replaced);
      else if (c == '$' && take_dollar_quoted(out, replaced))
        continue;
      else if (c == '"' || (c == '/' && peek(1) == '*'))
        copy_quoted(out);
      else if (is_digit(c) && (at_ == 0 || (!is_word(text_[at_ - 1]) && text_[at_ - 1] != '.')))
        take_number(out, replaced);
      else if (is_word(c))
        copy_word(out);
      else {
        if (!is_blank(c)) before_ = std::string(1, c);
        out += c;
        ++at_;
      }
    }
    return at_;
  }

 private:
  char peek(std::size_t ahead) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  bool ends_here() const {
    const char c = text_[at_];
    if (in_backticks_ && c == '`') return true;
    if (in_json_ && c == '"' && (at_ == 0 || text_[at_ - 1] != '\\')) return true;
    if (c != '\n') return false;
    // A new line that starts like a log line is no part of the statement.
    static const re2::RE2 kLogLine(R"(\n(?:\d{4}-\d\d-\d\d[ T]|\[[0-9a-f\-]{8,}|[DIWEF], \[|# \d\d:\d\d))");
    const re2::StringPiece rest(text_.data() + at_, text_.size() - at_);
    return kLogLine.Match(rest, 0, std::min<std::size_t>(rest.size(), 40), re2::RE2::ANCHOR_START, nullptr,
                          0);
  }

  // "it's" is prose, E'x' a string.
  bool starts_string() const {
    if (at_ == 0 || !is_word(text_[at_ - 1])) return true;
    const bool prefix = std::string_view("EeBbXxNn").find(text_[at_ - 1]) != std::string_view::npos;
    return prefix && (at_ < 2 || !is_word(text_[at_ - 2]));
  }

  void take_string(std::string& out, int& replaced) {
    const bool escapes = at_ > 0 && (text_[at_ - 1] == 'E' || text_[at_ - 1] == 'e');
    std::size_t end = at_ + 1;
    for (; end < text_.size(); ++end) {
      if (escapes && text_[end] == '\\') {
        ++end;
      } else if (text_[end] == '\'') {
        if (end + 1 >= text_.size() || text_[end + 1] != '\'') break;
        ++end;
      }
    }
    at_ = std::min(end + 1, text_.size());
    out += string_;
    ++replaced;
    before_ = "?";
  }

  bool take_dollar_quoted(std::string& out, int& replaced) {
    std::size_t end = at_ + 1;
    while (end < text_.size() &&
           (std::isalpha(static_cast<unsigned char>(text_[end])) != 0 || text_[end] == '_'))
      ++end;
    if (end >= text_.size() || text_[end] != '$') return false;
    const std::string_view tag = text_.substr(at_, end + 1 - at_);
    const std::size_t close = text_.find(tag, end + 1);
    at_ = close == std::string_view::npos ? text_.size() : close + tag.size();
    out += string_;
    ++replaced;
    return true;
  }

  // Identifiers in double quotes and comments stay.
  void copy_quoted(std::string& out) {
    const std::string_view mark = text_[at_] == '"' ? "\"" : "*/";
    const std::size_t close = text_.find(mark, at_ + (mark.size() == 1 ? 1 : 2));
    const std::size_t end = close == std::string_view::npos ? at_ + 1 : close + mark.size();
    out.append(text_.substr(at_, end - at_));
    at_ = end;
    before_ = "x";
  }

  void copy_word(std::string& out) {
    std::size_t end = at_;
    while (end < text_.size() && is_word(text_[end])) ++end;
    before_ = std::string(text_.substr(at_, end - at_));
    out.append(before_);
    at_ = end;
  }

  void take_number(std::string& out, int& replaced) {
    std::size_t end = at_;
    while (end < text_.size() && (is_digit(text_[end]) ||
                                  (text_[end] == '.' && end + 1 < text_.size() && is_digit(text_[end + 1]))))
      ++end;
    std::size_t after = end;
    while (after < text_.size() && is_word(text_[after])) ++after;
    const bool glued = after != end;  // "14s", "0x1f", an id
    const bool value = !glued && may_precede_value() && may_follow_value(end);
    if (value) {
      out += number_;
      ++replaced;
    } else {
      out.append(text_.substr(at_, after - at_));
    }
    at_ = glued ? after : end;
    before_ = "?";
  }

  bool may_precede_value() const {
    if (before_.empty()) return false;
    if (!is_word(before_.front()))
      return std::string_view("=<>(,+-*/%|[").find(before_.front()) != std::string_view::npos;
    return is_one_of(before_, kBefore);
  }

  bool may_follow_value(std::size_t end) const {
    std::size_t next = end;
    while (next < text_.size() && is_blank(text_[next])) ++next;
    if (next == text_.size()) return true;
    if (text_[next] == '%') return false;  // "83 %"
    if (std::isalpha(static_cast<unsigned char>(text_[next])) == 0) return true;
    if (next == end) return false;
    std::size_t word_end = next;
    while (word_end < text_.size() && is_word(text_[word_end])) ++word_end;
    return is_one_of(text_.substr(next, word_end - next), kAfter);
  }

  std::string_view text_;
  std::string_view string_ = "?";  // what a literal becomes
  std::string_view number_ = "?";
  bool in_json_, in_backticks_;
  std::size_t at_ = 0;
  std::string before_;  // last word or sign
};

const re2::RE2& statement_start() {
  static const re2::RE2 start(
      R"((?:^|[\s:(`"\]>\\])((?i:INSERT\s+INTO|DELETE\s+FROM|UPDATE\s+\S+\s+SET|SELECT|WITH\s+(?:RECURSIVE\s+)?\S+\s+AS\s+(?:MATERIALIZED\s+)?\(|MERGE\s+INTO|COPY\s+\S+|(?:ALTER|CREATE)\s+(?:ROLE|USER)|CALL\s+\w+\s*\()|DECLARE|EXECUTE|EXPLAIN|VALUES\s*\()[\s("(*])");
  return start;
}

// "select" in small letters is SQL only with a FROM behind it.
bool is_statement(std::string_view word, std::string_view rest) {
  if (word != "select" && word != "Select") return true;
  static const re2::RE2 kFrom(R"((?i)\sFROM\s)");
  return re2::RE2::PartialMatch(re2::StringPiece(rest.data(), rest.size()), kFrom);
}

}  // namespace

std::string without_sql_literals(std::string_view text, RedactFor purpose, int& replaced) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const bool json = first != std::string_view::npos && text[first] == '{';
  const re2::StringPiece whole(text.data(), text.size());
  std::string out;
  std::size_t at = 0;
  re2::StringPiece groups[2];
  while (at < text.size() &&
         statement_start().Match(whole, at, text.size(), re2::RE2::UNANCHORED, groups, 2)) {
    const auto start = static_cast<std::size_t>(groups[1].data() - text.data());
    out.append(text.substr(at, start - at));
    const std::string_view rest = text.substr(start);
    if (!is_statement(std::string_view(groups[1].data(), groups[1].size()), rest)) {
      out.append(rest.substr(0, groups[1].size()));
      at = start + groups[1].size();
      continue;
    }
    const bool backticks = start > 0 && text[start - 1] == '`';
    at = start + StatementScanner(rest, purpose, json, backticks).scan(out, replaced);
  }
  return out.append(text.substr(std::min(at, text.size())));
}

}  // namespace culprit
