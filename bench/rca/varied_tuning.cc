#include "varied_tuning.h"

#include <fmt/format.h>

namespace culprit::bench {

std::vector<VariedTuning> varied_tunings() {
  std::vector<VariedTuning> out;
  const auto vary = [&](std::string_view name, double CauseTuning::*constant) {
    for (const double factor : {0.5, 2.0}) {
      CauseTuning tuning;
      tuning.*constant *= factor;
      out.push_back({fmt::format("{} {:.3g}", name, tuning.*constant), tuning});
    }
  };
  vary("baseline incidents", &CauseTuning::baseline_incidents);
  vary("out of noise", &CauseTuning::out_of_noise);
  vary("few rows", &CauseTuning::few_rows);
  vary("waiting least share", &CauseTuning::waiting_least_share);
  vary("failures least", &CauseTuning::failures_least);
  vary("traffic least share", &CauseTuning::traffic_least_share);
  vary("load least share", &CauseTuning::load_least_share);
  vary("surprise max", &CauseTuning::surprise_max);
  vary("pieces out min", &CauseTuning::pieces_out_min);
  for (const std::size_t pieces : {25U, 100U}) {
    CauseTuning tuning;
    tuning.piece_per_baseline = pieces;
    out.push_back({fmt::format("pieces of a baseline {}", pieces), tuning});
  }
  return out;
}

}  // namespace culprit::bench
