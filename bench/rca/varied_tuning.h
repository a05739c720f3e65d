// The ranking's constants, each halved and doubled: what the figures owe to them.
#pragma once

#include <string>
#include <vector>

#include "causes/tuning.h"

namespace culprit::bench {

struct VariedTuning {
  std::string name;
  CauseTuning tuning;
};

std::vector<VariedTuning> varied_tunings();

}  // namespace culprit::bench
