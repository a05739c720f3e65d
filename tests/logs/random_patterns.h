// Patterns of every kind for property tests, made of pieces of messages so that a fair share matches.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "logs/message_pattern.h"
#include "random_messages.h"

namespace culprit::testing_logs {

class RandomPatterns {
 public:
  explicit RandomPatterns(RandomMessages& messages) : messages_(messages) {}

  // Tries until one is accepted; `source` is the message that the pieces come from.
  MessagePattern pattern(const std::string& source) {
    for (;;) {
      auto made = attempt(source);
      if (made) return std::move(*made);
    }
  }

  std::string piece(const std::string& source, std::size_t most) {
    if (source.empty()) return "x";
    const auto at = below(source.size());
    return source.substr(at, 1 + below(most));
  }

  static std::string in_quotes(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    return out + '"';
  }

  // A regular expression that finds the piece, more or less; `wide` uses all of RE2, else the service's part.
  std::string regex(const std::string& piece, bool wide) {
    std::string out;
    for (const char c : piece) {
      const bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      const auto choice = below(wide ? 16 : 12);
      if (choice == 0)
        out += '.';
      else if (choice == 1)
        out += "[^x]";
      else if (choice == 2 && word)
        out += std::string("[") + c + "q]";
      else if (choice == 3 && word)
        out += "\\w";
      else if (choice == 12)
        out += "(?:" + literal(c) + "|zz+)";
      else if (choice == 13)
        out += "(?i)" + literal(c);
      else if (choice == 14)
        out += "(" + literal(c) + ")?";
      else
        out += literal(c);
      static const std::vector<std::string> repeats = {"*", "+", "?", "{1,2}", "{1}", "{0,}"};
      if (one_in(9)) out += repeats[below(repeats.size())];
    }
    if (one_in(8)) out += "|" + std::string("nothing");
    if (one_in(12)) out = "^" + out;
    if (one_in(12)) out += "$";
    return out;
  }

 private:
  std::size_t below(std::size_t n) { return messages_.below(n); }
  bool one_in(std::size_t n) { return messages_.one_in(n); }

  static std::string literal(char c) {
    const bool word =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ' ';
    if (word) return std::string(1, c);
    constexpr const char* kHex = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    return std::string("\\x") + kHex[byte >> 4] + kHex[byte & 15];
  }

  Result<MessagePattern> attempt(const std::string& source) {
    switch (below(8)) {
      case 0:
        return MessagePattern::literal(piece(source, 20));
      case 1:
        return MessagePattern::literal(swapped_case(piece(source, 12)), true);
      case 2:
        return MessagePattern::regex(regex(piece(source, 10), true));
      case 3:
        return MessagePattern::filter(json_pattern());
      case 4:
        return MessagePattern::filter(fields_pattern(source));
      default:
        return MessagePattern::filter(terms_pattern(source));
    }
  }

  std::string swapped_case(std::string text) {
    for (char& c : text)
      if (((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) && one_in(2)) c = static_cast<char>(c ^ 0x20);
    return text;
  }

  std::string terms_pattern(const std::string& source) {
    std::string out;
    for (auto n = 1 + below(4); n > 0; --n) {
      static const std::vector<std::string> signs = {"", "", "?", "?", "-"};
      const auto& sign = signs[below(signs.size())];
      const std::string from = sign == "-" && !one_in(4) ? messages_.real_line() : source;
      out += sign + (one_in(4) ? "%" + regex(piece(from, 6), false) + "%" : in_quotes(piece(from, 12))) + " ";
    }
    return out;
  }

  std::string value() {
    switch (below(5)) {
      case 0:
        return std::to_string(static_cast<int>(below(100)) - 20);
      case 1:
        return "*" + messages_.scalar_text().substr(0, 2) + "*";
      case 2:
        return "%[A-Z]+%";
      default:
        return in_quotes(messages_.scalar_text());
    }
  }

  std::string comparison() {
    if (one_in(4)) return " >= " + std::to_string(below(60));
    return (one_in(4) ? " != " : " = ") + value();
  }

  std::string json_condition() {
    std::string out = "$." + messages_.name();
    static const std::vector<std::string> more = {"", "", "", ".*", "[0]", "[*]", ".a", ".['level']"};
    out += more[below(more.size())];
    switch (below(7)) {
      case 0:
        return out + " IS NULL";
      case 1:
        return out + " NOT EXISTS";
      case 2:
        return out + " IS TRUE";
      default:
        return out + comparison();
    }
  }

  std::string json_pattern() {
    std::string out = "{ " + json_condition();
    for (auto n = below(3); n > 0; --n) out += (one_in(2) ? " && " : " || ") + json_condition();
    return out + " }";
  }

  std::string fields_pattern(const std::string& source) {
    std::string out = "[";
    for (auto n = 1 + below(5); n > 0; --n) {
      if (out.size() > 1) out += ", ";
      if (one_in(5)) {
        out += "...";
        continue;
      }
      out += "f" + std::to_string(n);
      if (one_in(3)) out += comparison();
      if (one_in(6)) out += "=*" + in_quotes(piece(source, 3));
    }
    return out + "]";
  }

  RandomMessages& messages_;
};

}  // namespace culprit::testing_logs
