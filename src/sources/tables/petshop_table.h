// The layout of the PetShop data set (Hardt et al., CLeaR 2024, arXiv 2311.04806; github.com/amazon-science/
// petshop-root-cause-analysis): a folder an issue, metrics.csv under three lines of headings, a baseline and
// a graph for all issues two folders up.
#pragma once

#include <filesystem>
#include <string_view>

#include "sources/tables/imported_table.h"

namespace culprit {

// Adds the series of a metrics.csv: lines of components, metrics and statistics, then epoch seconds and
// values.
Result<void> add_headed_table(std::string_view text, MetricTable& table);

// An issue's folder. `baseline` and `graph` default to ../../noissue/metrics.csv and ../../graph.csv. Of
// target.json only what alarmed is read. The window is that of the rows.
Result<ImportedTable> import_petshop(const std::filesystem::path& folder, std::filesystem::path baseline,
                                     std::filesystem::path graph);

}  // namespace culprit
