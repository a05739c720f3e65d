// Predicates of the system file, decided on signals.
#pragma once

#include <optional>
#include <string>

#include "diagnosis/case_file.h"

namespace culprit {

enum class Truth { kHolds, kFails, kUnseen };

struct Decision {
  Truth truth = Truth::kUnseen;
  const Signal* signal = nullptr;
  std::optional<double> observed;
  std::optional<double> baseline;
  std::string observed_text;  // "92 %, 4 % before"
};

// In the window, compared with the baseline. That a comparison with a baseline that holds an incident itself
// fails tells nothing: unseen.
Decision decide(const Predicate& predicate, const CaseFile& file);

// In other minutes, with nothing to compare them with: comparisons are unseen.
Decision decide_in(Grid::Range minutes, const Predicate& predicate, const CaseFile& file);

}  // namespace culprit
