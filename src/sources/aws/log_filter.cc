#include "sources/aws/log_filter.h"

#include <algorithm>
#include <set>

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

struct Term {
  std::string text;  // as written: word, "quoted" or %regex%
  bool optional = false;
  bool excluded = false;
};

// Terms of an unstructured filter pattern; empty when the pattern is of another kind ([…], {…}) or broken.
std::vector<Term> terms_of(std::string_view filter) {
  std::vector<Term> out;
  std::size_t i = 0;
  while (i < filter.size()) {
    if (filter[i] == ' ') {
      ++i;
      continue;
    }
    Term term;
    if (filter[i] == '?' || filter[i] == '-') {
      term.optional = filter[i] == '?';
      term.excluded = filter[i] == '-';
      if (++i >= filter.size()) return {};
    }
    if (filter[i] == '[' || filter[i] == '{') return {};
    const std::size_t start = i;
    if (filter[i] == '"' || filter[i] == '%') {
      const char close = filter[i++];
      while (i < filter.size() && filter[i] != close) i += filter[i] == '\\' && close == '"' ? 2 : 1;
      if (i >= filter.size()) return {};
      ++i;
    } else {
      while (i < filter.size() && filter[i] != ' ') ++i;
    }
    term.text = filter.substr(start, i - start);
    out.push_back(std::move(term));
  }
  return out;
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
  const auto parsed = terms_of(pattern.filter);
  std::vector<Term> plain;
  for (const auto& term : parsed)
    if (!term.optional && !term.excluded) plain.push_back(term);
  if (parsed.empty()) {
    if (!pattern.filter.empty())
      alone.push_back(pattern.filter);
    else
      add_literals(pattern, terms);
  } else if (!plain.empty()) {
    const auto words = std::ranges::count_if(plain, [](const Term& t) { return t.text.front() != '%'; });
    if (words == 0) return alone.push_back(pattern.filter);
    std::string longest;
    for (const auto& term : plain)
      if (term.text.front() != '%' && term.text.size() > longest.size()) longest = term.text;
    terms.push_back(longest);
  } else {
    for (const auto& term : parsed) {
      if (!term.optional) continue;
      if (term.text.front() == '%')
        alone.push_back(term.text);
      else
        terms.push_back(term.text);
    }
  }
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
