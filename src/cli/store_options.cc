#include "cli/store_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "store/store_format.h"

namespace culprit {

namespace {

constexpr const char* kVariable = "CULPRIT_STORE";
constexpr const char* kStoreHelp = "The store, a directory";

}  // namespace

void StoreOptions::add_as_option(CLI::App& command) {
  command.add_option("--store", directory, kStoreHelp)
      ->type_name("DIR")
      ->envname(kVariable)
      ->capture_default_str();
  add_format(command);
}

void StoreOptions::add_as_argument(CLI::App& command) {
  command.add_option("DIR,--store", directory, kStoreHelp)
      ->type_name("DIR")
      ->envname(kVariable)
      ->capture_default_str();
  add_format(command);
}

void StoreOptions::add_format(CLI::App& command) {
  command.add_option("--format,--output", format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
}

Result<std::unique_ptr<StoreWriter>> open_or_create_store(const std::filesystem::path& directory,
                                                          CommitBy commit_by, bool& created) {
  std::error_code ignored;
  created = !std::filesystem::exists(directory, ignored) || std::filesystem::is_empty(directory, ignored) ||
            is_unfinished_store(directory);
  if (created) return create_store(directory, commit_by);
  if (!std::filesystem::exists(directory / "FORMAT", ignored))
    return fail(ErrorCode::kUsage, "the directory is not empty and is no store", directory.string(),
                "Name a store, or a directory that does not exist yet.");
  return open_store_writer(directory, commit_by);
}

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
  return digits;
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array<const char*, 5> kUnits{"kB", "MB", "GB", "TB", "PB"};
  if (bytes < 1000) return fmt::format("{} bytes", bytes);
  auto amount = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  for (; amount >= 999.95 && unit + 1 < kUnits.size(); ++unit) amount /= 1000;
  return fmt::format("{:.1f} {}", amount, kUnits[unit]);
}

}  // namespace culprit
