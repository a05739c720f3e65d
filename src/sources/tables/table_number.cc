#include "sources/tables/table_number.h"

#include <charconv>
#include <cmath>
#include <string>

namespace culprit {

namespace {

constexpr double kEpochMillisecondsFrom = 1e11;  // the year 5138 in seconds, 1973 in milliseconds
constexpr double kEpochMillisecondsMax = 1e14;

bool digits(std::string_view text) {
  for (const char c : text)
    if (c < '0' || c > '9') return false;
  return !text.empty();
}

// "2022-08-22 03:51:19" at the front.
bool starts_with_date_and_time(std::string_view t) {
  return t.size() >= 19 && digits(t.substr(0, 4)) && t[4] == '-' && digits(t.substr(5, 2)) && t[7] == '-' &&
         digits(t.substr(8, 2)) && (t[10] == ' ' || t[10] == 'T') && digits(t.substr(11, 2)) &&
         t[13] == ':' && digits(t.substr(14, 2)) && t[16] == ':' && digits(t.substr(17, 2));
}

}  // namespace

std::optional<double> table_number(std::string_view cell) {
  if (!cell.empty() && cell.front() == '+') cell.remove_prefix(1);
  if (cell.empty()) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error != std::errc() || end != cell.data() + cell.size()) return std::nullopt;
  return value;
}

std::optional<Time> table_time(std::string_view cell) {
  if (const auto number = table_number(cell)) {
    const double ms = std::abs(*number) >= kEpochMillisecondsFrom ? *number : *number * 1000;
    if (!std::isfinite(ms) || std::abs(ms) > kEpochMillisecondsMax) return std::nullopt;
    return from_epoch_ms(std::llround(ms));
  }
  if (!starts_with_date_and_time(cell)) return std::nullopt;
  std::string iso(cell.substr(0, 19));
  iso[10] = 'T';
  auto rest = cell.substr(19);
  if (rest.starts_with('.')) {
    std::size_t end = 1;
    while (end < rest.size() && rest[end] >= '0' && rest[end] <= '9') ++end;
    iso += rest.substr(0, std::min<std::size_t>(end, 4));
    rest.remove_prefix(end);
  }
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  if (rest.size() >= 5 && (rest[0] == '+' || rest[0] == '-') && digits(rest.substr(1, 2))) {
    iso += rest.substr(0, 3);
    iso += ':';
    iso += rest.substr(rest[3] == ':' ? 4 : 3, 2);
  } else {
    iso += 'Z';
  }
  const auto time = parse_iso8601(iso);
  return time ? std::optional<Time>(*time) : std::nullopt;
}

}  // namespace culprit
