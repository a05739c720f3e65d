// The layout of the DBSherlock data set (Yoon, Niu, Mozafari, SIGMOD 2016; github.com/dongyoungy/
// dbsherlock-reproducibility) as tables: a file a run, a row a second, names of signals in the first line;
// regions.json says for each file which rows the trouble spans, and which trouble it is.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "metrics/shift_signature.h"

namespace culprit {

// The first column counts rows and is left out. Cells without a number are NaN. kInput without a heading, or
// with more rows or columns than a recording of this kind has.
Result<std::vector<SignalRows>> read_dbsherlock_run(std::string_view text);

// A run begins with the start of the database and of its load: rows before this one are not usual.
inline constexpr std::size_t kDbsherlockSettledRow = 10;

struct DbsherlockRegions {
  std::vector<std::string> causes;  // one, or those that were injected together; empty: not told
  std::vector<RowRange> abnormal, normal;
};

// By name of file. kInput when it is no JSON object with `files`; ranges that are none are left out.
Result<std::map<std::string, DbsherlockRegions>> read_dbsherlock_regions(std::string_view text);

}  // namespace culprit
