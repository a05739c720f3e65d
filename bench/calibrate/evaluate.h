// The product's answers on labelled cases: as it is, without one voice after another, and half blind.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "diagnosis/findings.h"
#include "labelled_cases.h"
#include "reliability.h"

namespace culprit::bench {

struct Tally {
  std::size_t incidents = 0, quiet = 0;
  std::size_t first_right = 0;   // incidents whose cause is the first hypothesis, believed or not
  std::size_t named_right = 0;   // … and believed
  std::size_t named_wrong = 0;   // incidents for which another cause is believed first
  std::size_t false_causes = 0;  // quiet windows with a believed cause
  std::size_t false_alarms = 0;  // quiet windows with the verdict incident
  std::size_t missed = 0;        // incidents with the verdict no-incident
  std::size_t cannot_tell = 0;   // incidents with that verdict
  double brier = 0;              // of the first hypothesis' confidence, summed over all cases
};

// How often a symptom was there, by whether its issue was the cause. Cases without data do not count.
struct SymptomCount {
  std::size_t with = 0, with_holds = 0, without = 0, without_holds = 0;
};

struct Half {
  std::vector<Told> told;   // every hypothesis that was shown
  std::vector<Told> first;  // the first one of each case, right for incidents whose cause it names
  std::vector<bool> first_of_quiet;
  std::vector<std::string> first_of_cause;
  std::map<std::string, std::vector<bool>> by_cause;          // of each cause's incidents: named rightly
  std::map<std::string, Tally> variants;                      // "everything", "without …"
  std::map<std::string, Tally> blind;                         // by component that was hidden
  std::map<std::string, std::vector<SymptomCount>> symptoms;  // by issue, in the order of the file
};

struct EvaluateOptions {
  std::size_t cases = 600;
  std::uint32_t seed = 1;
  bool variants = true;
};

Half evaluate(const System& system, const QuietStretch& quiet, const EvaluateOptions& options);

// The order in which they are told.
const std::vector<std::string>& variant_names();

}  // namespace culprit::bench
