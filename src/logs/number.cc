#include "logs/number.h"

#include <charconv>
#include <cmath>

namespace culprit {

std::optional<double> leading_number(std::string_view text) {
  constexpr double kMax = 1e12;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end == text.data() || !(std::abs(value) <= kMax)) return std::nullopt;
  return value;
}

}  // namespace culprit
