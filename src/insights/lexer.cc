#include "insights/lexer.h"

#include <algorithm>
#include <charconv>

namespace culprit::insights {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool starts_word(char c) {
  return is_letter(c) || c == '@' || c == '_' || c == '$' || c == '`' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool in_word(char c) { return (starts_word(c) && c != '`') || is_digit(c); }

}  // namespace

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return out;
}

bool Token::is_word(std::string_view word) const {
  return kind == Kind::kWord && !quoted && text.size() == word.size() && lower_case(text) == word;
}

void Lexer::skip_blanks() {
  for (;;) {
    while (at_ < query_.size() && is_blank(query_[at_])) ++at_;
    if (at_ >= query_.size() || query_[at_] != '#') return;
    at_ = std::min(query_.find('\n', at_), query_.size());
  }
}

Token Lexer::next() {
  skip_blanks();
  if (at_ >= query_.size()) return {Token::Kind::kEnd, {query_.size(), query_.size()}, "<EOF>", 0, {}, false};
  const char c = query_[at_];
  if (starts_word(c)) return word();
  const bool point = c == '.' && at_ + 1 < query_.size() && is_digit(query_[at_ + 1]);
  if (is_digit(c) || point) return number();
  if (c == '"' || c == '\'') return text();
  return sign();
}

// name, name.name, `any name`, name.`any name`.0
Token Lexer::word() {
  Token out;
  out.kind = Token::Kind::kWord;
  out.span.begin = at_;
  for (;;) {
    if (at_ < query_.size() && query_[at_] == '`') {
      const auto close = query_.find('`', at_ + 1);
      if (close == std::string_view::npos)
        throw SyntaxFault{"unexpected symbol found `", {at_, query_.size()}};
      out.text += query_.substr(at_ + 1, close - at_ - 1);
      out.quoted = true;
      at_ = close + 1;
    } else {
      const std::size_t begin = at_;
      while (at_ < query_.size() && in_word(query_[at_])) ++at_;
      out.text += query_.substr(begin, at_ - begin);
    }
    const bool goes_on =
        at_ + 1 < query_.size() && query_[at_] == '.' && (in_word(query_[at_ + 1]) || query_[at_ + 1] == '`');
    if (!goes_on) break;
    out.text += '.';
    ++at_;
  }
  out.span.end = at_;
  return out;
}

Token Lexer::number() {
  Token out;
  out.kind = Token::Kind::kNumber;
  out.span.begin = at_;
  std::size_t end = at_;
  while (end < query_.size() && is_digit(query_[end])) ++end;
  if (end + 1 < query_.size() && query_[end] == '.' && is_digit(query_[end + 1]))
    for (++end; end < query_.size() && is_digit(query_[end]);) ++end;
  if (end < query_.size() && (query_[end] == 'e' || query_[end] == 'E')) {
    std::size_t digits = end + 1;
    if (digits < query_.size() && (query_[digits] == '-' || query_[digits] == '+')) ++digits;
    if (digits < query_.size() && is_digit(query_[digits])) {
      for (end = digits; end < query_.size() && is_digit(query_[end]);) ++end;
    }
  }
  out.text = query_.substr(at_, end - at_);
  const auto [read, error] = std::from_chars(out.text.data(), out.text.data() + out.text.size(), out.number);
  at_ = end;
  while (at_ < query_.size() && is_letter(query_[at_])) ++at_;
  out.span.end = at_;
  if (error != std::errc{} || read != out.text.data() + out.text.size())
    throw SyntaxFault{"number out of range", out.span};
  if (at_ > end) {
    out.kind = Token::Kind::kPeriod;
    out.unit = lower_case(query_.substr(end, at_ - end));
    out.text = query_.substr(out.span.begin, at_ - out.span.begin);
  }
  return out;
}

Token Lexer::text() {
  Token out;
  out.kind = Token::Kind::kText;
  out.span.begin = at_;
  const char quote = query_[at_++];
  for (; at_ < query_.size(); ++at_) {
    char c = query_[at_];
    if (c == quote) {
      out.span.end = ++at_;
      return out;
    }
    if (c == '\\' && at_ + 1 < query_.size()) {
      const char escaped = query_[at_ + 1];
      const bool known = escaped == '"' || escaped == '\'' || escaped == '\\';
      if (known) c = escaped;
      if (escaped == 'n') c = '\n';
      if (escaped == 't') c = '\t';
      if (escaped == 'r') c = '\r';
      if (c != '\\' || known) ++at_;
    }
    out.text += c;
  }
  throw SyntaxFault{std::string("unexpected symbol found ") + quote + " without its end",
                    {out.span.begin, query_.size()}};
}

Token Lexer::sign() {
  static constexpr std::string_view kLong[] = {"!=", "=~", "<=", ">="};
  Token out;
  out.kind = Token::Kind::kSign;
  out.span.begin = at_;
  const auto two = query_.substr(at_, 2);
  const bool is_long = std::ranges::find(kLong, two) != std::end(kLong);
  out.text = is_long ? two : query_.substr(at_, 1);
  at_ += out.text.size();
  out.span.end = at_;
  return out;
}

Token Lexer::regex(std::size_t begin) {
  Token out;
  out.kind = Token::Kind::kText;
  out.span.begin = begin;
  for (at_ = begin + 1; at_ < query_.size(); ++at_) {
    if (query_[at_] == '/') {
      out.span.end = ++at_;
      return out;
    }
    if (query_[at_] == '\\' && at_ + 1 < query_.size()) {
      if (query_[at_ + 1] != '/') out.text += '\\';
      ++at_;
    }
    out.text += query_[at_];
  }
  throw SyntaxFault{"unexpected symbol found / without its end", {begin, query_.size()}};
}

}  // namespace culprit::insights
