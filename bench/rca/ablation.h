// What each part of the ranking adds: the same question answered without it.
#pragma once

#include <string>
#include <vector>

#include "causes/rank_causes.h"

namespace culprit::bench {

struct Ablation {
  std::string name;
  std::vector<CauseVoice> silent;  // voices that are not heard
  bool by_surprise = false;        // by the loudest times noise, not by magnitude
  bool without_graph = false;
  bool without_callees = false;  // the graph says who is a candidate, but nothing is taken away for callees
};

const std::vector<Ablation>& ablations();

// Components, best first, of a known incident.
std::vector<std::string> ablated_ranking(const AlignedTable& table, CauseQuestion question,
                                         const Ablation& ablation);

}  // namespace culprit::bench
