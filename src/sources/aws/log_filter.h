// CloudWatch filter patterns that together catch every line any of the system's patterns wants.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
#pragma once

#include <string>
#include <vector>

#include "system/system.h"

namespace culprit::aws {

// The fewest filters: one OR of terms (?"a" ?"b"), split at 1,024 characters, and each %regex% on its own.
// What a single pattern wants in full (terms joined by AND) is widened to its longest term.
std::vector<std::string> joined_filters(const std::vector<const LogPattern*>& patterns);

}  // namespace culprit::aws
