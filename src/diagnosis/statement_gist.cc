#include "diagnosis/statement_gist.h"

#include <cctype>

namespace culprit {

namespace {

constexpr std::string_view kEllipsis = "…";

// Whether the statement may be cut at `at`: a blank outside quotes.
template <typename Visit>
void walk(std::string_view sql, Visit visit) {
  char quote = 0;
  int depth = 0;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    const char c = sql[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')') {
      --depth;
    } else if (c == ' ' && !visit(i, depth)) {
      return;
    }
  }
}

std::string_view without_tail(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == ',' || text.back() == '('))
    text.remove_suffix(1);
  return text;
}

// The longest whole words within `limit`; at least the first.
std::string_view words_within(std::string_view sql, std::size_t limit) {
  std::size_t end = std::string_view::npos;
  walk(sql, [&](std::size_t at, int) {
    if (end != std::string_view::npos && at > limit) return false;
    end = at;
    return at <= limit;
  });
  return without_tail(sql.substr(0, end));
}

std::size_t top_level_from(std::string_view sql) {
  std::size_t found = std::string_view::npos;
  walk(sql, [&](std::size_t at, int depth) {
    const std::string_view next = sql.substr(at + 1, 5);
    const bool from = depth == 0 && next.size() == 5 && (next == "FROM " || next == "from ");
    if (from) found = at + 1;
    return !from;
  });
  return found;
}

}  // namespace

std::string statement_gist(std::string_view sql, std::size_t limit) {
  if (sql.size() <= limit) return std::string(sql);
  const std::size_t from = top_level_from(sql);
  const std::size_t head = limit / 2;
  std::string out;
  if (from != std::string_view::npos && from > head) {
    out = std::string(words_within(sql.substr(0, from), head / 2)) + ", " + std::string(kEllipsis) + " ";
    sql.remove_prefix(from);
    limit -= head / 2;
    if (sql.size() <= limit) return out + std::string(sql);
  }
  return out + std::string(words_within(sql, limit)) + " " + std::string(kEllipsis);
}

}  // namespace culprit
