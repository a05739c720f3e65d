// Sources tell one quantity in several units; signals have the unit of the system file.
#pragma once

#include <string_view>

namespace culprit {

// What a value in `given` (CloudWatch's names of units) is multiplied by to be in `wanted` (the system
// file's). 1 when either is unknown: then the value is taken as it is.
double unit_factor(std::string_view given, std::string_view wanted);

}  // namespace culprit
