// Which rows of a recording of many signals are not as the rest of it.
#pragma once

#include <span>
#include <vector>

#include "metrics/shift_signature.h"

namespace culprit {

// The stretch in which the signals together stand furthest from the rest of the recording, and the next one
// in what remains when it stands out nearly as far: a trouble may have two phases, or what is looked for may
// come after something louder. The furthest first; empty when nothing stands out (too few rows, all
// constant). Rows before `first_row` do not count: a recording may begin with a start-up.
//
// Furthest: the largest sum over signals of the squared difference of the means inside and outside, in usual
// spreads, times inside * outside / all rows. That is the likelihood ratio of one level against two for
// signals with normal noise, after Olshen, Venkatraman, Lucito and Wigler, Biostatistics 5 (2004), on one
// segment of many signals at once.
std::vector<RowRange> find_disturbed_rows(std::span<const SignalRows> signals, std::size_t first_row = 0,
                                          const SignatureTuning& tuning = {});

// All rows from `first` on that are in none of the ranges.
std::vector<RowRange> rows_besides(std::span<const RowRange> ranges, std::size_t first, std::size_t rows);

}  // namespace culprit
