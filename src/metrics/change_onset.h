// When a disturbance began, and how sure that is.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace culprit {

struct ChangeOnset {
  std::size_t row = 0;       // first row of the disturbance
  std::size_t earliest = 0;  // it may have begun as early as this row: rows between are missing or in doubt
};

// Follows the disturbance that `run_first` lies in back to where it left the ordinary. A row is out when its
// excess is above `out`, in doubt when it is above `doubt` (out > doubt >= 0); a missing row is in doubt.
// Stops at row `floor`. Unset when the row itself is not out.
std::optional<ChangeOnset> change_onset(std::span<const double> excess, std::size_t run_first,
                                        std::size_t floor, double out, double doubt);

}  // namespace culprit
