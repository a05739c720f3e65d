#include "logs/ruby_line.h"

#include <charconv>

#include "logs/timestamp.h"

namespace culprit {

namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_upper(c) || is_digit(c) || (c >= 'a' && c <= 'z') || c == '_'; }

}  // namespace

std::optional<RubyLine> parse_ruby_line(std::string_view line) {
  // "S, [" stamp " #" pid "]" spaces LEVEL " -- " progname ": " body
  if (line.size() < 30 || !is_upper(line[0]) || line.substr(1, 3) != ", [") return std::nullopt;
  const auto stamp = parse_stamp(line.substr(4), Time{});
  if (!stamp) return std::nullopt;
  RubyLine out;
  out.time = stamp->time;
  const auto bracket = line.substr(0, 80).find(']', 4 + stamp->size);
  if (bracket == std::string_view::npos) return std::nullopt;
  const auto hash = line.substr(0, bracket).find('#', 4 + stamp->size);
  if (hash == std::string_view::npos) return std::nullopt;
  std::from_chars(line.data() + hash + 1, line.data() + bracket, out.pid);
  const auto level = line.find_first_not_of(' ', bracket + 1);
  const auto dashes = line.substr(0, bracket + 24).find(" -- ", bracket);
  if (level == std::string_view::npos || dashes == std::string_view::npos || dashes < level)
    return std::nullopt;
  out.level = line.substr(level, dashes - level);
  const auto rest = line.substr(dashes + 4);
  const auto colon = rest.substr(0, 64).find(": ");
  if (colon != std::string_view::npos) {
    out.body = rest.substr(colon + 2);
  } else if (!rest.empty() && rest.substr(0, 64).find(':') != std::string_view::npos) {
    out.body = rest.substr(rest.find(':') + 1);
  }
  return out;
}

std::string_view take_tag(std::string_view& body) {
  if (body.size() < 3 || body[0] != '[') return {};
  const auto end = body.substr(0, 200).find(']');
  if (end == std::string_view::npos || end == 1 || end + 1 > body.size()) return {};
  if (end + 1 < body.size() && body[end + 1] != ' ' && body[end + 1] != '\n') return {};
  const auto tag = body.substr(1, end - 1);
  body.remove_prefix(std::min(end + 2, body.size()));
  return tag;
}

bool is_request_id(std::string_view tag) {
  if (tag.size() < 8 || tag.size() > 128) return false;
  bool digit = false;
  for (const char c : tag) {
    if (is_digit(c)) digit = true;
    if (!is_word(c) && c != '-' && c != '=' && c != ';' && c != '/' && c != '+') return false;
  }
  return digit;
}

std::string_view leading_class(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && is_upper(text[at])) {
    while (at < text.size() && is_word(text[at])) ++at;
    if (at + 2 < text.size() && text[at] == ':' && text[at + 1] == ':' && is_upper(text[at + 2])) {
      at += 2;
    } else {
      return text.substr(0, at);
    }
    if (at > 200) return {};
  }
  return {};
}

RaisedError parse_raised(std::string_view text) {
  const auto name = leading_class(text);
  if (name.empty() || text.substr(name.size(), 2) != " (") return {};
  auto message = text.substr(name.size() + 2);
  message = message.substr(0, message.find('\n'));
  while (!message.empty() && (message.back() == ':' || message.back() == ' ')) message.remove_suffix(1);
  if (!message.empty() && message.back() == ')') message.remove_suffix(1);
  while (!message.empty() && message.back() == ' ') message.remove_suffix(1);
  return {name, message};
}

}  // namespace culprit
