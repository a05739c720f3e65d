// From a sum of log-odds to a confidence that means what it says: of the hypotheses shown with 0.7, seven in
// ten name the cause. Platt's scaling (Platt, Advances in Large Margin Classifiers, 1999), fitted on one half
// of the labelled incidents by `make calibration` and reported on the other (docs/diagnosis.md).
#pragma once

namespace culprit {

struct ConfidenceScale {
  double slope = 1;
  double offset = 0;
};

// As fitted on over a thousand hypotheses. Sums keep their order.
constexpr ConfidenceScale kConfidenceScale{1.04, 1.47};

double confidence_of(double log_odds, const ConfidenceScale& scale = kConfidenceScale);

}  // namespace culprit
