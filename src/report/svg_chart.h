// Charts as inline SVG. Private to src/report.
#pragma once

#include <string>

#include "report/wording.h"

namespace culprit::html {

// Baseline, window and tail of a metric; window shaded, onset and thresholds marked, missing periods left
// open. Carries a read-out of every datapoint for the pointer and the arrow keys. Empty without datapoints.
std::string metric_chart(const Findings& findings, const MetricFinding& metric, const wording::Clock& clock);

// Counts per minute as bars.
std::string pattern_chart(const Findings& findings, const PatternFinding& pattern,
                          const wording::Clock& clock);

// Its smallest values are the ones to fear, as of free memory: its minimum was asked for, its maximum was
// not.
bool low_is_bad(const MetricFinding& metric);

}  // namespace culprit::html
