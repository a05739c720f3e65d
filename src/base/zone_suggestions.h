// What to answer to a zone name that does not exist.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace culprit {

// kUsage: an abbreviation that stands for several zones is named as such with the zones that use it, an
// offset such as "UTC-6" with its tz database name, a city alone or a misspelling with the nearest names.
Error unknown_zone(std::string_view name, const std::vector<std::string>& known_names);

// Levenshtein's distance in bytes, two swapped neighbours counted once; gives up (returns limit + 1) beyond
// `limit`.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

}  // namespace culprit
