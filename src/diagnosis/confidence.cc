#include "diagnosis/confidence.h"

#include <cmath>

namespace culprit {

double confidence_of(double log_odds, const ConfidenceScale& scale) {
  return 1 / (1 + std::exp(-(scale.slope * log_odds + scale.offset)));
}

}  // namespace culprit
