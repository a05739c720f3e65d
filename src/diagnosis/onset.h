// When a signal left its baseline, and when it came back.
#pragma once

#include <optional>

#include "diagnosis/observation.h"

namespace culprit {

struct Excursion {
  Time onset;                      // exact for counted events, else the start of the minute
  bool before_window = false;      // it was already out when the window began; onset lies in the baseline
  std::optional<Time> recovery;    // the minute from which it is back; unset: not seen inside the data
  std::optional<Time> last_event;  // counted events: the last one before the recovery
  Time peak;                       // minute of the largest deviation inside the window
  double peak_value = 0;
  double baseline = 0;  // median before
};

// The first sustained deviation from the baseline (median and MAD of the minutes before the window, or of the
// window itself when there are none) that touches the window. `low_is_bad` looks downwards.
std::optional<Excursion> find_excursion(const Signal& signal, const Observations& seen,
                                        bool low_is_bad = false);

struct Watched {
  const Signal* signal = nullptr;
  bool low_is_bad = false;
};

struct Turn {
  Time time;
  bool exact = false;              // to the event; else to the minute
  const Signal* signal = nullptr;  // the one that dates it
};

// The earliest onset among signals. A gauge is known by the minute only: when a counted signal leaves its
// baseline within that minute, its event dates the onset.
std::optional<Turn> earliest_onset(const std::vector<Watched>& signals, const Observations& seen);

// When the last of the signals came back: the last event, when it fell into the minute before all were back,
// else that minute's end. Unset when one of them did not come back inside the data, or none ever left.
std::optional<Turn> last_recovery(const std::vector<Watched>& signals, const Observations& seen);

// What a unit wobbles every day, as a quarter of the distance that counts as out of the ordinary: the spread
// of a signal whose own spread is smaller.
double everyday_spread(const Signal& signal, double centre);

// The minutes a signal is compared with: the baseline when it has data, else the window itself.
std::vector<double> reference_values(const Signal& signal, const Observations& seen);

}  // namespace culprit
