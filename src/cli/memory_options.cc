#include "cli/memory_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "conduct/case_memory.h"

namespace culprit {

void MemoryOptions::add_folder_to(CLI::App& command) {
  command
      .add_option(
          "--memory", folder,
          "Folder of remembered incidents (default: culprit/cases in XDG_DATA_HOME or ~/.local/share)")
      ->envname("CULPRIT_MEMORY");
}

void MemoryOptions::add_to(CLI::App& command) {
  add_folder_to(command);
  command.add_flag("--no-memory", none, "Do not compare with remembered incidents");
}

Result<std::filesystem::path> MemoryOptions::path() const {
  if (!folder.empty()) return folder;
  if (auto path = default_memory_folder()) return *path;
  return fail(ErrorCode::kUsage, "there is no home to remember in", "--memory",
              "Name a folder: --memory DIR.");
}

Result<Memory> MemoryOptions::read(Progress& progress) const {
  const auto where = path();
  if (none || !where) return Memory{};
  std::error_code ec;
  if (!folder.empty() && !std::filesystem::exists(*where, ec))
    progress.note(fmt::format("Nothing is remembered in {}: there is no such folder.", where->string()));
  return CaseMemory(*where).all();
}

}  // namespace culprit
