#include "store/segment_files.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <set>

#include "base/file.h"
#include "store/file_handle.h"

namespace culprit {

namespace {

std::filesystem::path directory_of(const std::filesystem::path& store) { return store / "segments"; }

}  // namespace

std::filesystem::path segment_path(const std::filesystem::path& store, std::uint32_t id) {
  return directory_of(store) / fmt::format("{:06}.seg", id);
}

Result<std::filesystem::path> write_segment(const std::filesystem::path& store, std::string_view bytes,
                                            Durability durability) {
  static std::atomic<unsigned> counter{0};
  const auto path = directory_of(store) / fmt::format("{}-{}.tmp", ::getpid(), ++counter);
  std::error_code ignored;
  std::filesystem::remove(path, ignored);  // of a program that was killed and had our process id
  auto file = FileHandle::create(path);
  if (!file) return tl::unexpected(file.error());
  auto written = file->write_at(0, bytes);
  if (written && durability == Durability::kDurable) written = file->sync();
  if (written) return path;
  std::filesystem::remove(path, ignored);  // gives a full disk its bytes back
  return tl::unexpected(written.error());
}

Result<void> publish_segment(const std::filesystem::path& store, const std::filesystem::path& temporary,
                             std::uint32_t id) {
  std::error_code ec;
  std::filesystem::rename(temporary, segment_path(store, id), ec);
  if (ec) return tl::unexpected(storage_error("cannot rename to", segment_path(store, id), ec.value()));
  return {};
}

Error at_segment(const std::filesystem::path& store, std::uint32_t id, Error error) {
  error.where = segment_path(store, id).string();
  if (error.hint.empty())
    error.hint = "`culprit store check` lists all damage; `culprit store repair` saves what can be read.";
  return error;
}

void remove_strays(const std::filesystem::path& store, const std::vector<SegmentEntry>& entries) {
  std::set<std::filesystem::path> known;
  for (const auto& e : entries) known.insert(segment_path(store, e.id));
  std::error_code ec;
  std::vector<std::filesystem::path> strays;
  for (const auto& file : std::filesystem::directory_iterator(directory_of(store), ec))
    if (!known.contains(file.path())) strays.push_back(file.path());
  for (const auto& path : strays) std::filesystem::remove(path, ec);
}

}  // namespace culprit
