// Functions of texts. Positions and lengths count characters of UTF-8; a byte that is none counts as one.
#include <algorithm>
#include <cmath>

#include "base/digest.h"
#include "insights/functions.h"
#include "insights/query_regex.h"
#include "store/base64.h"

namespace culprit::insights {

namespace {

using Arguments = std::span<const Value>;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }
bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return !is_continuation(c); }));
}

// Where the n-th character begins.
std::size_t byte_of(std::string_view text, std::size_t character) {
  std::size_t at = 0;
  while (at < text.size() && character > 0) {
    ++at;
    while (at < text.size() && is_continuation(text[at])) ++at;
    --character;
  }
  return at;
}

template <Value (*F)(std::string_view)>
Value of_text(Arguments arguments, const Moments&) {
  if (is_missing(arguments[0])) return {};
  std::string scratch;
  return F(view_of(arguments[0], scratch));
}

template <Value (*F)(std::string_view, std::string_view)>
Value of_two_texts(Arguments arguments, const Moments&) {
  if (is_missing(arguments[0]) || is_missing(arguments[1])) return {};
  std::string first, second;
  return F(view_of(arguments[0], first), view_of(arguments[1], second));
}

Value length(std::string_view text) { return static_cast<double>(characters(text)); }

// Letters of ASCII only: others are left as they are.
Value upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
  return out;
}
Value lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return out;
}

Value is_empty(Arguments arguments, const Moments&) { return text_of(arguments[0]).empty(); }
Value is_blank(Arguments arguments, const Moments&) {
  return std::ranges::all_of(text_of(arguments[0]), is_space);
}

Value concat(Arguments arguments, const Moments&) {
  std::string out, scratch;
  for (const auto& argument : arguments) {
    out += view_of(argument, scratch);
    if (out.size() > kTextBytesMax) return {};
  }
  return out;
}

// Blanks, or whole repetitions of a text, from the ends.
template <bool kLeft, bool kRight>
Value trimmed(Arguments arguments, const Moments&) {
  if (is_missing(arguments[0])) return {};
  std::string first, second;
  std::string_view text = view_of(arguments[0], first);
  if (arguments.size() > 1) {
    const std::string_view part = view_of(arguments[1], second);
    if (part.empty()) return std::string(text);
    while (kLeft && text.starts_with(part)) text.remove_prefix(part.size());
    while (kRight && text.ends_with(part)) text.remove_suffix(part.size());
    return std::string(text);
  }
  while (kLeft && !text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (kRight && !text.empty() && is_space(text.back())) text.remove_suffix(1);
  return std::string(text);
}

// substr(text, start), substr(text, start, length)
Value substring(Arguments arguments, const Moments&) {
  if (is_missing(arguments[0])) return {};
  const auto start = number_of(arguments[1]);
  const auto size = arguments.size() > 2 ? number_of(arguments[2]) : std::optional(1e9);
  if (!start || !size) return {};
  std::string scratch;
  std::string_view text = view_of(arguments[0], scratch);
  text.remove_prefix(byte_of(text, static_cast<std::size_t>(std::clamp(*start, 0.0, 1e9))));
  return std::string(text.substr(0, byte_of(text, static_cast<std::size_t>(std::clamp(*size, 0.0, 1e9)))));
}

Value replaced(Arguments arguments, const Moments&) {
  for (const auto& argument : arguments)
    if (is_missing(argument)) return {};
  std::string first, second, third, out;
  std::string_view text = view_of(arguments[0], first);
  const std::string_view part = view_of(arguments[1], second), with = view_of(arguments[2], third);
  if (part.empty()) return std::string(text);
  for (;;) {
    const auto at = text.find(part);
    out += text.substr(0, at);
    if (at == std::string_view::npos) return out;
    out += with;
    text.remove_prefix(at + part.size());
    if (out.size() > kTextBytesMax) return {};
  }
}

// The expression is compiled for each row: it may be a field.
Value regex_replaced(Arguments arguments, const Moments&) {
  for (const auto& argument : arguments)
    if (is_missing(argument)) return {};
  const auto regex = QueryRegex::compile(text_of(arguments[1]));
  if (!regex) return {};
  std::string out = regex->replace_all(text_of(arguments[0]), text_of(arguments[2]));
  return out.size() > kTextBytesMax ? Value() : Value(std::move(out));
}

// 1 or 0. The service takes a third argument, which changes nothing there.
Value holds(Arguments arguments, const Moments&) {
  if (is_missing(arguments[0]) || is_missing(arguments[1])) return {};
  std::string first, second;
  const bool found =
      view_of(arguments[0], first).find(view_of(arguments[1], second)) != std::string_view::npos;
  return found ? 1.0 : 0.0;
}

Value starts_with(std::string_view text, std::string_view part) { return text.starts_with(part); }
Value ends_with(std::string_view text, std::string_view part) { return text.ends_with(part); }

Value split(std::string_view text, std::string_view by) {
  boost::json::array out;
  while (!by.empty() && out.size() < 100'000) {
    const auto at = text.find(by);
    if (at == std::string_view::npos) break;
    out.emplace_back(text.substr(0, at));
    text.remove_prefix(at + by.size());
  }
  out.emplace_back(text);
  return std::make_shared<const boost::json::value>(std::move(out));
}

Value url_encoded(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       std::string_view("-_.~").find(c) != std::string_view::npos;
    if (plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return out;
}

Value url_decoded(std::string_view text) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0) {
      out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

Value sha256_text(std::string_view text) { return to_hex(sha256(text)); }
Value base64_encoded(std::string_view text) { return to_base64(text); }
Value base64_decoded(std::string_view text) {
  auto out = from_base64(text);
  return out ? Value(std::move(*out)) : Value();
}

constexpr Function kFunctions[] = {
    {"base64decode", 1, 1, of_text<base64_decoded>},
    {"base64encode", 1, 1, of_text<base64_encoded>},
    {"concat", 1, kArgumentsMax, concat},
    {"endswith", 2, 2, of_two_texts<ends_with>},
    {"isblank", 1, 1, is_blank},
    {"isempty", 1, 1, is_empty},
    {"ltrim", 1, 2, trimmed<true, false>},
    {"regex_replace", 3, 3, regex_replaced},
    {"replace", 3, 3, replaced},
    {"rtrim", 1, 2, trimmed<false, true>},
    {"sha256", 1, 1, of_text<sha256_text>},
    {"split", 2, 2, of_two_texts<split>},
    {"startswith", 2, 2, of_two_texts<starts_with>},
    {"strcontains", 2, 3, holds},
    {"strlen", 1, 1, of_text<length>},
    {"substr", 2, 3, substring},
    {"tolower", 1, 1, of_text<lower>},
    {"toupper", 1, 1, of_text<upper>},
    {"trim", 1, 2, trimmed<true, true>},
    {"urldecode", 1, 1, of_text<url_decoded>},
    {"urlencode", 1, 1, of_text<url_encoded>},
};

}  // namespace

std::span<const Function> text_functions() { return kFunctions; }

}  // namespace culprit::insights
