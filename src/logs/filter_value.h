// The right side of a comparison in a JSON or space-delimited filter pattern.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "logs/filter_scanner.h"
#include "logs/necessary_literals.h"
#include "logs/text_regex.h"

namespace culprit {

// A number as patterns and messages write it ("-1.5e3", "+1000"), nothing before or behind it.
std::optional<double> filter_number(std::string_view text);

enum class FilterOperator { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual };

// A text, whole or with '*' at its start or end (elsewhere '*' is itself), a number or a regular expression.
struct FilterValue {
  std::string text;         // without the outer '*'
  bool open_start = false;  // '*' before it
  bool open_end = false;    // '*' behind it
  std::optional<double> number;
  std::optional<TextRegex> regex;
};

struct FilterComparison {
  FilterOperator op = FilterOperator::kEqual;
  FilterValue value;

  // `number` is the field's value when it is one.
  bool holds(std::string_view field, std::optional<double> number) const;

  // Of the field's text, when the comparison holds.
  NecessaryLiterals necessary() const;
};

// Reads "= 4*", "!= \"x\"", ">= 1e3", "= %re%" at the cursor. Counts regular expressions: a pattern may hold
// two.
Result<FilterComparison> read_comparison(FilterScanner& scanner, int& regexes);

}  // namespace culprit
