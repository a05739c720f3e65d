// Metrics as an engineer has them in a CSV file.
//
// Wide: a first column of times, then a column a series, headed "component.metric" (cut at the last dot),
// with an optional "@caller" for what a caller saw of the calls to the component:
// "checkout.latency_p50@frontend". Long: columns time, component, metric, value in any order. What a metric
// measures is told from its name (causes/signal_meaning.h).
#pragma once

#include <filesystem>
#include <string_view>

#include "sources/tables/imported_table.h"

namespace culprit {

// kInput when the heading is neither, or no row can be read.
Result<MetricTable> read_plain_table(std::string_view text);

// The file, and the graph when its path is not empty.
Result<ImportedTable> import_plain(const std::filesystem::path& file, const std::filesystem::path& graph);

}  // namespace culprit
