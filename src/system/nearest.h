// "Did you mean …?"
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace culprit {

// The candidate with the least edit distance to `word`, or empty when none is near enough to be meant.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates);

// "Did you mean 'x'?", or "`intro` a, b, c." when nothing is near (at most twenty are listed; empty when
// there are none).
std::string suggest(std::string_view word, const std::vector<std::string_view>& candidates,
                    std::string_view intro);

}  // namespace culprit
