#include "store/store_format.h"

#include <fmt/format.h>

#include <charconv>

#include "store/file_handle.h"

namespace culprit {

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
