// A table's series on one axis of rows, in one unit a kind, with a note for each thing that had to be put
// right.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/error.h"
#include "causes/call_graph.h"
#include "causes/metric_table.h"

namespace culprit {

struct AlignedSignal {
  std::size_t component = 0;
  std::string metric;
  std::string statistic;
  std::string caller;
  SignalKind kind = SignalKind::kOther;
  std::vector<double> values;  // in the kind's unit (metric_table.h), NaN where nothing is known
  bool was_counter = false;    // values are what was counted between rows
};

struct AlignedTable {
  std::vector<std::string> components;  // sorted
  CallGraph graph{{}, {}};
  bool graph_given = false;
  std::vector<Time> times;           // first sample of each row; only rows of which something is known
  std::vector<std::size_t> stretch;  // rows of one stretch follow each other without a long gap
  Duration step{0};
  std::vector<AlignedSignal> signals;  // by component, metric, statistic, caller: whatever the table's order
  std::vector<std::string> notes;
};

// Sorts points, averages repeated ones, drops what is not a number, turns counters of requests and failures
// into what was counted, reads shares beyond 1 as percentages. kInput: no value at all, or more than 48
// million cells.
Result<AlignedTable> align_table(const MetricTable& table);

}  // namespace culprit
