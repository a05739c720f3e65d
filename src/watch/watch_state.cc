#include "watch/watch_state.h"

#include <algorithm>
#include <array>

namespace culprit {

Duration elapsed(const Moment& before, const Moment& now) {
  const bool same_boot = !now.boot.empty() && before.boot == now.boot && now.steady >= before.steady;
  return std::max(Duration{0}, same_boot ? now.steady - before.steady : now.wall - before.wall);
}

std::string_view to_string(Effect::Kind kind) {
  static constexpr std::array<std::string_view, 6> kKinds = {"open",    "note",   "severity",
                                                             "resolve", "notify", "evidence"};
  return kKinds[static_cast<std::size_t>(kind)];
}

}  // namespace culprit
