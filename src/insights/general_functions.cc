// Choosing between values, moments, and JSON.
#include <cmath>

#include "insights/functions.h"
#include "insights/period.h"

namespace culprit::insights {

namespace {

using Arguments = std::span<const Value>;

constexpr std::size_t kJsonDepthMax = 64;

Value is_present(Arguments arguments, const Moments&) { return !is_missing(arguments[0]); }
Value is_numeric(Arguments arguments, const Moments&) { return number_of(arguments[0]).has_value(); }

Value coalesce(Arguments arguments, const Moments&) {
  for (const auto& argument : arguments)
    if (!is_missing(argument)) return argument;
  return {};
}

Value either(Arguments arguments, const Moments&) {
  if (is_true(arguments[0])) return arguments[1];
  return arguments.size() > 2 ? arguments[2] : Value();
}

// case(condition, value, condition, value, …, otherwise)
Value first_true(Arguments arguments, const Moments&) {
  std::size_t i = 0;
  for (; i + 1 < arguments.size(); i += 2)
    if (is_true(arguments[i])) return arguments[i + 1];
  return i < arguments.size() ? arguments[i] : Value();
}

Value unmask(Arguments arguments, const Moments&) { return arguments[0]; }

Value from_millis(Arguments arguments, const Moments&) {
  constexpr double kFarMs = 1e15;
  const auto ms = number_of(arguments[0]);
  if (!ms || !(std::abs(*ms) < kFarMs)) return {};
  return from_epoch_ms(static_cast<std::int64_t>(*ms));
}

Value to_millis(Arguments arguments, const Moments&) {
  const auto* time = std::get_if<Time>(&arguments[0]);
  if (time != nullptr) return static_cast<double>(to_epoch_ms(*time));
  const auto number = number_of(arguments[0]);
  return number ? Value(*number) : Value();
}

// Seconds since the epoch.
Value now(Arguments, const Moments& moments) {
  return static_cast<double>(
      std::chrono::floor<std::chrono::seconds>(moments.now).time_since_epoch().count());
}

Value parsed_date(Arguments arguments, const Moments&) {
  if (is_missing(arguments[0]) || is_missing(arguments[1])) return {};
  const auto time = parse_date(text_of(arguments[0]), text_of(arguments[1]));
  return time ? Value(*time) : Value();
}

Value formatted_date(Arguments arguments, const Moments& moments) {
  const Value time = from_millis(arguments.first(1), moments);
  if (is_missing(time) || is_missing(arguments[1])) return {};
  std::string pattern = text_of(arguments[1]);
  if (pattern.size() > 1000) return {};
  return format_date(std::get<Time>(time), pattern);
}

JsonValue json_of(const Value& value) {
  if (const auto* json = std::get_if<JsonValue>(&value)) return *json;
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return nullptr;
  boost::json::parse_options options;
  options.max_depth = kJsonDepthMax;
  boost::system::error_code error;
  auto parsed = boost::json::parse(*text, error, {}, options);
  if (error) return nullptr;
  return std::make_shared<const boost::json::value>(std::move(parsed));
}

// A list, a map or a scalar out of a text.
Value json_parse(Arguments arguments, const Moments&) {
  const JsonValue json = json_of(arguments[0]);
  return json ? from_json(*json) : Value();
}

Value json_stringify(Arguments arguments, const Moments&) {
  if (is_missing(arguments[0])) return {};
  if (const auto* json = std::get_if<JsonValue>(&arguments[0])) return boost::json::serialize(**json);
  if (const auto* flag = std::get_if<bool>(&arguments[0])) return *flag ? "true" : "false";
  if (std::holds_alternative<double>(arguments[0])) return text_of(arguments[0]);
  return boost::json::serialize(boost::json::value(text_of(arguments[0])));
}

Value json_array_size(Arguments arguments, const Moments&) {
  const JsonValue json = json_of(arguments[0]);
  if (!json || !json->is_array()) return {};
  return static_cast<double>(json->get_array().size());
}

Value json_array_contains(Arguments arguments, const Moments&) {
  const JsonValue json = json_of(arguments[0]);
  if (!json || !json->is_array()) return {};
  for (const auto& element : json->get_array())
    if (equal(from_json(element), arguments[1])) return true;
  return false;
}

constexpr Function kFunctions[] = {
    {"case", 2, kArgumentsMax, first_true},
    {"coalesce", 1, kArgumentsMax, coalesce},
    {"formatdate", 2, 2, formatted_date},
    {"frommillis", 1, 1, from_millis},
    {"if", 2, 3, either},
    {"isnumeric", 1, 1, is_numeric},
    {"ispresent", 1, 1, is_present},
    {"jsonarraycontains", 2, 2, json_array_contains},
    {"jsonarraysize", 1, 1, json_array_size},
    {"jsonparse", 1, 1, json_parse},
    {"jsonstringify", 1, 1, json_stringify},
    {"now", 0, 0, now},
    {"parsedate", 2, 2, parsed_date},
    {"tomillis", 1, 1, to_millis},
    {"unmask", 1, 1, unmask},
};

}  // namespace

std::span<const Function> general_functions() { return kFunctions; }

}  // namespace culprit::insights
