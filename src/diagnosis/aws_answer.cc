#include "diagnosis/aws_answer.h"

#include <cmath>

namespace culprit {

const boost::json::value* field(const boost::json::value& object, std::string_view name) {
  const auto* o = object.if_object();
  return o == nullptr ? nullptr : o->if_contains(name);
}

std::string text_field(const boost::json::value& object, std::string_view name) {
  const auto* v = field(object, name);
  const auto* s = v == nullptr ? nullptr : v->if_string();
  return s == nullptr ? std::string{} : std::string(*s);
}

std::optional<std::int64_t> number_field(const boost::json::value& object, std::string_view name) {
  const auto* v = field(object, name);
  if (v == nullptr) return std::nullopt;
  if (v->is_int64()) return v->get_int64();
  if (v->is_uint64()) return static_cast<std::int64_t>(v->get_uint64());
  if (v->is_double() && std::abs(v->get_double()) < 9e15) return static_cast<std::int64_t>(v->get_double());
  return std::nullopt;
}

std::optional<Time> time_field(const boost::json::value& object, std::string_view name) {
  const auto* v = field(object, name);
  if (v == nullptr) return std::nullopt;
  if (const auto* s = v->if_string()) {
    const auto t = parse_iso8601(std::string_view(*s));
    return t ? std::optional(*t) : std::nullopt;
  }
  if (v->is_number()) {
    const double seconds = v->to_number<double>();
    if (std::abs(seconds) < 9e12) return from_epoch_ms(std::llround(seconds * 1000));
  }
  return std::nullopt;
}

std::string last_part(std::string_view arn) { return std::string(arn.substr(arn.rfind('/') + 1)); }

std::string service_message(std::string_view message) {
  constexpr std::string_view kLead = "(service ";
  const std::size_t end = message.find(") ");
  if (!message.starts_with(kLead) || end == std::string_view::npos) return std::string(message);
  return std::string(message.substr(end + 2));
}

const boost::json::array& array_field(const boost::json::value& object, std::string_view name) {
  static const boost::json::array kNone;
  const auto* v = field(object, name);
  const auto* a = v == nullptr ? nullptr : v->if_array();
  return a == nullptr ? kNone : *a;
}

}  // namespace culprit
