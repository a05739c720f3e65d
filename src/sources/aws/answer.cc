#include "sources/aws/answer.h"

#include <cmath>

#include "sources/aws/xml_json.h"

namespace culprit::aws {

namespace {

// Depth is bounded by the parser's limit.
void rewrite(boost::json::value& value, std::string_view suffix) {
  if (auto* object = value.if_object()) {
    for (auto& member : *object) {
      if (member.value().is_number() && std::string_view(member.key()).ends_with(suffix))
        member.value() = boost::json::string(cli_time(member.value().to_number<double>()));
      else
        rewrite(member.value(), suffix);
    }
  } else if (auto* list = value.if_array()) {
    for (auto& item : *list) rewrite(item, suffix);
  }
}

}  // namespace

std::string text_at(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

const boost::json::array& array_at(const boost::json::object& object, std::string_view name) {
  static const boost::json::array kNone;
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_array() ? value->get_array() : kNone;
}

std::optional<std::int64_t> integer_at(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_int64()) return value->get_int64();
  constexpr double kExact = 9007199254740992.0;
  if (value->is_double() && std::abs(value->get_double()) < kExact)
    return static_cast<std::int64_t>(value->get_double());
  return std::nullopt;
}

std::optional<Time> time_of(const boost::json::value& value) {
  if (value.is_number()) {
    const double seconds = value.to_number<double>();
    constexpr double kYear9999 = 253402300799.0;
    if (!std::isfinite(seconds) || std::abs(seconds) > kYear9999) return std::nullopt;
    return from_epoch_ms(std::llround(seconds * 1000.0));
  }
  if (!value.is_string()) return std::nullopt;
  const auto time = parse_iso8601(std::string_view(value.get_string()));
  return time ? std::optional<Time>(*time) : std::nullopt;
}

void write_times_as_cli(boost::json::value& value) { rewrite(value, "At"); }
void write_timestamps_as_cli(boost::json::value& value) { rewrite(value, "Timestamp"); }

}  // namespace culprit::aws
