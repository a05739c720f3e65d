#include "store/segment.h"

#include <fmt/format.h>

#include <charconv>

#include "store/byte_code.h"

namespace culprit {

namespace {

constexpr std::uint64_t kSegmentBytes = std::uint64_t{64} << 20;  // a new file is started from here on
constexpr std::string_view kSegmentMagic = "culprit\x01";
constexpr std::uint64_t kSegmentVersion = 1;
constexpr std::size_t kOpenFilesMax = 64;

std::string segment_header() {
  std::string out(kSegmentMagic);
  put_fixed(out, kSegmentVersion);
  return out;
}

// "000012.seg" -> 12
std::optional<std::uint32_t> segment_number(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  std::uint32_t number = 0;
  const auto [end, ec] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (ec != std::errc{} || std::string_view(end) != ".seg") return std::nullopt;
  return number;
}

Result<void> drop_tail(const std::filesystem::path& path, std::uint64_t committed) {
  auto file = FileHandle::open_to_write(path);
  if (!file) return tl::unexpected(file.error());
  const auto size = file->size();
  if (!size) return tl::unexpected(size.error());
  if (*size < committed)
    return fail(ErrorCode::kDamaged,
                fmt::format("the segment has {} bytes, its blocks need {}", *size, committed), path.string(),
                "Take the store from its capsule or collect again.");
  if (*size == committed) return {};
  if (auto cut = file->truncate(committed); !cut) return cut;
  return file->sync();
}

}  // namespace

std::filesystem::path segment_path(const std::filesystem::path& store, std::uint32_t segment) {
  return store / "segments" / fmt::format("{:06}.seg", segment);
}

std::map<std::uint32_t, std::uint64_t> committed_sizes(const std::vector<BlockEntry>& blocks) {
  std::map<std::uint32_t, std::uint64_t> out;
  for (const auto& b : blocks) {
    auto& end = out[b.segment];
    end = std::max(end, b.offset + b.size_bytes);
  }
  return out;
}

Result<SegmentWriter> SegmentWriter::open(const std::filesystem::path& store,
                                          const std::vector<BlockEntry>& blocks) {
  const auto sizes = committed_sizes(blocks);
  std::error_code ec;
  std::filesystem::directory_iterator files(store / "segments", ec);
  if (ec)
    return fail(ErrorCode::kDamaged, "cannot list the segments: " + ec.message(),
                (store / "segments").string());
  for (const auto& entry : files) {
    const auto number = segment_number(entry.path());
    if (number && !sizes.contains(*number)) std::filesystem::remove(entry.path(), ec);
  }
  for (const auto& [number, size] : sizes)
    if (auto kept = drop_tail(segment_path(store, number), size); !kept) return tl::unexpected(kept.error());
  SegmentWriter writer(store);
  if (sizes.empty()) return writer;
  auto file = FileHandle::open_to_write(segment_path(store, sizes.rbegin()->first));
  if (!file) return tl::unexpected(file.error());
  writer.file_ = std::move(*file);
  std::tie(writer.number_, writer.end_) = *sizes.rbegin();
  return writer;
}

Result<void> SegmentWriter::start_next() {
  if (auto synced = sync(); !synced) return synced;
  auto file = FileHandle::create(segment_path(store_, number_ + 1));
  if (!file) return tl::unexpected(file.error());
  file_ = std::move(*file);
  ++number_;
  dirty_ = true;
  if (auto written = file_.write_at(0, segment_header()); !written) return written;
  end_ = kSegmentHeaderBytes;
  return sync_directory(store_ / "segments");
}

Result<void> SegmentWriter::append(std::string_view block, BlockEntry& entry) {
  if (!file_.is_open() || end_ >= kSegmentBytes)
    if (auto started = start_next(); !started) return started;
  dirty_ = true;
  if (auto written = file_.write_at(end_, block); !written) {
    (void)file_.truncate(end_);  // gives a full disk its bytes back
    return written;
  }
  entry.segment = number_;
  entry.offset = end_;
  entry.size_bytes = block.size();
  end_ += block.size();
  return {};
}

Result<void> SegmentWriter::sync() {
  if (!dirty_) return {};
  if (auto synced = file_.sync(); !synced) return synced;
  dirty_ = false;
  return {};
}

Error SegmentReader::at(const BlockEntry& entry, const Error& error) const {
  return Error{ErrorCode::kDamaged, fmt::format("block at offset {}: {}", entry.offset, error.what),
               segment_path(store_, entry.segment).string(),
               "The file was changed or cut. Take the store from its capsule or collect again."};
}

Result<std::shared_ptr<const FileHandle>> SegmentReader::file(std::uint32_t segment) const {
  const std::lock_guard lock(mutex_);
  if (const auto found = files_.find(segment); found != files_.end()) return found->second;
  auto opened = FileHandle::open_to_read(segment_path(store_, segment));
  if (!opened) return tl::unexpected(opened.error());
  std::array<char, kSegmentHeaderBytes> header{};
  if (auto read = opened->read_at(0, header.data(), header.size()); !read)
    return tl::unexpected(read.error());
  if (std::string_view(header.data(), header.size()) != segment_header())
    return fail(ErrorCode::kDamaged, "not a segment of this version", opened->path().string());
  if (files_.size() >= kOpenFilesMax) files_.clear();  // those in use stay open through their shared_ptr
  auto shared = std::make_shared<const FileHandle>(std::move(*opened));
  files_.emplace(segment, shared);
  return shared;
}

Result<std::string> SegmentReader::read(const BlockEntry& entry, std::uint64_t offset,
                                        std::size_t size) const {
  if (offset + size > entry.size_bytes)
    return fail(ErrorCode::kDamaged, "the block is longer than its entry");
  auto from = file(entry.segment);
  if (!from) return tl::unexpected(from.error());
  std::string out(size, '\0');
  if (auto done = (*from)->read_at(entry.offset + offset, out.data(), size); !done)
    return tl::unexpected(done.error());
  return out;
}

Result<BlockHeader> SegmentReader::header(const BlockEntry& entry) const {
  const auto bytes = read(entry, 0, kBlockHeaderBytes);
  if (!bytes) return tl::unexpected(at(entry, bytes.error()));
  auto header = decode_header(*bytes);
  if (!header) return tl::unexpected(at(entry, header.error()));
  if (header->group_id != entry.group_id || header->count != entry.count ||
      header->first_number != entry.first_number || header->last_number != entry.last_number ||
      header->min_time_ms != entry.min_time_ms || header->max_time_ms != entry.max_time_ms ||
      header->block_bytes() != entry.size_bytes)
    return tl::unexpected(
        at(entry, Error{ErrorCode::kDamaged, "the block is not the one in the catalogue", {}, {}}));
  return header;
}

Result<BlockIndex> SegmentReader::index(const BlockEntry& entry, const BlockHeader& header) const {
  const auto frame = read(entry, kBlockHeaderBytes, header.index_bytes);
  if (!frame) return tl::unexpected(at(entry, frame.error()));
  auto decoded = decode_index(header, *frame);
  if (!decoded) return tl::unexpected(at(entry, decoded.error()));
  return decoded;
}

Result<std::string> SegmentReader::messages(const BlockEntry& entry, const BlockHeader& header) const {
  const auto frame = read(entry, kBlockHeaderBytes + header.index_bytes, header.message_bytes);
  if (!frame) return tl::unexpected(at(entry, frame.error()));
  auto decoded = decode_messages(header, *frame);
  if (!decoded) return tl::unexpected(at(entry, decoded.error()));
  return decoded;
}

Result<void> SegmentReader::check(const BlockEntry& entry) const {
  const auto expected = header(entry);
  if (!expected) return tl::unexpected(expected.error());
  const auto frames =
      read(entry, kBlockHeaderBytes, std::size_t{expected->index_bytes} + expected->message_bytes);
  if (!frames) return tl::unexpected(at(entry, frames.error()));
  if (auto checked = check_frames(*expected, *frames); !checked)
    return tl::unexpected(at(entry, checked.error()));
  return {};
}

}  // namespace culprit
