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

Decision decide(const Predicate& predicate, const CaseFile& file);

}  // namespace culprit
