#include "report/json_parts.h"

#include <fmt/format.h>

namespace culprit {

void put(JsonWriter& w, std::string_view key, std::string_view value) {
  w.key(key);
  w.string(value);
}

void put(JsonWriter& w, std::string_view key, double value) {
  w.key(key);
  w.number(value);
}

void put(JsonWriter& w, std::string_view key, const std::optional<double>& value) {
  w.key(key);
  value ? w.number(*value) : w.null();
}

void put(JsonWriter& w, std::string_view key, std::uint64_t value) {
  w.key(key);
  w.integer(value);
}

void put(JsonWriter& w, std::string_view key, const std::optional<Time>& value) {
  w.key(key);
  value ? w.string(format_utc(*value)) : w.null();
}

void put(JsonWriter& w, std::string_view key, const std::optional<Window>& value) {
  w.key(key);
  if (!value) return w.null();
  w.begin_object(true);
  put(w, "start", std::optional(value->start));
  put(w, "end", std::optional(value->end));
  w.end_object();
}

void put(JsonWriter& w, std::string_view key, const std::vector<EvidenceRef>& value) {
  w.key(key);
  w.begin_array(true);
  for (const auto& ref : value) w.string(fmt::format("E{}", ref.id()));
  w.end_array();
}

void put(JsonWriter& w, std::string_view key, const std::vector<Claim>& value) {
  put_each(w, key, value, [&](const Claim& c) {
    put(w, "text", c.text());
    put(w, "evidence", c.evidence());
  });
}

void put(JsonWriter& w, std::string_view key, const std::vector<std::string>& value) {
  w.key(key);
  w.begin_array();
  for (const auto& text : value) w.string(text);
  w.end_array();
}

void put(JsonWriter& w, std::string_view key, const std::vector<Datapoint>& value) {
  w.key(key);
  w.begin_array(true);
  for (const auto& p : value) {
    w.begin_array(true);
    w.string(format_utc(p.time));
    w.number(p.value);
    w.end_array();
  }
  w.end_array();
}

void put_bool(JsonWriter& w, std::string_view key, bool value) {
  w.key(key);
  w.boolean(value);
}

}  // namespace culprit
