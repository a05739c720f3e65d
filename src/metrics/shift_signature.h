// What a trouble looked like, so that the next one like it is recognised from one example.
//
// A signature says for each signal how far it moved while the trouble lasted, beside the rest of the same
// recording: direction and size in the signal's own usual spread. Never a level: levels differ from host to
// host and from day to day, and tell which machine it was, not what was wrong with it. Two signatures are
// alike when the same signals moved the same way; what agreed and what did not is part of the answer
// (docs/memory.md).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace culprit {

// Rows of one signal at equal steps; NaN where there is none. All signals of one recording have equally many.
struct SignalRows {
  std::string name;
  std::vector<double> values;
  double least_spread = 0;  // what the signal wobbles every day, when that is known
};

// First and last row, inclusive.
struct RowRange {
  std::size_t first = 0, last = 0;
  bool holds(std::size_t row) const { return first <= row && row <= last; }
  bool operator==(const RowRange&) const = default;
};

// Every constant of signatures and of the search for disturbed rows. `make bench-rca` with --vary prints
// the figures with each of them halved and doubled.
struct SignatureTuning {
  // The usual spread is the largest of the MAD, this share of the mean deviation (signals that rest most of
  // the time and move now and then have no MAD), this share of the level, and the known wobble.
  double mean_deviation_share = 0.5;
  double level_share = 0.05;
  // Shifts are evened out by their logarithm and count to twenty spreads (e^3 - 1): beyond, a signal that
  // has no spread of its own would drown all others.
  double evened_max = 3;

  // A single row counts to so many spreads for a stretch: a spike is none.
  double row_max_spreads = 3;
  // A shorter stretch cannot be told from noise; as many rows must come before it.
  std::size_t rows_min = 10;
  // A stretch of more than this share of the recording is what is usual there.
  double stretch_max_share = 2.0 / 3;
  // A second stretch counts when it stands out at least half as far as the first.
  double second_share = 0.5;
};

struct SignalShift {
  std::string name;
  double spreads = 0;  // signed; 0: it was there, and as it is usually
};

// Sorted by name. A signal that was not measured inside or outside is not in it: missing is not unmoved.
struct ShiftSignature {
  std::vector<SignalShift> shifts;
};

// Near 0 as it is, beyond 1 as its logarithm.
double evened_out(double spreads, const SignatureTuning& tuning = {});

// The spread that a value must exceed to have moved: robust, and never zero for a signal that moves now and
// then. 0 only for one that stands at zero.
double usual_spread(std::span<const double> values, double centre, double least = 0,
                    const SignatureTuning& tuning = {});

// Rows that are in neither are left out.
ShiftSignature signature_of(std::span<const SignalRows> signals, std::span<const RowRange> inside,
                            std::span<const RowRange> outside, const SignatureTuning& tuning = {});

// What one signal did in two troubles, in spreads.
struct SignalAgreement {
  std::string name;
  double a = 0, b = 0;
};

struct SignatureLikeness {
  double likeness = 0;  // cosine of the evened-out shifts that both know, -1 to 1; 0 when either has none
  std::vector<SignalAgreement> agree;   // moved the same way in both, the weightiest first
  std::vector<SignalAgreement> differ;  // moved in one only, or the other way, the weightiest first
};

// A signal has moved, for `agree` and `differ`, from so many spreads.
inline constexpr double kMovedSpreads = 2;

// Signals that only one of them knows say nothing.
SignatureLikeness compare_signatures(const ShiftSignature& a, const ShiftSignature& b,
                                     const SignatureTuning& tuning = {});

// From here on two troubles are said to have the same shape: on DBSherlock's runs 19 of 20 pairs of one cause
// reach it, and 1 of 1,000 pairs of two (bench/README.md).
inline constexpr double kSameShape = 0.7;

}  // namespace culprit
