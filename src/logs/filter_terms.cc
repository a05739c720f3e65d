#include "logs/filter_terms.h"

#include <fmt/format.h>

#include <algorithm>

#include "logs/filter_scanner.h"

namespace culprit {

namespace {

// The text as a phrase.
std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

// The text as it may stand in %…%: what is not supported as its code.
std::string in_percent_signs(std::string_view text) {
  std::string out = "%";
  for (const char c : text) {
    const bool plain =
        is_letter_or_digit(c) || std::string_view(" :_#=@/;,-.*+?[]|^$").find(c) != std::string_view::npos;
    if (plain)
      out += c;
    else
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
  return out + '%';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// What to write instead of a term with a character that needs quotes. A pattern without any operator was
// most likely meant as one phrase.
std::string quoting_hint(std::string_view pattern, std::size_t at) {
  std::string_view meant = trimmed(pattern);
  if (meant.find_first_of("\"%?") != std::string_view::npos || meant.find(" -") != std::string_view::npos) {
    std::size_t begin = at, end = at;
    while (begin > 0 && !is_blank(pattern[begin - 1])) --begin;
    while (end < pattern.size() && !is_blank(pattern[end])) ++end;
    meant = pattern.substr(begin, end - begin);
    while (!meant.empty() && (meant.front() == '?' || meant.front() == '-')) meant.remove_prefix(1);
  }
  const bool ascii =
      std::all_of(meant.begin(), meant.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  std::string hint =
      "a bare term takes letters, digits and _ only; write " + in_quotes(meant) + " for this very text";
  if (ascii && meant.find_first_of("\"\\`") == std::string_view::npos)
    hint += ", or " + in_percent_signs(meant) + " for a regular expression";
  return hint;
}

bool is_everything(std::string_view phrase) { return trimmed(phrase).empty(); }

Result<std::optional<Term>> read_term(FilterScanner& scanner) {
  if (scanner.peek() == '"') {
    auto phrase = scanner.phrase();
    if (!phrase) return tl::unexpected(std::move(phrase.error()));
    // "" and " " are the service's way to write "everything": no text is looked for.
    if (is_everything(*phrase)) return std::optional<Term>();
    return std::optional(Term{Needle{std::move(*phrase), false}, std::nullopt});
  }
  if (scanner.peek() == '%') {
    auto regex = scanner.regex();
    if (!regex) return tl::unexpected(std::move(regex.error()));
    return std::optional(Term{{}, std::move(*regex)});
  }
  const auto word = scanner.run(is_word_char);
  const auto next = scanner.peek();
  const bool ends = scanner.at_end() || is_blank(next) || next == '"' || next == '%';
  if (word.empty() || !ends) {
    const auto at = std::min(scanner.position(), scanner.pattern().size() - 1);
    std::size_t size = 1;  // the whole character, of one byte or several
    while (at + size < scanner.pattern().size() &&
           (static_cast<unsigned char>(scanner.pattern()[at + size]) & 0xC0) == 0x80)
      ++size;
    return invalid_characters(scanner.pattern().substr(at, size), scanner.pattern(),
                              quoting_hint(scanner.pattern(), at));
  }
  return std::optional(Term{Needle{std::string(word), false}, std::nullopt});
}

}  // namespace

NecessaryLiterals Term::necessary() const {
  if (regex) return regex->necessary();
  if (literal.text.empty()) return {};
  return NecessaryLiterals{{{literal}}};
}

bool TermsPlan::matches(std::string_view message) const {
  const auto found = [message](const Term& term) { return term.found_in(message); };
  if (!std::all_of(required.begin(), required.end(), found)) return false;
  if (!optional.empty() && std::none_of(optional.begin(), optional.end(), found)) return false;
  return std::none_of(excluded.begin(), excluded.end(), found);
}

NecessaryLiterals TermsPlan::necessary() const {
  NecessaryLiterals out;
  for (const auto& term : required) out.add(term.necessary());
  if (optional.empty()) return out;
  NecessaryLiterals any = optional.front().necessary();
  for (std::size_t i = 1; i < optional.size(); ++i) any = either(any, optional[i].necessary());
  out.add(any);
  return out;
}

Result<TermsPlan> parse_filter_terms(std::string_view pattern) {
  TermsPlan plan;
  bool optional_everything = false;
  bool required_everything = false;
  FilterScanner scanner(pattern);
  for (scanner.skip_blanks(); !scanner.at_end(); scanner.skip_blanks()) {
    const char sign = scanner.peek();
    if (sign == '?' || sign == '-') scanner.skip();
    // The guide of 2018 writes an exclusion with a blank behind the sign, too.
    if (sign == '-') scanner.skip_blanks();
    auto term = read_term(scanner);
    if (!term) return tl::unexpected(std::move(term.error()));
    if (sign == '-') {
      if (*term) plan.excluded.push_back(std::move(**term));
    } else if (sign == '?') {
      optional_everything |= !*term;
      if (*term) plan.optional.push_back(std::move(**term));
    } else {
      required_everything |= !*term;
      if (*term) plan.required.push_back(std::move(**term));
    }
  }
  // "You can't combine ?terms with others": the service ignores them beside plain terms.
  if (!plan.required.empty() || required_everything || optional_everything) plan.optional.clear();
  return plan;
}

}  // namespace culprit
