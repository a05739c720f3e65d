// Numbers out of log text.
#pragma once

#include <optional>
#include <string_view>

namespace culprit {

// The number at the start of the text ("14999ms" gives 14999). nullopt when there is none, or when no honest
// log would hold it (infinite, or beyond 10^12): callers may turn it into durations without care.
std::optional<double> leading_number(std::string_view text);

}  // namespace culprit
