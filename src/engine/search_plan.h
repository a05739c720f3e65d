// The patterns of a search taken apart: literals, each kept once, and how each pattern's truth follows from
// theirs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "engine/needle_plan.h"
#include "engine/regex_program.h"
#include "engine/search.h"

namespace culprit {

struct LogSearch::Plan {
  // Groups of needles; of each group at least one is in every text that matches.
  using Groups = std::vector<std::vector<std::uint32_t>>;

  enum class TermKind : std::uint8_t {
    kNeedles,  // one of the needles
    kRegex,    // the regular expression
  };
  struct TermPlan {
    TermKind kind = TermKind::kNeedles;
    std::vector<std::uint32_t> needles;
    std::vector<std::uint32_t> sequence;   // literals that are all there is to it, anything between them
    Groups necessary;                      // kRegex
    const TextRegex* regex = nullptr;      // kRegex
    std::optional<std::uint32_t> program;  // kRegex, of the plan's, when there is one
  };
  struct PatternPlan {
    bool is_terms = false;
    std::vector<TermPlan> required;
    std::vector<TermPlan> optional;
    std::vector<TermPlan> excluded;
    Groups necessary;  // when not is_terms
  };

  std::vector<MessagePattern> patterns;
  std::vector<engine::NeedlePlan> needles;
  std::vector<std::shared_ptr<const engine::RegexProgram>> programs;
  std::vector<PatternPlan> plans;
};

}  // namespace culprit
