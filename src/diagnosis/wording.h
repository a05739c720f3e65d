// How values are said, once for all tellers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace culprit {

// "83 %", "2.1 ms" (seconds), "14.2 s" (ms), "1.2 GB" (bytes), "42", "5 per minute".
std::string format_value(double value, std::string_view unit);

// "3 tasks", "1 task": counts with their noun.
std::string counted(std::uint64_t n, std::string_view singular, std::string_view plural = {});

}  // namespace culprit
