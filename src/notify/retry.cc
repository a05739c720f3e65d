#include "notify/retry.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"

namespace culprit {

Duration retry_wait(int attempts, std::string_view key, std::optional<Duration> wished) {
  constexpr Duration kFirst{5'000}, kMost{600'000};
  if (wished) return std::clamp(*wished, Duration{1'000}, Duration{std::chrono::hours(1)});
  const Duration full = std::min(kMost, kFirst * (std::int64_t{1} << std::clamp(attempts - 1, 0, 10)));
  const auto draw = sha256(fmt::format("{}#{}", key, attempts))[0];
  return full * 3 / 4 + full / 4 * draw / 255;
}

}  // namespace culprit
