// --memory: the folder of remembered incidents, the same on every command that reads or writes it.
#pragma once

#include <filesystem>
#include <string>

#include "base/error.h"
#include "base/progress.h"
#include "diagnosis/past_case.h"

namespace CLI {
class App;
}

namespace culprit {

struct MemoryOptions {
  std::string folder;  // empty = the default one
  bool none = false;

  void add_folder_to(CLI::App& command);
  void add_to(CLI::App& command);  // with --no-memory, where memory is only read

  // kUsage when none was named and there is no home to have one in.
  Result<std::filesystem::path> path() const;
  // What is remembered; a folder that was named and is not there is noted, and empty.
  Result<Memory> read(Progress& progress) const;
};

}  // namespace culprit
