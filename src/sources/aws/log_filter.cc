#include "sources/aws/log_filter.h"

#include <algorithm>
#include <set>

#include "logs/filter_pattern.h"
#include "logs/filter_scanner.h"

namespace culprit::aws {

namespace {

constexpr std::size_t kMaxFilterChars = 1024;

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

// A term as filter patterns write it.
std::string written(const Term& term) {
  if (term.regex) return "%" + term.regex->pattern() + "%";
  const auto& text = term.literal.text;
  return std::all_of(text.begin(), text.end(), is_word_char) ? text : in_quotes(text);
}

std::string capitalised(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string with_case(std::string text, bool to_upper) {
  for (char& c : text) {
    if (to_upper && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (!to_upper && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

// From the literals, when the pattern states no filter. Filters know no "ignore case": the usual spellings.
void add_literals(const LogPattern& pattern, std::vector<std::string>& terms) {
  for (const auto& literal : pattern.any_of) {
    terms.push_back(in_quotes(literal));
    if (!pattern.ignore_case) continue;
    const std::string small = with_case(literal, false);
    for (const auto& form : {small, capitalised(small), with_case(literal, true)})
      terms.push_back(in_quotes(form));
  }
}

// Any of these terms is in every line that the pattern matches.
void add_pattern(const LogPattern& pattern, std::vector<std::string>& terms,
                 std::vector<std::string>& alone) {
  const auto filter = FilterPattern::parse(pattern.filter);
  if (pattern.filter.empty() || !filter) return add_literals(pattern, terms);
  const TermsPlan* plan = filter->terms();
  if (plan == nullptr || (plan->required.empty() && plan->optional.empty()))
    return alone.push_back(pattern.filter);
  if (plan->required.empty()) {
    for (const auto& term : plan->optional) (term.regex ? alone : terms).push_back(written(term));
    return;
  }
  const Term* longest = nullptr;
  for (const auto& term : plan->required)
    if (!term.regex && (longest == nullptr || term.literal.text.size() > longest->literal.text.size()))
      longest = &term;
  if (longest == nullptr) return alone.push_back(pattern.filter);
  terms.push_back(written(*longest));
}

}  // namespace

std::vector<std::string> joined_filters(const std::vector<const LogPattern*>& patterns) {
  std::vector<std::string> terms, alone;
  for (const auto* pattern : patterns) add_pattern(*pattern, terms, alone);
  std::vector<std::string> out;
  std::set<std::string> seen;
  std::string joined;
  for (const auto& term : terms) {
    if (!seen.insert(term).second) continue;
    if (!joined.empty() && joined.size() + term.size() + 2 > kMaxFilterChars)
      out.push_back(std::move(joined)), joined.clear();
    if (!joined.empty()) joined += ' ';
    joined += "?" + term;
  }
  if (!joined.empty()) out.push_back(std::move(joined));
  for (auto& filter : alone)
    if (seen.insert(filter).second) out.push_back(std::move(filter));
  return out;
}

}  // namespace culprit::aws
