#include "system/nearest.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/zone_suggestions.h"

namespace culprit {

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
  constexpr std::size_t kLongestWord = 80;
  // Of two letters, changing one leaves nothing of what was written.
  if (word.size() < 3 || word.size() > kLongestWord) return {};
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const auto candidate : candidates) {
    if (best_distance == 0) break;
    const std::size_t distance = edit_distance(word, candidate, best_distance - 1);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string suggest(std::string_view word, const std::vector<std::string_view>& candidates,
                    std::string_view intro) {
  if (const auto best = nearest(word, candidates); !best.empty())
    return fmt::format("Did you mean '{}'?", best);
  if (candidates.empty()) return {};
  constexpr std::size_t kListed = 20;
  std::string out(intro);
  for (std::size_t i = 0; i < std::min(kListed, candidates.size()); ++i)
    out.append(i == 0 ? " " : ", ").append(candidates[i]);
  return out + (candidates.size() > kListed ? " …" : ".");
}

}  // namespace culprit
