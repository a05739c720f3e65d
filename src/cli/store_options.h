// Which store a command is about, and how it shows its answer: the same on every command that keeps or looks
// after a store.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "store/embedded_store.h"

namespace CLI {
class App;
}

namespace culprit {

struct StoreOptions {
  std::string directory = "culprit-store";
  std::string format = "text";  // or json

  // The store as --store DIR, or as the command's first argument.
  void add_as_option(CLI::App& command);
  void add_as_argument(CLI::App& command);
  bool json() const { return format == "json"; }

 private:
  void add_format(CLI::App& command);
};

// Opens the store, or creates it where there is none or an empty directory. `created` tells which.
Result<std::unique_ptr<StoreWriter>> open_or_create_store(const std::filesystem::path& directory,
                                                          CommitBy commit_by, bool& created);

// "1,234,567"
std::string grouped(std::uint64_t number);
// "512 bytes", "1.2 MB"
std::string size_text(std::uint64_t bytes);

}  // namespace culprit
