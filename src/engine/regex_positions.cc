#include "engine/regex_positions.h"

#include <cstddef>

namespace culprit::engine {

namespace {

using Bytes = std::bitset<256>;

class Parser {
 public:
  Parser(std::string_view text, bool any_byte) : text_(text), any_byte_(any_byte) {}

  std::optional<std::vector<RegexPosition>> parse() {
    if (text_.substr(0, 4) == "(?i)") {
      ignore_case_ = true;
      at_ = 4;
    }
    while (ok_ && at_ < text_.size()) {
      Bytes bytes;
      atom(bytes);
      if (ok_) quantified(bytes);
    }
    if (!ok_ || out_.empty()) return std::nullopt;
    return std::move(out_);
  }

 private:
  bool more() const { return at_ < text_.size(); }
  char take() { return more() ? text_[at_++] : (ok_ = false, '\0'); }
  bool take_if(char c) {
    if (!more() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void add(Bytes& bytes, unsigned char c) const {
    bytes.set(c);
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (ignore_case_ && letter) bytes.set(c ^ 32U);
  }
  // \d, \w, \s and plain escaped punctuation; everything else is refused.
  void escape(Bytes& bytes) {
    const char c = take();
    const auto range = [&](char low, char high) {
      for (int b = low; b <= high; ++b) bytes.set(static_cast<std::size_t>(b));
    };
    switch (c) {
      case 'd':
        return range('0', '9');
      case 'w':
        range('0', '9');
        range('a', 'z');
        range('A', 'Z');
        bytes.set('_');
        return;
      case 's':
        for (const char s : {' ', '\t', '\n', '\f', '\r'}) bytes.set(static_cast<unsigned char>(s));
        return;
      case 't':
        bytes.set('\t');
        return;
      case 'n':
        bytes.set('\n');
        return;
      default:
        if (!ok_ || c <= ' ' || c > '~' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
            (c >= 'A' && c <= 'Z') || c == '_')
          ok_ = false;
        else
          bytes.set(static_cast<unsigned char>(c));
    }
  }
  void bracket(Bytes& bytes) {
    const bool negated = take_if('^');
    if (negated && !any_byte_) ok_ = false;
    bool first = true;
    while (ok_ && (first || !more() || text_[at_] != ']')) {
      first = false;
      const char low = take();
      if (low == '\\') {
        escape(bytes);
        if (at_ + 1 < text_.size() && text_[at_] == '-' && text_[at_ + 1] != ']') ok_ = false;
        continue;
      }
      // "[:alpha:]", bytes beyond ASCII and odd ranges are left to RE2.
      if (low == '[' || low == ']' || static_cast<unsigned char>(low) >= 128) ok_ = false;
      char high = low;
      if (at_ + 1 < text_.size() && text_[at_] == '-' && text_[at_ + 1] != ']') {
        ++at_;
        high = take();
        if (high == '\\' || high == '[' || static_cast<unsigned char>(high) >= 128 || high < low) ok_ = false;
      }
      for (int c = low; ok_ && c <= high; ++c) add(bytes, static_cast<unsigned char>(c));
    }
    take();  // the "]"
    if (negated) bytes.flip();
  }
  void atom(Bytes& bytes) {
    const char c = take();
    switch (c) {
      case '\\':
        return escape(bytes);
      case '[':
        return bracket(bytes);
      case '.':
        if (!any_byte_) ok_ = false;
        bytes.set();
        return;
      case '(':
      case ')':
      case '|':
      case '^':
      case '$':
      case '*':
      case '+':
      case '?':
      case '{':
      case '}':
        ok_ = false;
        return;
      default:
        if (static_cast<unsigned char>(c) >= 128) ok_ = false;
        add(bytes, static_cast<unsigned char>(c));
    }
  }
  std::size_t number() {
    std::size_t value = 0;
    const std::size_t begin = at_;
    while (more() && text_[at_] >= '0' && text_[at_] <= '9' && value < 1000)
      value = value * 10 + static_cast<std::size_t>(text_[at_++] - '0');
    if (at_ == begin) ok_ = false;
    return value;
  }
  void put(const Bytes& bytes, bool repeats, bool optional) {
    if (out_.size() >= kRegexPositionsMax) ok_ = false;
    if (ok_) out_.push_back({bytes, repeats, optional});
  }
  void quantified(const Bytes& bytes) {
    if (take_if('*')) {
      put(bytes, true, true);
    } else if (take_if('+')) {
      put(bytes, true, false);
    } else if (take_if('?')) {
      put(bytes, false, true);
    } else if (take_if('{')) {
      counted(bytes);
    } else {
      return put(bytes, false, false);
    }
    take_if('?');  // lazy
    if (more() && (text_[at_] == '*' || text_[at_] == '+' || text_[at_] == '?' || text_[at_] == '{'))
      ok_ = false;
  }
  void counted(const Bytes& bytes) {
    const std::size_t low = number();
    std::size_t high = low;
    bool open = false;
    if (take_if(',')) {
      open = more() && text_[at_] == '}';
      if (!open) high = number();
    }
    if (!take_if('}') || high < low || high > kRegexPositionsMax || (high == 0 && !open)) ok_ = false;
    for (std::size_t i = 0; ok_ && i < low; ++i) put(bytes, open && i + 1 == low, false);
    if (open && low == 0) put(bytes, true, true);
    for (std::size_t i = low; ok_ && i < high; ++i) put(bytes, false, true);
  }

  std::string_view text_;
  bool any_byte_;
  bool ignore_case_ = false;
  bool ok_ = true;
  std::size_t at_ = 0;
  std::vector<RegexPosition> out_;
};

}  // namespace

std::optional<std::vector<RegexPosition>> regex_positions(std::string_view pattern, bool any_byte) {
  return Parser(pattern, any_byte).parse();
}

std::vector<std::string_view> regex_alternatives(std::string_view pattern) {
  std::vector<std::string_view> out;
  std::size_t begin = 0;
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\') {
      ++i;
    } else if (c == '(') {
      return {pattern};
    } else if (c == '[') {
      in_class = true;
    } else if (c == ']') {
      in_class = false;
    } else if (c == '|' && !in_class) {
      out.push_back(pattern.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  out.push_back(pattern.substr(begin));
  return out;
}

}  // namespace culprit::engine
