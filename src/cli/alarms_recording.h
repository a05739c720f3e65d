// Recorded evidence that alarms are held against: opened, its extent known, and its incident dated.
#pragma once

#include <string>

#include "alarms/recorded_metrics.h"
#include "cli/gather.h"

namespace culprit {

struct Recording {
  std::string input;  // as it was named
  TemporaryDirectory directory;
  OpenEvidence evidence;
  Window window;              // all that it holds
  std::optional<Time> onset;  // of its incident; unset: it is quiet
  std::string dated_by;       // "--onset", "the diagnosis", "no incident was found"

  std::string clock(Time t) const { return evidence.zone.format_clock(t); }
};

// Reads a folder, file, store or capsule. Without `onset` ("" = none given, "none" = quiet) the diagnosis
// says whether there is an incident and when it began.
Result<Recording> open_recording(const std::string& input, const SystemOptions& system,
                                 const std::string& onset, Progress& progress);

// Text for a table: columns padded to their widest cell, two spaces between.
std::string table_text(const std::vector<std::vector<std::string>>& rows);

}  // namespace culprit
