// A graph of calls from a CSV file.
#pragma once

#include <string_view>
#include <vector>

#include "base/error.h"
#include "causes/metric_table.h"

namespace culprit {

// Either two columns, caller and callee (more are ignored; a heading "caller,callee" or "source,target" may
// stand above), or a matrix: names in the first row and the first column, a number above 0 where the row
// calls the column. kInput when it is neither.
Result<std::vector<Call>> read_call_list(std::string_view text);

}  // namespace culprit
