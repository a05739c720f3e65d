#include "logs/postgres_line.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <vector>

namespace culprit {

namespace {

constexpr std::size_t kPrefixBytesMax = 1024;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool ends_name(char c) { return c == ' ' || c == ':' || c == ',' || c == '/' || c == '[' || c == ']'; }
bool is_word(char c) { return is_digit(c) || is_upper(c) || (c >= 'a' && c <= 'z') || c == '_'; }

struct Level {
  std::string_view name;
  bool continues;
};
constexpr Level kLevels[] = {
    {"LOG", false},    {"ERROR", false},  {"STATEMENT", true}, {"DETAIL", true},   {"HINT", true},
    {"CONTEXT", true}, {"FATAL", false},  {"PANIC", false},    {"WARNING", false}, {"NOTICE", false},
    {"INFO", false},   {"DEBUG", false},  {"DEBUG1", false},   {"DEBUG2", false},  {"DEBUG3", false},
    {"DEBUG4", false}, {"DEBUG5", false}, {"QUERY", true},     {"LOCATION", true}, {"BACKTRACE", true},
};

// The level is the first of its words that is followed by a colon and two spaces.
const Level* find_level(std::string_view line, std::size_t& begin) {
  const auto head = line.substr(0, kPrefixBytesMax);
  for (std::size_t at = 0;;) {
    const void* hit = std::memchr(head.data() + at, ':', head.size() - at);
    if (hit == nullptr) return nullptr;
    const auto colon = static_cast<std::size_t>(static_cast<const char*>(hit) - head.data());
    at = colon + 1;
    if (colon < 3 || head.substr(at, 2) != "  ") continue;
    std::size_t start = colon;
    while (start > 0 && is_word(head[start - 1])) --start;
    const auto word = head.substr(start, colon - start);
    for (const auto& level : kLevels)
      if (level.name == word) {
        begin = start;
        return &level;
      }
  }
}

// A prefix is made of times, numbers, names and addresses; other programs' lines quote PostgreSQL's messages
// ("F, [2024-…] FATAL -- : ActiveRecord::QueryCanceled (PG::QueryCanceled: ERROR:  canceling …").
bool may_be_prefix(std::string_view prefix) {
  if (prefix.empty()) return true;
  if (prefix[0] == '{' || prefix[0] == '\t') return false;
  if (prefix.find(" -- ") != std::string_view::npos || prefix.find('"') != std::string_view::npos)
    return false;
  for (auto at = prefix.find("::"); at != std::string_view::npos; at = prefix.find("::", at + 1))
    if (at + 2 < prefix.size() && is_upper(prefix[at + 2])) return false;
  return true;
}

// "[12345]" is the process, "[5-1]" a line number, "[12345-5]" both, "[66c9d8.3039]" the session (start and
// process in hex).
void find_process(std::string_view prefix, std::size_t from, PostgresLine& out) {
  for (auto open = prefix.find('[', from); open != std::string_view::npos;
       open = prefix.find('[', open + 1)) {
    const auto close = prefix.find(']', open);
    if (close == std::string_view::npos) break;
    const auto inside = prefix.substr(open + 1, close - open - 1);
    const auto digits = std::min(inside.find_first_not_of("0123456789"), inside.size());
    if (digits == 0) continue;
    if (digits == inside.size()) {
      if (out.pid_text.empty()) out.pid_text = inside;
    } else if (inside[digits] == '-' &&
               inside.find_first_not_of("0123456789", digits + 1) == std::string_view::npos) {
      if (out.pid_text.empty() && inside.substr(digits) != "-1") {
        out.pid_text = inside.substr(0, digits);
        out.line_number = inside.substr(digits + 1);
      } else {
        out.line_number = inside.substr(0, digits);
      }
    }
  }
  if (!out.pid_text.empty()) {
    std::from_chars(out.pid_text.data(), out.pid_text.data() + out.pid_text.size(), out.pid);
    return;
  }
  for (auto open = prefix.find('[', from); open != std::string_view::npos;
       open = prefix.find('[', open + 1)) {
    const auto close = prefix.find(']', open);
    const auto dot = prefix.find('.', open);
    if (close == std::string_view::npos || dot == std::string_view::npos || dot > close) continue;
    const auto hex = prefix.substr(dot + 1, close - dot - 1);
    if (hex.empty() || hex.find_first_not_of("0123456789abcdef") != std::string_view::npos) continue;
    std::from_chars(hex.data(), hex.data() + hex.size(), out.pid, 16);
    return;
  }
}

// user=…,db=…,app=…,client=… in any order.
void find_named(std::string_view prefix, std::size_t from, PostgresLine& out) {
  for (auto equals = prefix.find('=', from); equals != std::string_view::npos;
       equals = prefix.find('=', equals + 1)) {
    std::size_t start = equals;
    while (start > from && is_word(prefix[start - 1])) --start;
    const auto key = prefix.substr(start, equals - start);
    const bool bracketed = equals + 1 < prefix.size() && prefix[equals + 1] == '[';
    auto end = bracketed ? prefix.find(']', equals) : prefix.find_first_of(", ]", equals + 1);
    if (end == std::string_view::npos) end = prefix.size();
    if (bracketed) end = std::min(end + 1, prefix.size());
    auto value = prefix.substr(equals + 1, end - equals - 1);
    while (!value.empty() && value.back() == ':') value.remove_suffix(1);
    if (key == "user" || key == "usr") out.user = value;
    if (key == "db" || key == "database") out.database = value;
    if (key == "app" || key == "application" || key == "application_name") out.application = value;
    if (key == "client" || key == "host" || key == "remote" || key == "ip") out.remote = value;
    if ((key == "pid" || key == "process") && out.pid == 0) {
      out.pid_text = value;
      std::from_chars(value.data(), value.data() + value.size(), out.pid);
    }
  }
}

// "user@database", either of which may be "[unknown]" or empty; RDS writes the remote end before it.
void find_user_at_database(std::string_view prefix, std::size_t from, PostgresLine& out) {
  const auto at = prefix.find('@', from);
  if (at == std::string_view::npos || !out.user.empty()) return;
  std::size_t begin = at;
  if (begin > from && prefix[begin - 1] == ']') {
    const auto open = prefix.rfind('[', begin);
    if (open != std::string_view::npos && open >= from) begin = open;
  } else {
    while (begin > from && !ends_name(prefix[begin - 1])) --begin;
  }
  std::size_t end = at + 1;
  if (prefix.substr(end, 10) == "[unknown]:" || prefix.substr(end, 10) == "[unknown] ") {
    end += 9;
  } else {
    while (end < prefix.size() && !ends_name(prefix[end])) ++end;
  }
  out.user = prefix.substr(begin, at - begin);
  out.database = prefix.substr(at + 1, end - at - 1);
  if (from < begin && prefix[from] == ':') {
    out.remote = prefix.substr(from + 1, begin - from - 1);
    if (!out.remote.empty() && out.remote.back() == ':') out.remote.remove_suffix(1);
  }
}

// Bare tokens: "%m %p", "%u@%d %h".
void find_bare(std::string_view prefix, std::size_t from, PostgresLine& out) {
  std::size_t at = from;
  while (at < prefix.size()) {
    while (at < prefix.size() && prefix[at] == ' ') ++at;
    std::size_t end = at;
    while (end < prefix.size() && prefix[end] != ' ' && prefix[end] != ',') ++end;
    auto token = prefix.substr(at, end - at);
    while (!token.empty() && token.back() == ':') token.remove_suffix(1);
    at = std::max(end, at) + 1;
    if (token.empty() || !is_digit(token[0])) continue;
    if (token.find_first_not_of("0123456789") == std::string_view::npos) {
      if (out.pid == 0 && out.pid_text.empty() && token.size() <= 10) {
        out.pid_text = token;
        std::from_chars(token.data(), token.data() + token.size(), out.pid);
      }
    } else if (out.remote.empty() && std::count(token.begin(), token.end(), '.') == 3) {
      out.remote = token;
    }
  }
}

}  // namespace

std::optional<PostgresLine> parse_postgres_line(std::string_view line, Time year_hint) {
  std::size_t begin = 0;
  const Level* level = find_level(line, begin);
  if (level == nullptr) return std::nullopt;
  PostgresLine out;
  out.prefix = line.substr(0, begin);
  if (!may_be_prefix(out.prefix)) return std::nullopt;
  out.level = line.substr(begin, level->name.size());
  out.continues = level->continues;
  out.body = line.substr(begin + level->name.size() + 3);
  out.stamp = find_stamp(out.prefix, year_hint, 4);
  const std::size_t from =
      out.stamp && out.stamp->token == 0 ? std::min(out.stamp->begin + out.stamp->stamp.size, begin) : 0;
  find_process(out.prefix, from, out);
  find_named(out.prefix, from, out);
  find_user_at_database(out.prefix, from, out);
  const bool as_rds = from < begin && line[from] == ':';  // names its remote end and process otherwise
  if (out.stamp && out.stamp->token == 0 && !as_rds) find_bare(out.prefix, from, out);
  if (!out.stamp && out.pid == 0 && !out.prefix.empty()) return std::nullopt;
  return out;
}

std::string postgres_prefix_shape(const PostgresLine& line) {
  struct Span {
    std::string_view text;
    std::string_view escape;
  };
  std::vector<Span> spans;
  const auto add = [&](std::string_view text, std::string_view escape) {
    if (!text.empty() && text.data() >= line.prefix.data() &&
        text.data() + text.size() <= line.prefix.data() + line.prefix.size())
      spans.push_back({text, escape});
  };
  if (line.stamp) {
    const auto text = line.prefix.substr(line.stamp->begin, line.stamp->stamp.size);
    const bool epoch = !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
    add(text, epoch ? "%n" : text.find('.') != std::string_view::npos ? "%m" : "%t");
  }
  add(line.remote, line.remote.find('(') != std::string_view::npos ? "%r" : "%h");
  add(line.user, "%u");
  add(line.database, "%d");
  add(line.application, "%a");
  add(line.pid_text, "%p");
  add(line.line_number, "%l");
  std::sort(spans.begin(), spans.end(),
            [](const Span& a, const Span& b) { return a.text.data() < b.text.data(); });
  std::string out;
  const char* at = line.prefix.data();
  for (const auto& span : spans) {
    if (span.text.data() < at) continue;
    out.append(at, span.text.data());
    out.append(span.escape);
    at = span.text.data() + span.text.size();
  }
  out.append(at, line.prefix.data() + line.prefix.size());
  return out;
}

}  // namespace culprit
