// Which of a search's literals stand in a text, told in one pass over it.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/needle_plan.h"

namespace culprit::engine {

// Each place is asked whether its two bytes begin a literal; where they may, the literals are compared.
// Immutable once made.
class LiteralFilter {
 public:
  LiteralFilter() = default;
  // The plans must outlive it. Only literals are looked for.
  explicit LiteralFilter(const std::vector<NeedlePlan>& needles);

  // Sets `found` (one for each plan) where a literal lies wholly in a run of the text; runs end at
  // `run_ends`.
  void find(std::string_view text, std::span<const std::uint32_t> run_ends,
            std::vector<std::uint8_t>& found) const;

 private:
  void allow(unsigned char first, unsigned char second) {
    pairs_[first * 4U + second / 64U] |= std::uint64_t{1} << (second % 64U);
  }

  const std::vector<NeedlePlan>* needles_ = nullptr;
  std::vector<std::uint64_t> pairs_;  // 65,536 bits
  std::array<std::vector<std::uint32_t>, 256> by_first_;
  std::vector<std::uint32_t> brief_;  // of one byte
};

}  // namespace culprit::engine
