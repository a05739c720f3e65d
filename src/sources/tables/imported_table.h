// What an importer gives back: the table, and what its data set says about the question.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/error.h"
#include "causes/excess.h"
#include "causes/metric_table.h"
#include "telemetry/window.h"

namespace culprit {

struct ImportedTable {
  MetricTable table;
  std::optional<Window> window;       // when the data set says where the incident is
  std::string target;                 // component that alarmed
  std::optional<CauseVoice> symptom;  // what alarmed
};

// One file is read whole, up to this size; more is kInput.
inline constexpr std::uintmax_t kTableBytesMax = 1ULL << 30;
Result<std::string> read_table_file(const std::filesystem::path& path);

}  // namespace culprit
