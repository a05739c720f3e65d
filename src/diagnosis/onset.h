// When a signal left its baseline, and when it came back.
#pragma once

#include <optional>

#include "diagnosis/observation.h"

namespace culprit {

struct Excursion {
  Time onset;                    // exact for counted events, else the start of the minute
  bool before_window = false;    // it was already out when the window began; onset lies in the baseline
  std::optional<Time> recovery;  // unset: not seen inside the data
  Time peak;                     // minute of the largest deviation inside the window
  double peak_value = 0;
  double baseline = 0;  // median before
};

// The first sustained deviation from the baseline (median and MAD of the minutes before the window, or of the
// window itself when there are none) that touches the window. `low_is_bad` looks downwards.
std::optional<Excursion> find_excursion(const Signal& signal, const Observations& seen,
                                        bool low_is_bad = false);

// The earliest onset among signals. A gauge is known by the minute only: when a counted signal leaves its
// baseline within that minute, its event dates the onset.
struct Onset {
  Time time;
  bool exact = false;  // to the event; else the start of the minute
};
std::optional<Onset> earliest_onset(const std::vector<const Signal*>& signals, const Observations& seen);

// The minutes a signal is compared with: the baseline when it has data, else the window itself.
std::vector<double> reference_values(const Signal& signal, const Observations& seen);

}  // namespace culprit
