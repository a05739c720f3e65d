// How quantities are written, once for diagnosis and report.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace culprit::wording {

// Shown where there is no value. Never zero: absence is not a number.
inline constexpr std::string_view kNoValue = "\xE2\x80\x94";  // —

std::string count(std::uint64_t value);  // "1,234,567"
std::string number(double value);        // "83.4", "0.42", "12,300"
std::string percent(double value);       // "83.4 %", "8.4 %", "0.42 %"
std::string share(double zero_to_one);   // 0.97 -> "97 %"; never rounded to certainty
std::string seconds(double value);       // "15.2 µs", "2.1 ms", "14.2 s", "3 min 20 s"
std::string milliseconds(double value);  // the same of milliseconds
std::string bytes(double value);         // "1.2 GB"
std::string plural(std::uint64_t n, std::string_view one, std::string_view many);  // "1 call", "2,000 calls"

// In the words of a unit: "percent", "seconds", "ms", "count", "bytes", "per-second", "per-minute",
// "elements", or CloudWatch's "Percent", "Seconds", "Count", "Bytes", "Count/Second".
std::string value(double value, std::string_view unit);
std::string value(const std::optional<double>& value, std::string_view unit);

}  // namespace culprit::wording
