#include "diagnosis/unit_factor.h"

#include <algorithm>
#include <iterator>
#include <string>

namespace culprit {

namespace {

struct Unit {
  std::string_view name;  // lower case
  std::string_view quantity;
  double size;  // in seconds, bytes
};

// CloudWatch's prefixes are decimal (API reference, MetricDatum).
constexpr Unit kUnits[] = {
    {"seconds", "time", 1},     {"milliseconds", "time", 1e-3}, {"microseconds", "time", 1e-6},
    {"ms", "time", 1e-3},       {"bytes", "data", 1},           {"kilobytes", "data", 1e3},
    {"megabytes", "data", 1e6}, {"gigabytes", "data", 1e9},     {"terabytes", "data", 1e12},
};

const Unit* find(std::string_view name) {
  std::string lower(name);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const auto* found = std::ranges::find(kUnits, std::string_view(lower), &Unit::name);
  return found == std::end(kUnits) ? nullptr : found;
}

}  // namespace

double unit_factor(std::string_view given, std::string_view wanted) {
  const Unit* from = find(given);
  const Unit* to = find(wanted);
  if (from == nullptr || to == nullptr || from->quantity != to->quantity) return 1;
  return from->size / to->size;
}

}  // namespace culprit
