#include "server/states.h"

#include <algorithm>
#include <cmath>

namespace culprit::server {

std::vector<boost::json::object> states_at(const Account& account, const Store& store,
                                           std::string_view kind) {
  const auto states = taken(store.states(kind));  // by (id, observed_at)
  const Time now = account.replays() ? account.now() : Time::max();
  std::vector<boost::json::object> out;
  for (std::size_t at = 0; at < states.size();) {
    std::size_t chosen = at;
    std::size_t end = at;
    for (; end < states.size() && states[end].id == states[at].id; ++end)
      if (states[end].observed_at <= now) chosen = end;
    if (const auto* object = states[chosen].document.if_object()) out.push_back(*object);
    at = end;
  }
  return out;
}

std::string text_of(const boost::json::object& object, std::string_view member) {
  const auto* value = object.if_contains(member);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::string last_part(std::string_view arn) { return std::string(arn.substr(arn.rfind('/') + 1)); }

std::optional<Time> time_in(const boost::json::value* value) {
  if (value == nullptr) return std::nullopt;
  if (const auto* text = value->if_string()) {
    const auto parsed = parse_iso8601(*text);
    return parsed ? std::optional(*parsed) : std::nullopt;
  }
  if (!value->is_number()) return std::nullopt;
  const double seconds = value->to_number<double>();
  if (!(std::abs(seconds) < 1e11)) return std::nullopt;
  return from_epoch_ms(static_cast<std::int64_t>(std::llround(seconds * 1000)));
}

void write_times_as_seconds(boost::json::value& value) {
  if (auto* list = value.if_array()) {
    for (auto& item : *list) write_times_as_seconds(item);
  } else if (auto* object = value.if_object()) {
    for (auto& member : *object) {
      if (member.key().ends_with("At") && member.value().is_string()) {
        if (const auto time = time_in(&member.value()))
          member.value() = static_cast<double>(to_epoch_ms(*time)) / 1000;
      } else {
        write_times_as_seconds(member.value());
      }
    }
  }
}

}  // namespace culprit::server
