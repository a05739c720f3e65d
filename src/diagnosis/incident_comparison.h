// What several incidents have in common, and what not. A pure function of their findings.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "diagnosis/findings.h"

namespace culprit {

struct ComparedIncident {
  std::string name;  // as the user called it: the capsule
  std::string system, zone;
  Window window;
  Verdict verdict = Verdict::kCannotTell;
  std::string severity;      // empty without an incident
  std::string cause, title;  // of the primary hypothesis; empty when none is believed
  double confidence = 0;
  std::vector<std::string> further_causes;  // believed, but not primary
  std::optional<Time> onset, recovery;
  std::vector<std::string> order;  // signals that moved in all incidents, as they came here
};

// One signal in each of them; unset where it was not measured.
struct SignalAcross {
  std::string name;
  std::vector<std::optional<double>> spreads;
  std::vector<std::optional<std::int64_t>> onset_s;
};

struct IncidentPair {
  std::size_t a = 0, b = 0;  // places in `incidents`
  double likeness = 0;
  bool same_shape = false;
  std::optional<double> same_order;
};

struct IncidentComparison {
  std::vector<ComparedIncident> incidents;
  std::vector<IncidentPair> pairs;
  bool same_cause = false, same_severity = false, same_verdict = false;
  std::vector<SignalAcross> alike;   // moved the same way wherever measured, in two at least; furthest first
  std::vector<SignalAcross> differ;  // moved in some only, or not the same way
};

// `names` has one for each of `findings`, of which there are two at least.
IncidentComparison compare_incidents(const std::vector<Findings>& findings,
                                     const std::vector<std::string>& names);

}  // namespace culprit
