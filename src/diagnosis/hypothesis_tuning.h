// Every constant of the ranking of hypotheses that is not a weight of the system file, in one place. Those
// marked measured come from `make calibration`, which also prints what the answers owe to the others
// (docs/diagnosis.md).
#pragma once

#include <chrono>

namespace culprit {

struct HypothesisTuning {
  // From this confidence on a hypothesis is believed, and is an incident. Measured: the least tenth at which
  // no more than one quiet window in fifty has a believed cause.
  double believed_min = 0.8;

  // Hypotheses below it are not shown: one of which nothing is known has 0.16, from its prior alone.
  double shown_min = 0.17;

  // A cause shows before the harm it does. What defines an issue may come up so long after users were harmed
  // first (minutes are the axis of most signals), and costs this much when it comes later.
  std::chrono::minutes late{3};
  double late_weight = -2.5;

  // What a believed cause brings about loses at least so much, and enough to stand so far below its cause.
  double explained_least = 1.0;
  double explained_distance = 0.5;
  bool explains_away = true;
};

}  // namespace culprit
