// Collects from files: raw logs, CSV metrics and saved `aws … --output json` answers, into a store.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/progress.h"
#include "store/store.h"
#include "system/system.h"

namespace culprit {

struct DetectedFile {
  std::string path;    // relative to the input
  std::string format;  // "postgres (log_line_prefix …)", "aws ecs describe-services", "metrics csv", "unknown"
  std::string target;  // log group and stream, or what it filled
  std::uint64_t bytes = 0;
  std::uint64_t events = 0;
  std::string first_line;  // of an undetected file, cut
};

struct FilesReport {
  std::vector<DetectedFile> files;  // by path
};

struct CollectFilesOptions {
  std::uint64_t max_log_bytes = 0;  // 0 = no limit
  std::optional<Window> keep;       // events outside are not kept (baseline, window and tail); unset = all
};

// A directory (walked in order of names) or one file. A file that cannot be read or understood becomes a
// gap and an "unknown" row, never a failure of the whole. kNotFound, kInput (nothing usable at all),
// kStorage.
Result<FilesReport> collect_files(const std::filesystem::path& input, const System& system,
                                  const CollectFilesOptions& options, StoreWriter& store, Progress& progress);

}  // namespace culprit
