// Messages held against the text of a template.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace culprit {

// Whether `message` is the text with something, or nothing, in the place of each <*>; white space counts as
// one space, and not at all at the ends. Each message matches the template that the miner gives it.
bool matches_template(std::string_view text, std::string_view message);

// What stands in the place of each <*>, the shortest possible from the left; nothing when it does not match.
std::optional<std::vector<std::string>> template_values(std::string_view text, std::string_view message);

}  // namespace culprit
