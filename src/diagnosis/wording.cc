#include "diagnosis/wording.h"

#include <fmt/format.h>

#include <cmath>

namespace culprit {

namespace {

// Three significant digits, no trailing zeros: 0.0021 -> "0.0021", 83.25 -> "83.3", 1520 -> "1520".
std::string digits(double v) {
  if (v == 0) return "0";
  const double size = std::abs(v);
  if (size >= 100) return fmt::format("{:.0f}", v);
  const int decimals = std::clamp(2 - static_cast<int>(std::floor(std::log10(size))), 0, 6);
  std::string out = fmt::format("{:.{}f}", v, decimals);
  if (out.find('.') != std::string::npos) {
    while (out.back() == '0') out.pop_back();
    if (out.back() == '.') out.pop_back();
  }
  return out;
}

std::string milliseconds(double ms) {
  const double size = std::abs(ms);
  if (size >= 60'000) return digits(ms / 60'000) + " min";
  if (size >= 1000) return digits(ms / 1000) + " s";
  return digits(ms) + " ms";
}

std::string bytes(double b) {
  constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  while (std::abs(b) >= 1000 && unit + 1 < std::size(kUnits)) {
    b /= 1000;
    ++unit;
  }
  return digits(b) + " " + kUnits[unit];
}

}  // namespace

std::string format_value(double value, std::string_view unit) {
  if (unit == "percent") return digits(value) + " %";
  if (unit == "seconds") return milliseconds(value * 1000);
  if (unit == "ms") return milliseconds(value);
  if (unit == "bytes") return bytes(value);
  if (unit == "per-minute") return digits(value) + " per minute";
  if (unit == "per-second") return digits(value) + " per second";
  if (unit == "elements") return digits(value) + " elements";
  return digits(value);
}

std::string counted(std::uint64_t n, std::string_view singular, std::string_view plural) {
  if (n == 1) return fmt::format("1 {}", singular);
  return plural.empty() ? fmt::format("{} {}s", n, singular) : fmt::format("{} {}", n, plural);
}

}  // namespace culprit
