// Collects from files: raw logs, CSV metrics and saved `aws … --output json` answers, into a store.
// docs/files.md says what may be given and how it is recognised.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/zone.h"
#include "store/store.h"
#include "system/system.h"

namespace culprit {

struct DetectedFile {
  std::string path;  // relative to the input, printable
  std::string
      format;  // "postgres (log_line_prefix …)", "aws ecs describe-services", "metrics csv", "unknown"
  std::string target;  // log group and stream, or what it filled
  std::string group;   // of a log
  std::string stream;
  std::uint64_t bytes = 0;    // read, after decompression
  std::uint64_t events = 0;   // kept: log events, datapoints or states
  std::uint64_t outside = 0;  // log events outside of `keep`
  std::string note;           // what is wrong with it or was left out; empty when all is well
  std::string first_line;     // of an undetected file, cut
};

struct FilesReport {
  std::vector<DetectedFile> files;  // by path, in order of bytes
  std::optional<Window> covered;    // first to last log event or datapoint kept
};

struct CollectFilesOptions {
  std::uint64_t max_log_bytes = 0;  // of message bytes kept; 0 = no limit
  std::optional<Window> first;      // what the limit is spent on before anything else: the incident window
  std::optional<Window> keep;       // events outside are not kept (baseline, window and tail); unset = all
  std::string group;                // every log goes there; empty = found by name, path and format
  std::optional<Zone> zone;         // of time stamps without one; unset = UTC
  bool tell_absences = true;        // what the system names and no file holds becomes a gap
};

// A directory (walked in order of names), one file, or "-" for standard input. A file that cannot be read or
// understood becomes a gap and a row that says so, never a failure of the whole. What the system names and
// no file holds becomes a gap, too. kNotFound, kInput (nothing usable at all), kStorage.
Result<FilesReport> collect_files(const std::filesystem::path& input, const System& system,
                                  const CollectFilesOptions& options, StoreWriter& store, Progress& progress);
// Several inputs as one; files are then called as the input was named, so that those of one name stay apart.
Result<FilesReport> collect_files(const std::vector<std::filesystem::path>& inputs, const System& system,
                                  const CollectFilesOptions& options, StoreWriter& store, Progress& progress);

}  // namespace culprit
