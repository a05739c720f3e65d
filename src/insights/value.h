// A value in a query: of a field, or of what was computed from it. Log fields are text; they are numbers
// where a number is asked for and the text is one.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/time.h"

namespace culprit::insights {

// A list or map, as jsonParse gives it.
using JsonValue = std::shared_ptr<const boost::json::value>;

// std::monostate: the field is missing.
using Value = std::variant<std::monostate, bool, double, Time, std::string, JsonValue>;

inline bool is_missing(const Value& value) { return std::holds_alternative<std::monostate>(value); }

// The number that the whole text is ("-1.5e3"); infinities and hexadecimal digits are none.
std::optional<double> number_in(std::string_view text);

// nullopt for what is no number: other texts, lists, nothing. true is 1, a moment its milliseconds.
std::optional<double> number_of(const Value& value);

// As results show it: whole numbers without a point, others with up to four decimals, moments as
// "2025-08-21 23:00:00.000", true as 1. "" for nothing.
std::string text_of(const Value& value);
// The same without a copy where the value is text; `scratch` holds what had to be written.
std::string_view view_of(const Value& value, std::string& scratch);
std::string format_number(double number);
std::string format_moment(Time time);

bool is_true(const Value& value);
// `=`: as numbers when both are, else as texts. Nothing equals nothing.
bool equal(const Value& a, const Value& b);
// -1, 0, 1 for `<`, `>` …: numbers with numbers, texts with texts; nullopt for what cannot be compared.
std::optional<int> compare(const Value& a, const Value& b);
// The order of `sort`: nothing, then texts (runs of digits in them by their number), then numbers.
int natural_order(const Value& a, const Value& b);

// A JSON scalar as text or boolean, null as nothing, a list or map as itself.
Value from_json(const boost::json::value& json);
// What it takes in memory, roughly.
std::size_t bytes_of(const Value& value);

}  // namespace culprit::insights
