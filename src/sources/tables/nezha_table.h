// The layout of the Nezha data set (Yu et al., ESEC/FSE 2023; github.com/IntelligentDDS/Nezha, rca_data): a
// folder a day with a file a pod, the front door's, latencies of calls as both ends saw them, and the
// dependencies of services.
#pragma once

#include <filesystem>
#include <string_view>

#include "sources/tables/imported_table.h"

namespace culprit {

// Rows of one pod under a heading of columns; the component is the file's name or the column PodName.
Result<void> add_pod_table(std::string_view text, const std::string& pod, MetricTable& table);

// A day's folder, or its folder `metric`. No window: the data set says when faults were injected, not where
// to look.
Result<ImportedTable> import_nezha(const std::filesystem::path& folder);

}  // namespace culprit
