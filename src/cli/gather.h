// From what the user named — live AWS, files, a store, a capsule — to evidence that can be read.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/progress.h"
#include "base/zone.h"
#include "cli/system_options.h"
#include "cli/window_options.h"
#include "sources/aws/collect_aws.h"
#include "store/capsule.h"
#include "store/store.h"
#include "system/system.h"

namespace CLI {
class App;
}

namespace culprit {

// Flags that `investigate` and `collect` share.
struct GatherOptions {
  SystemOptions system;  // an empty name = the one kept in a capsule, else "chatwoot"
  std::string input;     // empty = live AWS
  WindowOptions window;
  std::string baseline = "1h";
  AwsOptions aws;
  std::string max_log_bytes;  // empty = 512 MB from AWS, no limit for files
  std::optional<double> max_cost_usd;
  bool dry_run = false;
  bool quiet = false;
  std::string sign_key;

  void add_to(CLI::App& app);
};

// Evidence opened for reading. Owns what has to live as long as the store is read.
class OpenEvidence {
 public:
  const Store& store() const { return capsule_ ? capsule_->store() : *store_; }

  System system;
  Zone zone = Zone::utc();
  std::optional<Window> window;  // asked for, or the one it was collected for
  std::optional<Window> baseline;
  std::optional<Window> noted_window;                 // the one it was collected for
  std::optional<std::filesystem::path> capsule_file;  // when it came from one

 private:
  friend Result<OpenEvidence> open_evidence(const std::filesystem::path&, const SystemOptions&,
                                            std::optional<System>);
  friend Result<OpenEvidence> gather(const GatherOptions&, Time, const std::filesystem::path&, Progress&);
  std::unique_ptr<OpenCapsule> capsule_;
  std::unique_ptr<Store> store_;
};

// Whether a path is a capsule or a store directory, by its content.
bool is_evidence_already(const std::filesystem::path& input);

// Opens a capsule or a store directory; the system file kept inside is used unless `system` names another.
// `known` saves reading the system that was chosen before once more.
Result<OpenEvidence> open_evidence(const std::filesystem::path& path, const SystemOptions& system,
                                   std::optional<System> known = std::nullopt);

// Collects into a new store at `store_directory` (untouched when the input is itself a capsule or store) and
// opens it.
Result<OpenEvidence> gather(const GatherOptions& options, Time now,
                            const std::filesystem::path& store_directory, Progress& progress);

// Opens `options.input`, a capsule or store, with the window options applied over what it notes.
Result<OpenEvidence> open_for_analysis(const GatherOptions& options, Time now, Progress& progress);

// The pre-flight of a live collection, as text for stderr. kUsage when the input is not live AWS.
Result<std::string> preflight_text(const GatherOptions& options, Time now);

// "512MB", "2GiB", "1000000".
Result<std::uint64_t> parse_size(std::string_view text);

// The whole stretch of time the evidence covers, by its logs, else by its metrics. kInput when it is empty.
Result<Window> extent_of(const Store& store);

}  // namespace culprit
