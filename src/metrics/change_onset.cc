#include "metrics/change_onset.h"

#include <cmath>

namespace culprit {

std::optional<ChangeOnset> change_onset(std::span<const double> excess, std::size_t run_first,
                                        std::size_t floor, double out, double doubt) {
  if (run_first >= excess.size() || !(excess[run_first] > out)) return std::nullopt;
  ChangeOnset onset{run_first, run_first};
  std::size_t row = run_first;
  while (row > floor) {
    --row;
    if (excess[row] > out)
      onset = {row, row};
    else if (!std::isfinite(excess[row]) || excess[row] > doubt)
      onset.earliest = row;
    else
      break;
  }
  return onset;
}

}  // namespace culprit
