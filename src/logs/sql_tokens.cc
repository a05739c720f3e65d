#include "logs/sql_tokens.h"

#include <algorithm>
#include <array>

namespace culprit {

namespace {

enum Class : std::uint8_t { kBlank = 1, kDigit = 2, kNameStart = 4, kNamePart = 8 };

constexpr auto kClasses = [] {
  std::array<std::uint8_t, 256> out{};
  for (int c = 0; c < 256; ++c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 128;
    const bool digit = c >= '0' && c <= '9';
    std::uint8_t bits = 0;
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v' || c == 0) bits |= kBlank;
    if (digit) bits |= kDigit;
    if (letter) bits |= kNameStart;
    if (letter || digit || c == '$') bits |= kNamePart;
    out[static_cast<std::size_t>(c)] = bits;
  }
  return out;
}();

bool in(char c, std::uint8_t bits) { return (kClasses[static_cast<unsigned char>(c)] & bits) != 0; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool SqlToken::is_word(std::string_view wanted) const {
  return kind == Kind::kWord && text.size() == wanted.size() &&
         std::equal(text.begin(), text.end(), wanted.begin(), [](char a, char b) { return lower(a) == b; });
}

void SqlTokens::skip_block_comment() {
  std::size_t depth = 1;
  at_ += 2;
  while (at_ < sql_.size() && depth > 0) {
    const auto mark = sql_.find_first_of("*/", at_);
    if (mark == std::string_view::npos) {
      at_ = sql_.size();
      return;
    }
    const auto two = sql_.substr(mark, 2);
    at_ = mark + (two == "*/" || two == "/*" ? 2 : 1);
    if (two == "*/") --depth;
    if (two == "/*") ++depth;
  }
}

bool SqlTokens::skip_blank() {
  const std::size_t begin = at_;
  while (at_ < sql_.size()) {
    if (in(sql_[at_], kBlank)) {
      ++at_;
    } else if (sql_[at_] == '-' && sql_.substr(at_, 2) == "--") {
      at_ = std::min(sql_.find('\n', at_), sql_.size());
    } else if (sql_[at_] == '/' && sql_.substr(at_, 2) == "/*") {
      skip_block_comment();
    } else {
      break;
    }
  }
  return at_ != begin;
}

SqlToken SqlTokens::take(SqlToken::Kind kind, std::size_t end, bool cut) {
  SqlToken token{kind, sql_.substr(at_, end - at_), spaced_, cut};
  at_ = end;
  return token;
}

// `open` is the place of the opening quote. A doubled quote is part of the text.
SqlToken SqlTokens::take_quoted(SqlToken::Kind kind, std::size_t open, char quote, bool backslashes) {
  std::size_t i = open + 1;
  while (i < sql_.size()) {
    if (backslashes && sql_[i] == '\\') {
      i += 2;
    } else if (sql_[i] == quote) {
      if (i + 1 >= sql_.size() || sql_[i + 1] != quote) return take(kind, i + 1);
      i += 2;
    } else {
      ++i;
    }
  }
  return take(kind, sql_.size(), true);
}

// $$ … $$ or $tag$ … $tag$
bool SqlTokens::take_dollar_quoted(SqlToken& token) {
  std::size_t i = at_ + 1;
  if (i < sql_.size() && in(sql_[i], kDigit)) return false;
  while (i < sql_.size() && i - at_ < 64 && in(sql_[i], kNamePart) && sql_[i] != '$') ++i;
  if (i >= sql_.size() || sql_[i] != '$') return false;
  const auto tag = sql_.substr(at_, i + 1 - at_);
  const auto close = sql_.find(tag, i + 1);
  token = close == std::string_view::npos ? take(SqlToken::Kind::kString, sql_.size(), true)
                                          : take(SqlToken::Kind::kString, close + tag.size());
  return true;
}

std::uint64_t SqlTokens::skip_listed_literals() {
  const char* const end = sql_.data() + sql_.size();
  const char* done = sql_.data() + at_;
  std::uint64_t count = 0;
  for (const char* p = done;;) {
    while (p < end && in(*p, kBlank)) ++p;
    if (p < end && *p == '\'') {
      ++p;
      while (p < end && *p != '\'') ++p;
      if (p + 1 >= end || p[1] == '\'') break;  // cut, or a doubled quote: for next() to read
      ++p;
    } else {
      const char* const sign = p;
      if (p < end && (*p == '-' || *p == '$')) ++p;
      const char* const digits = p;
      while (p < end && in(*p, kDigit)) ++p;
      if (p == digits || (p - sign > 1 && p >= end)) break;
    }
    while (p < end && in(*p, kBlank)) ++p;
    if (p >= end || *p != ',') break;
    done = ++p;
    ++count;
  }
  at_ = static_cast<std::size_t>(done - sql_.data());
  return count;
}

SqlToken SqlTokens::next() {
  using Kind = SqlToken::Kind;
  spaced_ = skip_blank();
  if (at_ >= sql_.size()) return take(Kind::kEnd, sql_.size());
  const char c = sql_[at_];
  const auto peek = [&](std::size_t ahead) { return at_ + ahead < sql_.size() ? sql_[at_ + ahead] : '\0'; };
  if (c == '\'') return take_quoted(Kind::kString, at_, '\'', false);
  if (c == '"') return take_quoted(Kind::kQuotedName, at_, '"', false);
  if (in(c, kNameStart)) {
    const char l = lower(c);
    if (peek(1) == '\'' && (l == 'e' || l == 'b' || l == 'x' || l == 'n'))
      return take_quoted(Kind::kString, at_ + 1, '\'', l == 'e');
    if (l == 'u' && peek(1) == '&' && peek(2) == '\'')
      return take_quoted(Kind::kString, at_ + 2, '\'', false);
    std::size_t end = at_ + 1;
    while (end < sql_.size() && in(sql_[end], kNamePart)) ++end;
    return take(Kind::kWord, end);
  }
  if (in(c, kDigit) || (c == '.' && in(peek(1), kDigit))) {
    std::size_t end = at_ + 1;
    while (end < sql_.size() && (in(sql_[end], kNamePart) || sql_[end] == '.' ||
                                 ((sql_[end] == '-' || sql_[end] == '+') && lower(sql_[end - 1]) == 'e' &&
                                  end + 1 < sql_.size() && in(sql_[end + 1], kDigit))))
      ++end;
    return take(Kind::kNumber, end);
  }
  if (c == '$') {
    if (in(peek(1), kDigit)) {
      std::size_t end = at_ + 1;
      while (end < sql_.size() && in(sql_[end], kDigit)) ++end;
      return take(Kind::kParameter, end);
    }
    SqlToken token;
    if (take_dollar_quoted(token)) return token;
  }
  if (c == ':' && peek(1) == ':') return take(Kind::kSymbol, at_ + 2);
  return take(Kind::kSymbol, at_ + 1);
}

}  // namespace culprit
