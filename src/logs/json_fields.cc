#include "logs/json_fields.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace culprit {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

void skip_space(std::string_view text, std::size_t& at) {
  while (at < text.size() && is_space(text[at])) ++at;
}

// Moves past the closing quote of a string whose opening quote is at `at`; false when it never closes.
bool skip_string(std::string_view text, std::size_t& at) {
  std::size_t i = at + 1;
  for (;;) {
    if (i >= text.size()) return false;
    const void* quote = std::memchr(text.data() + i, '"', text.size() - i);
    if (quote == nullptr) return false;
    const auto end = static_cast<std::size_t>(static_cast<const char*>(quote) - text.data());
    std::size_t backslashes = 0;
    while (end - backslashes > i && text[end - backslashes - 1] == '\\') ++backslashes;
    i = end + 1;
    if (backslashes % 2 == 0) {
      at = i;
      return true;
    }
  }
}

bool skip_nested(std::string_view text, std::size_t& at) {
  std::size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      if (!skip_string(text, at)) return false;
      continue;
    }
    ++at;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return true;
  }
  return false;
}

bool skip_value(std::string_view text, std::size_t& at) {
  if (at >= text.size()) return false;
  if (text[at] == '"') return skip_string(text, at);
  if (text[at] == '{' || text[at] == '[') return skip_nested(text, at);
  const std::size_t begin = at;
  while (at < text.size() && text[at] != ',' && text[at] != '}' && text[at] != ']' && !is_space(text[at]))
    ++at;
  return at > begin && at < text.size();
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Four hex digits at `at`, or -1.
int unit_at(std::string_view text, std::size_t at) {
  if (at + 4 > text.size()) return -1;
  int value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const int digit = hex_value(text[at + i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6), put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12), put(0x80 | (code >> 6 & 0x3F)), put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18), put(0x80 | (code >> 12 & 0x3F)), put(0x80 | (code >> 6 & 0x3F)),
        put(0x80 | (code & 0x3F));
  }
}

// The \uXXXX escape whose 'u' is at `at`; moves past what it used.
void append_unicode_escape(std::string& out, std::string_view text, std::size_t& at) {
  const int first = unit_at(text, at + 1);
  if (first < 0) {
    out += 'u';
    ++at;
    return;
  }
  at += 5;
  auto code = static_cast<std::uint32_t>(first);
  if (code >= 0xD800 && code <= 0xDBFF && text.substr(at, 2) == "\\u") {
    const int second = unit_at(text, at + 2);
    if (second >= 0xDC00 && second <= 0xDFFF) {
      code = 0x10000 + ((code - 0xD800) << 10) + (static_cast<std::uint32_t>(second) - 0xDC00);
      at += 6;
    }
  }
  append_utf8(out, code >= 0xD800 && code <= 0xDFFF ? 0xFFFD : code);
}

}  // namespace

JsonMembers::JsonMembers(std::string_view text) : text_(text) {
  skip_space(text_, at_);
  if (at_ < text_.size() && text_[at_] == '{') {
    open_ = true;
    ++at_;
  }
}

bool JsonMembers::next(JsonMember& member) {
  if (!open_) return false;
  open_ = false;  // until this member is whole
  skip_space(text_, at_);
  if (at_ < text_.size() && text_[at_] == ',') ++at_;
  skip_space(text_, at_);
  if (at_ >= text_.size()) return false;
  if (text_[at_] == '}') {
    ++at_;
    complete_ = true;
    return false;
  }
  if (text_[at_] != '"') return false;
  const std::size_t key = at_ + 1;
  if (!skip_string(text_, at_)) return false;
  member.key = text_.substr(key, at_ - key - 1);
  skip_space(text_, at_);
  if (at_ >= text_.size() || text_[at_] != ':') return false;
  ++at_;
  skip_space(text_, at_);
  const std::size_t value = at_;
  if (!skip_value(text_, at_)) return false;
  member.value = text_.substr(value, at_ - value);
  open_ = true;
  return true;
}

std::string json_text(std::string_view raw, std::size_t limit) {
  if (raw.size() < 2 || raw.front() != '"') return std::string(raw.substr(0, limit));
  const std::string_view text = raw.substr(1, raw.size() - 2);
  std::string out;
  std::size_t at = 0;
  while (at < text.size() && out.size() < limit) {
    const auto backslash = std::min(text.find('\\', at), text.size());
    out.append(text.substr(at, std::min(backslash - at, limit - out.size())));
    at = backslash;
    if (at + 1 >= text.size()) break;
    const char c = text[++at];
    switch (c) {
      case 'n':
        out += '\n';
        break;
      case 't':
        out += '\t';
        break;
      case 'r':
        out += '\r';
        break;
      case 'b':
        out += '\b';
        break;
      case 'f':
        out += '\f';
        break;
      case 'u':
        append_unicode_escape(out, text, at);
        continue;
      default:
        out += c;
    }
    ++at;
  }
  return out;
}

std::optional<std::string_view> json_plain(std::string_view raw) {
  if (raw.size() < 2 || raw.front() != '"') return std::nullopt;
  const auto text = raw.substr(1, raw.size() - 2);
  if (text.find('\\') != std::string_view::npos) return std::nullopt;
  return text;
}

std::optional<double> json_number(std::string_view raw) {
  if (raw.size() >= 2 && raw.front() == '"') raw = raw.substr(1, raw.size() - 2);
  double value = 0;
  const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), value);
  if (error != std::errc{} || end != raw.data() + raw.size() || !(std::abs(value) <= 1e15))
    return std::nullopt;
  return value;
}

std::string_view json_member(std::string_view object, std::string_view key) {
  JsonMembers members(object);
  JsonMember member;
  while (members.next(member))
    if (member.key == key) return member.value;
  return {};
}

}  // namespace culprit
