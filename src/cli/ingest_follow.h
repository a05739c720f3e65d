// `culprit ingest --follow`: runs until it is interrupted.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/zone.h"
#include "cli/store_options.h"
#include "system/system.h"

namespace culprit {

struct IngestFollow {
  std::vector<std::string> paths;
  StoreOptions store;
  std::string group;
  std::optional<Zone> zone;
  bool quiet = false;
};

// Follows until SIGINT or SIGTERM, then commits and prints what was kept.
Result<void> ingest_follow(const IngestFollow& arguments, const System& system, Progress& progress);

// What the analysis of a new store needs to know later.
Result<void> note_origin(StoreWriter& store, const System& system, const std::optional<Zone>& zone);

}  // namespace culprit
