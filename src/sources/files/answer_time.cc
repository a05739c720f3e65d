#include "sources/files/answer_time.h"

#include <fmt/format.h>

#include <cctype>
#include <cmath>

namespace culprit {

namespace {

constexpr int kDepthMax = 32;

bool digits_at(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return false;
  for (std::size_t i = at; i < at + count; ++i)
    if (std::isdigit(static_cast<unsigned char>(text[i])) == 0) return false;
  return true;
}

// Takes two digits, and a separator before them when there is one.
std::optional<std::string_view> two_digits(std::string_view text, std::size_t& at,
                                           std::string_view separators) {
  auto start = at;
  if (start < text.size() && separators.find(text[start]) != separators.npos) ++start;
  if (!digits_at(text, start, 2)) return std::nullopt;
  at = start + 2;
  return text.substr(start, 2);
}

std::optional<Time> time_at(std::string_view text, std::size_t at) {
  if (!digits_at(text, at, 4)) return std::nullopt;
  const auto year = text.substr(at, 4);
  at += 4;
  const auto month = two_digits(text, at, "-");
  const auto day = month ? two_digits(text, at, "-") : std::nullopt;
  if (!day || at >= text.size() || std::string_view("T_- ").find(text[at]) == std::string_view::npos)
    return std::nullopt;
  const auto hour = two_digits(text, ++at, {});
  const auto minute = hour ? two_digits(text, at, ":-") : std::nullopt;
  if (!minute) return std::nullopt;
  const auto second = two_digits(text, at, ":-").value_or("00");
  const auto parsed =
      parse_iso8601(fmt::format("{}-{}-{}T{}:{}:{}Z", year, *month, *day, *hour, *minute, second));
  return parsed ? std::optional(*parsed) : std::nullopt;
}

bool lies_ahead(std::string_view key) {
  for (const auto* part : {"Valid", "Till", "Expir", "Resume", "Retention", "retention", "Next"})
    if (key.find(part) != key.npos) return true;
  return false;
}

bool is_time_key(std::string_view key) {
  return key.ends_with("At") || key.ends_with("Time") || key.ends_with("time") ||
         key.ends_with("Timestamp") || key.ends_with("timestamp") || key == "Date";
}

void newest_in(const boost::json::value& value, std::string_view key, int depth,
               std::optional<Time>& newest) {
  if (depth > kDepthMax || lies_ahead(key)) return;
  if (const auto* object = value.if_object()) {
    for (const auto& member : *object) newest_in(member.value(), member.key(), depth + 1, newest);
  } else if (const auto* array = value.if_array()) {
    for (const auto& item : *array) newest_in(item, key, depth + 1, newest);
  } else if (is_time_key(key)) {
    if (const auto t = answer_time(value); t && (!newest || *t > *newest)) newest = t;
  }
}

}  // namespace

std::optional<Time> answer_time(const boost::json::value& value) {
  if (const auto* text = value.if_string()) {
    const auto t = parse_iso8601(std::string_view(*text));
    return t ? std::optional(*t) : std::nullopt;
  }
  if (!value.is_number()) return std::nullopt;
  const double number = value.to_number<double>();
  if (!(number >= 0 && number < 1e14)) return std::nullopt;
  return from_epoch_ms(std::llround(number < 1e11 ? number * 1000 : number));
}

std::optional<Time> time_in_name(std::string_view name) {
  for (std::size_t at = 0; at + 12 < name.size(); ++at) {
    if (at > 0 && std::isdigit(static_cast<unsigned char>(name[at - 1])) != 0) continue;
    if (const auto t = time_at(name, at)) return t;
  }
  return std::nullopt;
}

std::optional<Time> newest_time(const boost::json::value& document) {
  std::optional<Time> newest;
  newest_in(document, {}, 0, newest);
  return newest;
}

}  // namespace culprit
