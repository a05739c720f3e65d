// Evidence as plain files, for eyes and for other tools.
#pragma once

#include <filesystem>

#include "base/error.h"

namespace culprit {

// Writes into `to` (created when missing):
//   logs/GROUP/STREAM.log  a line an event: UTC time, blank, message; in the order of ingestion
//   logs/index.csv         which file holds which group and stream
//   metrics/*.csv          one file a metric;
//   timestamp,namespace,metric,dimensions,statistic,unit,period_s,value aws/KIND-TIME.json     states, in the
//   form of the `aws … --output json` answer journal.jsonl, gaps.json
// Characters that a file name should not have become '_'; a name that is taken gets a number.
Result<void> export_plain(const std::filesystem::path& store_directory, const std::filesystem::path& to);

}  // namespace culprit
