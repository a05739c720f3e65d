// When a message is tried again: a pure function of its attempts.
#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace culprit {

// 5 s after the first attempt, twice as long after each, at most 10 minutes; between 3/4 and all of that, by
// the key, so that messages that failed together do not come back together. A receiver's own wish goes
// before.
Duration retry_wait(int attempts, std::string_view key, std::optional<Duration> wished);

// A message that could not be delivered for so long is given up, and told as such.
constexpr std::chrono::hours kGiveUpAfter{24};
// One that the receiver refuses as such is tried so often.
constexpr int kRefusalsMax = 12;

}  // namespace culprit
