// Lines of real logs by what they tell: what a known issue would write.
#pragma once

#include <string>
#include <string_view>

#include "system/system.h"

namespace culprit {

// A line that carries a recognised signal ("statement_timeouts"), as the component's log would have it; `ms`
// for the signals that are durations. Empty: no line of the log carries it (it comes from ECS or RDS answers,
// or is a share of others).
std::string line_of(std::string_view signal, const Component& component, double ms);

}  // namespace culprit
