// Every constant of the ranking, in one place. None is fitted to one system: `make bench-rca` prints the
// figures with each of them halved and doubled (docs/rca.md).
#pragma once

#include <cstddef>

namespace culprit {

struct CauseTuning {
  // Noise is the loudest quiet window when the loudest one in fifty, and at least one, is left out: a
  // baseline may hold incidents of its own.
  double baseline_incidents = 0.02;

  // A disturbance counts for the verdict from twice that strength. Twice, because the quantile is exceeded by
  // chance once in fifty windows and component, and there are many components.
  double out_of_noise = 2.0;

  // Components seen in few quiet rows are given noise * (1 + this / rows): with 8 rows the noise may well be
  // twice as large as it looks.
  double few_rows = 8.0;

  // What cannot hurt is no cause, however unusual: waiting below 2 % of what the alarmed component usually
  // spends,
  double waiting_least_share = 0.02;
  // fewer failures than one and a half (one failed request is nobody's incident), or half a percent of
  // requests when their number is not known,
  double failures_least = 1.0;
  double failure_share_least = 0.005;
  // lost requests below 5 % of those of the alarmed component, load below 5 % of a resource's usual.
  double traffic_least_share = 0.05;
  double load_least_share = 0.05;

  // Beyond thirty times the noise, further surprise adds nothing: magnitude ranks, surprise only admits.
  double surprise_max = 30.0;

  // Weight of the cause that nobody measures, beside strengths that go to ln(30) = 3.4: keeps confidence
  // below 1.
  double unseen_weight = 0.5;

  // Windows longer than a tenth of the baseline have too few quiet peers. They are cut into pieces of a
  // fiftieth of the baseline, and are an incident when a fifth of the pieces are: not a long quiet time with
  // one bad moment.
  std::size_t window_per_baseline = 10;
  std::size_t piece_per_baseline = 50;
  double pieces_out_min = 0.2;

  // Fewer quiet windows than these tell nothing about noise: "cannot tell".
  std::size_t quiet_windows_min = 20;
};

}  // namespace culprit
