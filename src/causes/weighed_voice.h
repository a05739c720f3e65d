// One voice's evidence, measured against quiet stretches and shared among the components.
#pragma once

#include <cstddef>
#include <vector>

#include "causes/excess.h"
#include "metrics/strongest_run.h"

namespace culprit {

struct WeighedPart {
  const Excess* excess = nullptr;
  double noise = 0;          // strength that quiet windows seldom exceed
  double strength = 0;       // of the strongest piece of the window
  double times_noise = 0;    // strength / noise
  double pieces_out = 0;     // share of the window's pieces that are out of noise
  double beyond_noise = 0;   // strength beyond noise, over all pieces
  Run run;                   // strongest, rows of the table
  double loudest_quiet = 0;  // times noise of the loudest quiet window, and where it begins
  std::size_t loudest_quiet_row = 0;
};

struct WeighedVoice {
  CauseVoice voice = CauseVoice::kWaiting;
  bool per_request = false;
  std::vector<WeighedPart> parts;
  std::size_t quiet_windows = 0;  // that noise was measured on
  std::vector<double> share;      // by component, sums up to 1 or is all 0
  double weight = 0;              // ln of how many times beyond noise its strongest part is, capped
};

// `candidate` marks the components that may be a cause. `excess` must outlive the result.
WeighedVoice weigh(const VoiceExcess& excess, const AlignedTable& table, const AskedRows& asked,
                   const std::vector<bool>& candidate, const CauseTuning& tuning);

// Where the strength of `total` in the window stands among its quiet windows, 0 to 1; 1 when there are none.
double place_among_quiet(const std::vector<double>& total, const AlignedTable& table, const AskedRows& asked,
                         const CauseTuning& tuning);

// Rows of a piece: the whole window when it is short beside its baseline (tuning.h).
std::size_t piece_rows(const AskedRows& asked, const CauseTuning& tuning);

}  // namespace culprit
