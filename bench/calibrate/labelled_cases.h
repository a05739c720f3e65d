// Labelled incidents, drawn by a seed: a known issue of random strength, put at a random moment of a quiet
// recording, with everyday nuisances beside it and sometimes with a source missing; and windows in which
// only nuisances happen.
#pragma once

#include <cstdint>
#include <string>

#include "injected_store.h"
#include "system/system.h"

namespace culprit::bench {

// A stretch of a recording in which nothing was wrong.
struct QuietStretch {
  const Store* store = nullptr;
  Window extent;
};

struct LabelledCase {
  std::string cause;  // empty: no incident
  Window window;
  Time onset;
  Injection injection;
  std::string hidden;  // the source that is missing, in words; empty: none
};

struct DrawOptions {
  double incident_share = 0.6;
  double hidden_share = 0.25;
  double nuisances_mean = 1.0;
};

// The same for the same seed and number.
LabelledCase draw_case(const System& system, const QuietStretch& quiet, std::uint32_t seed,
                       const DrawOptions& options = {});

}  // namespace culprit::bench
