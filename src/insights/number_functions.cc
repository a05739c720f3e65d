// Functions of numbers, and from texts to numbers.
#include <cmath>
#include <numbers>

#include "insights/functions.h"

namespace culprit::insights {

namespace {

using Arguments = std::span<const Value>;

Value finite(double number) { return std::isfinite(number) ? Value(number) : Value(); }

template <double (*F)(double)>
Value of_number(Arguments arguments, const Moments&) {
  const auto number = number_of(arguments[0]);
  return number ? finite(F(*number)) : Value();
}

double absolute(double x) { return std::abs(x); }
double ceiling(double x) { return std::ceil(x); }
double flooring(double x) { return std::floor(x); }
double logarithm(double x) { return std::log(x); }
double root(double x) { return std::sqrt(x); }
double whole(double x) { return std::trunc(x); }
double same(double x) { return x; }

template <bool kGreatest>
Value extreme(Arguments arguments, const Moments&) {
  std::optional<double> best;
  for (const auto& argument : arguments) {
    const auto number = number_of(argument);
    if (number && (!best || (kGreatest ? *number > *best : *number < *best))) best = number;
  }
  return best ? Value(*best) : Value();
}

// round(x), round(x, decimals): halves away from zero.
Value rounded(Arguments arguments, const Moments&) {
  const auto number = number_of(arguments[0]);
  if (!number) return {};
  const double decimals = arguments.size() > 1 ? number_of(arguments[1]).value_or(0) : 0;
  if (!(std::abs(decimals) <= 15)) return *number;
  const double scale = std::pow(10, std::trunc(decimals));
  return finite(std::round(*number * scale) / scale);
}

// Kilometres between two places on a sphere of the earth's mean radius.
Value haversine(Arguments arguments, const Moments&) {
  constexpr double kEarthRadiusKm = 6371.0;
  double radians[4];
  for (std::size_t i = 0; i < 4; ++i) {
    const auto degrees = number_of(arguments[i]);
    if (!degrees) return {};
    radians[i] = *degrees * std::numbers::pi / 180;
  }
  const double half_width = std::sin((radians[2] - radians[0]) / 2);
  const double half_length = std::sin((radians[3] - radians[1]) / 2);
  const double part =
      half_width * half_width + std::cos(radians[0]) * std::cos(radians[2]) * half_length * half_length;
  return finite(2 * kEarthRadiusKm * std::asin(std::sqrt(std::min(1.0, part))));
}

constexpr Function kFunctions[] = {
    {"abs", 1, 1, of_number<absolute>},   {"ceil", 1, 1, of_number<ceiling>},
    {"floor", 1, 1, of_number<flooring>}, {"greatest", 1, kArgumentsMax, extreme<true>},
    {"haversine", 4, 4, haversine},       {"least", 1, kArgumentsMax, extreme<false>},
    {"log", 1, 1, of_number<logarithm>},  {"round", 1, 2, rounded},
    {"sqrt", 1, 1, of_number<root>},      {"todouble", 1, 1, of_number<same>},
    {"toint", 1, 1, of_number<whole>},    {"tolong", 1, 1, of_number<whole>},
    {"tonumber", 1, 1, of_number<same>},
};

}  // namespace

std::span<const Function> number_functions() { return kFunctions; }

}  // namespace culprit::insights
