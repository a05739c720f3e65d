// The reasons of a ranking, for one component.
#pragma once

#include <vector>

#include "causes/rank_causes.h"
#include "causes/weighed_voice.h"

namespace culprit {

struct CauseContext {
  const AlignedTable& table;
  const AskedRows& asked;
  const CauseTuning& tuning;
  const std::vector<VoiceExcess>& excess;
  const std::vector<WeighedVoice>& voices;
};

// Fills evidence, moved signals and onset.
void describe_cause(const CauseContext& context, std::size_t component, RankedCause& cause);

}  // namespace culprit
