// What each component did beyond its usual, and how much of that is its own.
//
// Seconds waited and requests failed flow up a chain of calls: who waits for a slow callee is slow, and by as
// much. So what a component did beyond its usual, less what its callees did beyond theirs, is what it added
// itself. Counted in seconds and requests, not in how surprising they are, a small component that behaves
// oddly does not outweigh a large one that made everybody wait.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "causes/aligned_table.h"
#include "causes/quiet_noise.h"
#include "causes/tuning.h"

namespace culprit {

enum class CauseVoice {
  kWaiting,      // seconds that requests waited beyond the usual
  kFailures,     // requests that failed beyond the usual
  kLostTraffic,  // requests that its callees did not get although it got its own
  kOwnLoad,      // its own resources used beyond the usual
};
std::string_view name_of(CauseVoice voice);  // "waiting", "failures", "lost-traffic", "own-load"

// One component in one voice; for kOwnLoad, one of its series.
struct Excess {
  std::size_t component = 0;
  std::string what;                     // the metric it was made from
  std::size_t samples = 0;              // quiet rows with a value; 0: never seen in normal times
  double usual = 0;                     // a row's, in the same unit
  std::vector<double> total;            // a row's, beyond the usual; NaN where nothing is known
  std::vector<double> own;              // less its callees' part
  double least = 0;                     // of own strength, below which it hurts nobody
  std::vector<std::size_t> unmeasured;  // callees of which this is not known: some of `own` may be theirs
};

struct VoiceExcess {
  CauseVoice voice = CauseVoice::kWaiting;
  std::vector<Excess> parts;
  bool per_request = false;  // the number of requests is not known: seconds and shares a request
};

// `reference` is the component whose usual waiting and traffic is the measure of what can hurt.
VoiceExcess excess_of(CauseVoice voice, const AlignedTable& table, const AskedRows& asked,
                      std::size_t reference, const CauseTuning& tuning);

// The component that waits most in normal times: the measure when none alarmed.
std::size_t busiest_component(const AlignedTable& table, const AskedRows& asked);

}  // namespace culprit
