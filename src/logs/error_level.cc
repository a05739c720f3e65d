#include "logs/error_level.h"

#include <algorithm>
#include <array>

#include "logs/json_fields.h"
#include "logs/line_start.h"
#include "logs/number.h"

namespace culprit {

namespace {

constexpr std::array<std::string_view, 9> kErrorWords = {"ERROR", "FATAL", "CRITICAL", "SEVERE",   "PANIC",
                                                         "CRIT",  "ALERT", "EMERG",    "EMERGENCY"};

bool equals_ignoring_case(std::string_view a, std::string_view upper) {
  return a.size() == upper.size() && std::equal(a.begin(), a.end(), upper.begin(), [](char x, char y) {
           return (x >= 'a' && x <= 'z' ? static_cast<char>(x - 'a' + 'A') : x) == y;
         });
}

bool is_error_word(std::string_view word, bool any_case) {
  return std::any_of(kErrorWords.begin(), kErrorWords.end(), [&](auto known) {
    return any_case ? equals_ignoring_case(word, known) : word == known;
  });
}

bool json_level(std::string_view event) {
  JsonMembers members(event);
  JsonMember member;
  for (int i = 0; i < 64 && members.next(member); ++i) {
    const auto key = member.key;
    if (key != "level" && key != "lvl" && key != "severity" && key != "levelname" && key != "log_level" &&
        key != "loglevel" && key != "severity_text")
      continue;
    if (const auto text = json_plain(member.value)) return is_error_word(*text, true);
    const auto number = leading_number(member.value);
    return number && *number >= 50;  // pino, bunyan: 50 error, 60 fatal
  }
  return false;
}

// One of the first words; in brackets it may be lower case, as nginx and Apache write it.
bool leading_words(std::string_view text, int words) {
  for (int i = 0; i < words && !text.empty(); ++i) {
    const auto start = text.find_first_not_of(" \t-|");
    if (start == std::string_view::npos) return false;
    text.remove_prefix(start);
    auto word = text.substr(0, text.find_first_of(" \t\n|"));
    text.remove_prefix(word.size());
    const bool bracketed = word.front() == '[' || word.front() == '<' || word.front() == '(';
    if (const auto colon = word.find(':'); !bracketed && colon != std::string_view::npos)
      word = word.substr(0, colon);
    while (!word.empty() && std::string_view("[](){}<>:,").find(word.front()) != std::string_view::npos)
      word.remove_prefix(1);
    if (const auto end = word.find_first_of("[](){}<>:,"); end != std::string_view::npos)
      word = word.substr(0, end);
    if (is_error_word(word, bracketed)) return true;
  }
  return false;
}

}  // namespace

bool has_error_level(std::string_view event) {
  if (event.empty() || event.front() == '\t' || event.front() == ' ') return false;
  if (event.front() == '{') return json_level(event);
  const auto line = event.substr(0, std::min(event.find('\n'), std::size_t{4096}));
  if (line.size() > 4 && line.substr(1, 3) == ", [") return line[0] == 'E' || line[0] == 'F';
  if (const auto postgres = parse_postgres_line(line)) return is_error_word(postgres->level, false);
  if (const auto placed = find_stamp(line, Time{})) {
    // Sidekiq's text has its level behind the context.
    if (recognise_line(line, Time{}).format == LogFormat::kSidekiqText)
      return line.find(" ERROR: ") != std::string_view::npos ||
             line.find(" FATAL: ") != std::string_view::npos;
    return leading_words(line.substr(std::min(placed->begin + placed->stamp.size, line.size())), 4) ||
           leading_words(line.substr(0, placed->begin), 2);
  }
  return leading_words(line, 1);
}

}  // namespace culprit
