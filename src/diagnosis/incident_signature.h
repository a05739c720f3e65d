// What an incident looked like: which signals moved, which way, how far, and in which order. Names of signals
// and numbers only; nothing of what a log says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "metrics/shift_signature.h"
#include "telemetry/window.h"

namespace culprit {

struct SignatureSignal {
  std::string name;    // "db.statement_timeouts"
  double spreads = 0;  // signed, in the signal's usual spreads; 4 digits, so that a kept one reads the same
  std::optional<std::int64_t> onset_s;  // when it left its usual, after the first that did
};

// Four digits, nothing below a hundredth, at most a million: what a signature holds of a shift. A number so
// kept reads back as the same one.
double kept(double spreads);

// Sorted by name; signals that stood still are in it with little, those that were not measured are not.
struct IncidentSignature {
  std::vector<SignatureSignal> signals;
};

ShiftSignature shape_of(const IncidentSignature& signature);

struct IncidentLikeness {
  SignatureLikeness shape;
  // Share of pairs of agreeing signals that came in the same order in both; unset when no pair can be
  // ordered in both: minutes are the axis, so what lies within one is at once.
  std::optional<double> same_order;
};
IncidentLikeness compare(const IncidentSignature& a, const IncidentSignature& b);

// Whether they are said to be alike: the shape is the same, and more than two signals agree on it.
bool same_shape(const IncidentLikeness& likeness);

struct CaseFile;
// Of the incident from onset to recovery, or of the window when there was none, beside the time before.
IncidentSignature sign_incident(const CaseFile& file);

}  // namespace culprit
