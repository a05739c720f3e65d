// How well confidences mean what they say.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "diagnosis/confidence.h"

namespace culprit::bench {

// One hypothesis that was shown, and whether it named the cause.
struct Told {
  double log_odds = 0;
  double confidence = 0;
  bool right = false;
};

struct ReliabilityBin {
  std::size_t cases = 0, right = 0;
  double mean_confidence = 0;
  double share = 0, low = 0, high = 0;  // right ones, with the 95 % interval of Wilson
};

struct Reliability {
  std::vector<ReliabilityBin> bins;  // tenths
  double brier = 0;                  // mean squared distance; 0.25 = always saying one half
  double base_brier = 0;             // of always saying the share of right ones
  double log_loss = 0;
  double calibration_error = 0;  // mean distance of share and confidence, weighted by cases
  std::size_t cases = 0;
};

Reliability reliability_of(const std::vector<Told>& told);

// Platt's scaling by Newton's method, with his smoothed targets.
ConfidenceScale fit_platt(const std::vector<Told>& told);

// A diagram without script: x confidence, y share that was right, a bar below for the number of cases.
struct ReliabilityCurve {
  std::string name;
  Reliability reliability;
};
std::string reliability_svg(const std::string& title, const std::vector<ReliabilityCurve>& curves);
std::string reliability_table(const Reliability& reliability);  // Markdown

}  // namespace culprit::bench
