#include "store/store_format.h"

#include <fmt/format.h>

#include <charconv>

#include "store/file_handle.h"
#include "store/writer_lock.h"

namespace culprit {

bool is_unfinished_store(const std::filesystem::path& directory) {
  std::error_code ec;
  bool any = false;
  for (const auto& entry : std::filesystem::directory_iterator(directory, ec)) {
    const std::string name = entry.path().filename().string();
    any = true;
    if (name == "segments" && entry.is_directory(ec) && std::filesystem::is_empty(entry.path(), ec)) continue;
    const bool known = name == kWriterName || name == kCatalogueName ||
                       name.starts_with(std::string(kCatalogueName) + "-") ||
                       name.starts_with(std::string(kFormatName) + ".tmp");
    if (!known || !entry.is_regular_file(ec)) return false;
  }
  return any && !ec;
}

Result<void> check_format(const std::filesystem::path& store) {
  std::error_code ec;
  if (!std::filesystem::exists(store, ec))
    return fail(ErrorCode::kNotFound, "there is no such store", store.string());
  auto file = FileHandle::open_to_read(store / kFormatName);
  if (!file)
    return fail(ErrorCode::kNotFound, "not a culprit store: it has no readable FORMAT file", store.string(),
                "Give the directory that `culprit collect` or `culprit unpack` wrote.");
  std::array<char, 64> bytes{};
  const auto size = file->read_some_at(0, bytes.data(), bytes.size());
  if (!size) return tl::unexpected(size.error());
  const std::string_view text(bytes.data(), *size);
  if (text == kFormatText) return {};
  constexpr std::string_view kPrefix = "culprit-store ";
  int version = 0;
  if (text.starts_with(kPrefix))
    std::from_chars(text.data() + kPrefix.size(), text.data() + text.size(), version);
  if (version > 0)
    return fail(
        ErrorCode::kDamaged,
        fmt::format("the store is of format {}, this program reads format {}", version, kFormatVersion),
        (store / kFormatName).string(),
        version > kFormatVersion ? "Use a newer culprit."
                                 : "Use the culprit that wrote it, or collect again.");
  return fail(ErrorCode::kDamaged, "the FORMAT file was changed", (store / kFormatName).string());
}

}  // namespace culprit
