#include "ablation.h"

#include <algorithm>

namespace culprit::bench {

namespace {

double score_of(const RankedCause& cause, const Ablation& ablation) {
  double sum = 0;
  double loudest = 0;
  for (const auto& e : cause.evidence) {
    if (std::find(ablation.silent.begin(), ablation.silent.end(), e.voice) != ablation.silent.end()) continue;
    sum += e.weight * e.share;
    if (e.hidden_in.empty()) loudest = std::max(loudest, e.times_noise);
  }
  return ablation.by_surprise ? loudest : sum;
}

}  // namespace

const std::vector<Ablation>& ablations() {
  static const std::vector<Ablation> all{
      {"everything", {}, false, false, false},
      {"without waiting", {CauseVoice::kWaiting}, false, false, false},
      {"without failures", {CauseVoice::kFailures}, false, false, false},
      {"without lost traffic", {CauseVoice::kLostTraffic}, false, false, false},
      {"without own load", {CauseVoice::kOwnLoad}, false, false, false},
      {"by surprise instead of magnitude", {}, true, false, false},
      {"callees' part not taken away", {}, false, false, true},
      {"without the graph", {}, false, true, false},
  };
  return all;
}

std::vector<std::string> ablated_ranking(const AlignedTable& table, CauseQuestion question,
                                         const Ablation& ablation) {
  question.incident_known = true;
  AlignedTable changed;
  if (ablation.without_graph || ablation.without_callees) {
    changed = table;
    changed.graph = CallGraph(table.components, {});
    changed.graph_given = false;
  }
  const bool use_changed = ablation.without_graph || ablation.without_callees;
  auto ranking = rank_causes(use_changed ? changed : table, question);
  if (!ranking) return {};
  auto& causes = ranking->causes;
  if (ablation.without_callees && !question.target.empty()) {
    const auto at = std::lower_bound(table.components.begin(), table.components.end(), question.target);
    const auto reachable = table.graph.reachable(static_cast<std::size_t>(at - table.components.begin()));
    std::erase_if(causes, [&](const RankedCause& cause) {
      const auto place = std::lower_bound(table.components.begin(), table.components.end(), cause.component);
      return !reachable[static_cast<std::size_t>(place - table.components.begin())];
    });
  }
  std::stable_sort(causes.begin(), causes.end(), [&](const RankedCause& a, const RankedCause& b) {
    return score_of(a, ablation) > score_of(b, ablation);
  });
  std::vector<std::string> out;
  for (const auto& cause : causes) out.push_back(cause.component);
  return out;
}

}  // namespace culprit::bench
