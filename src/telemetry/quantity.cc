#include "telemetry/quantity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace culprit::wording {

namespace {

std::string grouped(std::string_view digits) {
  const std::size_t end = std::min(digits.find('.'), digits.size());
  const std::size_t start = digits.starts_with('-') ? 1 : 0;
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > start && i < end && (end - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

// Fixed decimals, without zeros that say nothing.
std::string trimmed(double value, int decimals) {
  std::string out = fmt::format("{:.{}f}", value, decimals);
  if (decimals > 0) {
    while (out.ends_with('0')) out.pop_back();
    if (out.ends_with('.')) out.pop_back();
  }
  return out == "-0" ? "0" : out;
}

struct Scale {
  double least;
  double divide_by;
  std::string_view unit;
};

}  // namespace

std::string count(std::uint64_t value) { return grouped(fmt::format("{}", value)); }

std::string number(double value) {
  if (!std::isfinite(value)) return std::string(kNoValue);
  const double size = std::abs(value);
  if (size >= 1e15) return fmt::format("{:.3g}", value);
  if (size >= 100) return grouped(trimmed(value, 0));
  if (size >= 10) return trimmed(value, 1);
  if (size >= 1) return trimmed(value, 1);
  if (size >= 0.01 || size == 0) return trimmed(value, 2);
  return fmt::format("{:.2g}", value);
}

std::string percent(double value) {
  if (!std::isfinite(value)) return std::string(kNoValue);
  const double size = std::abs(value);
  return (size >= 1 || size == 0 ? trimmed(value, 1) : number(value)) + " %";
}

std::string share(double zero_to_one) {
  if (!std::isfinite(zero_to_one)) return std::string(kNoValue);
  // Never rounded to certainty: 0.997 is "99 %", not "100 %".
  const double value = zero_to_one * 100;
  if (value > 99 && zero_to_one < 1) return "99 %";
  if (value < 1 && zero_to_one > 0) return "< 1 %";
  return trimmed(value, 0) + " %";
}

std::string seconds(double value) {
  if (!std::isfinite(value)) return std::string(kNoValue);
  const double size = std::abs(value);
  if (size == 0) return "0 s";
  if (size < 1e-3) return number(value * 1e6) + " \xC2\xB5s";
  if (size < 1) return number(value * 1e3) + " ms";
  if (size < 120) return number(value) + " s";
  const auto whole = static_cast<std::int64_t>(std::min(size, 1e15));
  const std::string sign = value < 0 ? "-" : "";
  if (whole < 7200) return fmt::format("{}{} min {} s", sign, whole / 60, whole % 60);
  return fmt::format("{}{} h {} min", sign, grouped(fmt::format("{}", whole / 3600)), whole / 60 % 60);
}

std::string milliseconds(double value) { return seconds(value / 1e3); }

std::string bytes(double value) {
  if (!std::isfinite(value)) return std::string(kNoValue);
  static constexpr Scale kScales[] = {
      {1e15, 1e15, "PB"}, {1e12, 1e12, "TB"}, {1e9, 1e9, "GB"}, {1e6, 1e6, "MB"}, {1e3, 1e3, "kB"}};
  for (const auto& s : kScales)
    if (std::abs(value) >= s.least) return fmt::format("{} {}", number(value / s.divide_by), s.unit);
  return number(value) + " B";
}

std::string plural(std::uint64_t n, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count(n), n == 1 ? one : many);
}

std::string value(double v, std::string_view unit) {
  if (unit == "percent" || unit == "Percent") return percent(v);
  if (unit == "seconds" || unit == "Seconds") return seconds(v);
  if (unit == "milliseconds" || unit == "Milliseconds" || unit == "ms") return milliseconds(v);
  if (unit == "bytes" || unit == "Bytes") return bytes(v);
  if (unit == "per-second" || unit == "Count/Second") return number(v) + "/s";
  if (unit == "per-minute") return number(v) + "/min";
  if (unit == "elements") return number(v) + (v == 1 ? " element" : " elements");
  return number(v);
}

std::string value(const std::optional<double>& v, std::string_view unit) {
  return v ? value(*v, unit) : std::string(kNoValue);
}

}  // namespace culprit::wording
