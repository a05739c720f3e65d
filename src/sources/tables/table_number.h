// Numbers and times as tables write them.
#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace culprit {

// Empty cells, words and numbers that no double holds give nothing; "nan" and "inf" are numbers, and counted
// as wrong later on.
std::optional<double> table_number(std::string_view cell);

// Epoch seconds or milliseconds, with a fraction or without; ISO 8601 or "2022-08-22 03:51:19.799 +0000 UTC
// …", UTC when it has no offset.
std::optional<Time> table_time(std::string_view cell);

}  // namespace culprit
