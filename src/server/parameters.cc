#include "server/parameters.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace culprit::server {

namespace {

constexpr double kSecondsMax = 1e11;  // the year 5138

[[noreturn]] void wrong_type(std::string_view name, std::string_view expected) {
  throw ApiFault{"SerializationException", fmt::format("the value of '{}' is no {}", name, expected)};
}

template <class Number>
std::optional<Number> parsed(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> real_of(const boost::json::value& value) {
  if (value.is_number()) return value.to_number<double>();
  const auto* text = value.if_string();
  if (text == nullptr) return std::nullopt;
  if (*text == "NaN") return std::nan("");
  if (*text == "Infinity") return std::numeric_limits<double>::infinity();
  if (*text == "-Infinity") return -std::numeric_limits<double>::infinity();
  return parsed<double>(*text);
}

}  // namespace

const boost::json::value* Parameters::find(std::string_view name) const {
  const auto* value = object_->if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

bool Parameters::has(std::string_view name) const { return find(name) != nullptr; }

void Parameters::refuse(std::string message) const {
  throw ApiFault{std::string(refusal_), std::move(message)};
}

void Parameters::missing(std::string_view name) const {
  if (refusal_ == "ValidationError" || refusal_ == "InvalidParameterValue")
    throw ApiFault{"MissingParameter", fmt::format("The parameter {} is required.", name)};
  throw constraint_fault(std::string(refusal_), "", std::string(name), "Member must not be null");
}

std::optional<std::string> Parameters::text(std::string_view name) const {
  const auto* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (const auto* text = value->if_string()) return std::string(*text);
  wrong_type(name, "text");
}

std::string Parameters::text_or(std::string_view name, std::string_view otherwise) const {
  auto value = text(name);
  return value ? std::move(*value) : std::string(otherwise);
}

std::string Parameters::need_text(std::string_view name) const {
  auto value = text(name);
  if (!value) missing(name);
  if (value->empty())
    throw constraint_fault(std::string(refusal_), "", std::string(name),
                           "Member must have length greater than or equal to 1");
  return std::move(*value);
}

std::optional<std::int64_t> Parameters::integer(std::string_view name, Range range) const {
  const auto* value = find(name);
  if (value == nullptr) return std::nullopt;
  std::optional<std::int64_t> number;
  if (value->is_int64()) number = value->get_int64();
  if (value->is_double() && std::abs(value->get_double()) < 9e18 &&
      std::floor(value->get_double()) == value->get_double())
    number = static_cast<std::int64_t>(value->get_double());
  if (const auto* text = value->if_string()) number = parsed<std::int64_t>(*text);
  if (!number) wrong_type(name, "integer");
  if (*number < range.min)
    throw constraint_fault(std::string(refusal_), std::to_string(*number), std::string(name),
                           fmt::format("Member must have value greater than or equal to {}", range.min));
  if (*number > range.max)
    throw constraint_fault(std::string(refusal_), std::to_string(*number), std::string(name),
                           fmt::format("Member must have value less than or equal to {}", range.max));
  return number;
}

std::int64_t Parameters::integer_or(std::string_view name, std::int64_t otherwise, Range range) const {
  return integer(name, range).value_or(otherwise);
}

std::int64_t Parameters::need_integer(std::string_view name, Range range) const {
  const auto value = integer(name, range);
  if (!value) missing(name);
  return *value;
}

std::optional<double> Parameters::real(std::string_view name) const {
  const auto* value = find(name);
  if (value == nullptr) return std::nullopt;
  const auto number = real_of(*value);
  if (!number) wrong_type(name, "number");
  return number;
}

bool Parameters::flag(std::string_view name, bool otherwise) const {
  const auto* value = find(name);
  if (value == nullptr) return otherwise;
  if (value->is_bool()) return value->get_bool();
  if (const auto* text = value->if_string()) {
    if (*text == "true") return true;
    if (*text == "false") return false;
  }
  wrong_type(name, "boolean");
}

std::optional<Time> Parameters::time(std::string_view name) const {
  const auto* value = find(name);
  if (value == nullptr) return std::nullopt;
  std::optional<double> seconds;
  if (value->is_number()) seconds = value->to_number<double>();
  if (const auto* text = value->if_string()) {
    if (const auto iso = parse_iso8601(*text)) return *iso;
    seconds = parsed<double>(*text);
  }
  if (!seconds || !(std::abs(*seconds) < kSecondsMax)) wrong_type(name, "time");
  return from_epoch_ms(static_cast<std::int64_t>(std::llround(*seconds * 1000)));
}

Time Parameters::need_time(std::string_view name) const {
  const auto value = time(name);
  if (!value) missing(name);
  return *value;
}

const boost::json::array* Parameters::list(std::string_view name) const {
  const auto* value = find(name);
  if (value == nullptr) return nullptr;
  if (const auto* list = value->if_array()) return list;
  if (value->is_string() && value->get_string().empty())
    return nullptr;  // an empty list of the query protocol
  wrong_type(name, "list");
}

std::vector<std::string> Parameters::texts(std::string_view name) const {
  std::vector<std::string> out;
  if (const auto* items = list(name))
    for (const auto& item : *items) {
      if (!item.is_string()) wrong_type(name, "list of texts");
      out.emplace_back(item.get_string());
    }
  return out;
}

std::vector<double> Parameters::reals(std::string_view name) const {
  std::vector<double> out;
  if (const auto* items = list(name))
    for (const auto& item : *items) {
      const auto number = real_of(item);
      if (!number) wrong_type(name, "list of numbers");
      out.push_back(*number);
    }
  return out;
}

std::vector<Parameters> Parameters::objects(std::string_view name) const {
  std::vector<Parameters> out;
  if (const auto* items = list(name))
    for (const auto& item : *items) {
      if (!item.is_object()) wrong_type(name, "list of structures");
      out.emplace_back(item.get_object(), refusal_);
    }
  return out;
}

std::optional<Parameters> Parameters::object_at(std::string_view name) const {
  const auto* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_object()) wrong_type(name, "structure");
  return Parameters(value->get_object(), refusal_);
}

}  // namespace culprit::server
