// The folder of remembered incidents: one small file each, written whole or not at all.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "diagnosis/findings.h"
#include "diagnosis/past_case.h"

namespace culprit {

// $XDG_DATA_HOME/culprit/cases, else ~/.local/share/culprit/cases; nothing without a home.
std::optional<std::filesystem::path> default_memory_folder();

// The case that findings make, without a digest. kInput when nothing in them left its usual, so that nothing
// could be recognised.
Result<PastCase> case_of(const Findings& findings, std::string cause);

// Any number of processes may read while others write; of two that write one case the last one wins.
class CaseMemory {
 public:
  explicit CaseMemory(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // All cases, by id; a folder that is not there is an empty memory. Files that are no cases are named, and
  // do not keep the others from being read.
  Result<Memory> all() const;

  // On disk when it returns. Cases of the same incident are replaced, and given back: there is one confirmed
  // cause.
  Result<std::vector<PastCase>> remember(const PastCase& past) const;

  // By id, or a part of exactly one. kNotFound names those that there are.
  Result<PastCase> find(const std::string& id) const;
  Result<PastCase> forget(const std::string& id) const;

  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path file_of(const std::string& id) const { return folder_ / (id + ".json"); }
  Result<void> remove(const std::string& id) const;

  std::filesystem::path folder_;
};

}  // namespace culprit
