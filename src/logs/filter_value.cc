#include "logs/filter_value.h"

#include <fmt/format.h>

#include <charconv>

namespace culprit {

namespace {

constexpr int kRegexesMax = 2;  // of one JSON or space-delimited pattern (user guide, regex quotas)

// What a value may hold without quotes. The guide names letters and digits and shows 123.123.*, 4*, *.html*,
// 1e-3; the rest of the path and time characters are ours.
bool is_bare_value(char c) {
  return is_word_char(c) || std::string_view("*.-+:/").find(c) != std::string_view::npos;
}

// "-0012" → sign and digits without leading zeros; nullopt when the text is no whole number.
std::optional<std::pair<bool, std::string_view>> whole_number(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  text.remove_prefix(std::min(text.find_first_not_of('0'), text.size()));
  return std::pair(negative && !text.empty(), text);
}

// Long whole numbers are ids: a double would take neighbours for the same.
bool same_number(std::string_view a_text, double a, std::string_view b_text, double b) {
  const auto whole_a = whole_number(a_text);
  const auto whole_b = whole_number(b_text);
  return whole_a && whole_b ? *whole_a == *whole_b : a == b;
}

bool equal(const FilterValue& value, std::string_view field, std::optional<double> number) {
  if (value.regex) return value.regex->found_in(field);
  if (value.number && number && same_number(value.text, *value.number, field, *number)) return true;
  if (value.open_start && value.open_end) return field.find(value.text) != std::string_view::npos;
  if (value.open_start) return field.ends_with(value.text);
  if (value.open_end) return field.starts_with(value.text);
  return field == value.text;
}

FilterValue with_wildcards(std::string_view text) {
  FilterValue value;
  if (text.starts_with('*')) {
    value.open_start = true;
    text.remove_prefix(1);
    if (text.empty()) value.open_end = true;
  }
  if (text.ends_with('*')) {
    value.open_end = true;
    text.remove_suffix(1);
  }
  value.text = text;
  return value;
}

std::optional<FilterOperator> read_operator(FilterScanner& scanner) {
  if (scanner.eat("!=")) return FilterOperator::kNotEqual;
  if (scanner.eat("<=")) return FilterOperator::kLessEqual;
  if (scanner.eat(">=")) return FilterOperator::kGreaterEqual;
  if (scanner.eat("<")) return FilterOperator::kLess;
  if (scanner.eat(">")) return FilterOperator::kGreater;
  if (scanner.eat("=")) return FilterOperator::kEqual;
  return std::nullopt;
}

Result<FilterValue> read_value(FilterScanner& scanner, int& regexes) {
  if (scanner.peek() == '"') {
    auto phrase = scanner.phrase();
    if (!phrase) return tl::unexpected(std::move(phrase.error()));
    return with_wildcards(*phrase);
  }
  if (scanner.peek() == '%') {
    if (++regexes > kRegexesMax)
      return invalid_filter("at most 2 regular expressions are allowed in one pattern", scanner.pattern(),
                            "join them with | into one");
    auto regex = scanner.regex();
    if (!regex) return tl::unexpected(std::move(regex.error()));
    FilterValue value;
    value.regex = std::move(*regex);
    return value;
  }
  const auto word = scanner.run(is_bare_value);
  if (word.empty())
    return invalid_characters(scanner.at_end() ? "" : scanner.rest().substr(0, 1), scanner.pattern(),
                              "a value with other characters than letters, digits, _ - . : / + * stands in "
                              "double quotes");
  FilterValue value = with_wildcards(word);
  value.number = filter_number(word);
  return value;
}

}  // namespace

std::optional<double> filter_number(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  const auto digits = text.substr(text.starts_with('-') ? 1 : 0);
  if (digits.empty() || !((digits[0] >= '0' && digits[0] <= '9') || digits[0] == '.')) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool FilterComparison::holds(std::string_view field, std::optional<double> number) const {
  switch (op) {
    case FilterOperator::kEqual:
      return equal(value, field, number);
    case FilterOperator::kNotEqual:
      return !equal(value, field, number);
    case FilterOperator::kLess:
      return number && *number < *value.number;
    case FilterOperator::kLessEqual:
      return number && *number <= *value.number;
    case FilterOperator::kGreater:
      return number && *number > *value.number;
    case FilterOperator::kGreaterEqual:
      return number && *number >= *value.number;
  }
  return false;
}

NecessaryLiterals FilterComparison::necessary() const {
  if (op != FilterOperator::kEqual || value.number) return {};
  if (value.regex) return value.regex->necessary();
  if (value.text.empty()) return {};
  return NecessaryLiterals{{{Needle{value.text, false}}}};
}

Result<FilterComparison> read_comparison(FilterScanner& scanner, int& regexes) {
  FilterComparison out;
  scanner.skip_blanks();
  const auto op = read_operator(scanner);
  if (!op)
    return invalid_filter(fmt::format("no comparison at '{}'", scanner.rest().substr(0, 20)),
                          scanner.pattern(), "the operators are = != < <= > >=");
  out.op = *op;
  scanner.skip_blanks();
  auto value = read_value(scanner, regexes);
  if (!value) return tl::unexpected(std::move(value.error()));
  out.value = std::move(*value);
  const bool order = out.op != FilterOperator::kEqual && out.op != FilterOperator::kNotEqual;
  if (order && !out.value.number)
    return invalid_filter("< <= > >= compare with a number", scanner.pattern(),
                          "write the number without quotes, for example > 1000");
  return out;
}

}  // namespace culprit
