// The analysis: a pure function of store, system and window.
#pragma once

#include <memory>
#include <string>

#include "diagnosis/findings.h"
#include "diagnosis/hypothesis_tuning.h"
#include "diagnosis/past_case.h"
#include "store/store.h"
#include "system/system.h"

namespace culprit {

struct Observations;

struct InvestigateOptions {
  Window window;
  Window baseline;   // before the window; empty (start == end) = an hour before, cut to the data
  std::string zone;  // to show local times; empty = the system's
  std::string capsule = "incident.culprit";  // named in the commands that show evidence
  std::string capsule_options;  // " --from … --to …": what those commands need to see this very analysis
  int excerpts = 5;             // lines shown for a claim; 0: none
  Memory memory;                // incidents to compare with
  HypothesisTuning tuning;
};

// Its two halves: facts first, then what to think of them. The same facts can be judged again, with other
// weights or another tuning.
Result<std::unique_ptr<Observations>> observe(const Store& store, const System& system,
                                              const InvestigateOptions& options);
Result<Findings> judge(const Store& store, const System& system, const Observations& seen,
                       const InvestigateOptions& options);

// Reads the store only. Errors: kDamaged, kStorage from the store; everything else becomes findings.
Result<Findings> investigate(const Store& store, const System& system, const InvestigateOptions& options);

}  // namespace culprit
