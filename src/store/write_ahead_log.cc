#include "store/write_ahead_log.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <charconv>

#include "base/file.h"
#include "engine/byte_form.h"

namespace culprit {

namespace {

constexpr std::string_view kMagic("culprit\x02", 8);
constexpr std::uint64_t kVersion = 1;
constexpr std::uint64_t kFileHeaderBytes = 16;
constexpr std::string_view kFrameMagic = "WALF";
constexpr std::size_t kFrameHeaderBytes = 24;
constexpr std::uint64_t kFileBytes = std::uint64_t{16} << 20;  // a new file from here on

std::filesystem::path directory_of(const std::filesystem::path& store) { return store / "wal"; }

std::uint64_t fixed(std::string_view bytes, std::size_t at, std::size_t width) {
  return engine::ByteReader(bytes.substr(at)).fixed(width);
}

std::string file_header() {
  std::string out(kMagic);
  engine::put_u64(out, kVersion);
  return out;
}

std::string frame_header(std::string_view payload) {
  std::string out(kFrameMagic);
  engine::put_u32(out, static_cast<std::uint32_t>(payload.size()));
  engine::put_u64(out, XXH3_64bits(payload.data(), payload.size()));
  engine::put_u64(out, XXH3_64bits(out.data(), out.size()));
  return out;
}

// The payload of the frame that starts at `at`, checked or not; nothing when it is not there as a whole.
std::optional<std::string_view> unchecked_frame_at(std::string_view bytes, std::size_t at) {
  if (bytes.size() - at < kFrameHeaderBytes) return std::nullopt;
  if (bytes.substr(at, kFrameMagic.size()) != kFrameMagic) return std::nullopt;
  if (fixed(bytes, at + 16, 8) != XXH3_64bits(bytes.data() + at, 16)) return std::nullopt;
  const auto length = fixed(bytes, at + 4, 4);
  if (length > bytes.size() - at - kFrameHeaderBytes) return std::nullopt;
  return bytes.substr(at + kFrameHeaderBytes, length);
}

std::optional<std::string_view> frame_at(std::string_view bytes, std::size_t at) {
  const auto payload = unchecked_frame_at(bytes, at);
  if (!payload) return std::nullopt;
  const auto checksum = fixed(bytes, at + 8, 8);
  if (checksum != XXH3_64bits(payload->data(), payload->size())) return std::nullopt;
  return payload;
}

Result<void> read_file(const std::filesystem::path& path, std::string_view bytes, WalContent& out) {
  if (bytes.size() < kFileHeaderBytes && file_header().starts_with(bytes)) return {};  // just begun
  if (!bytes.starts_with(kMagic) || bytes.size() < kFileHeaderBytes) {
    out.damage.push_back({path, 0, bytes.size()});
    return {};
  }
  const auto version = fixed(bytes, kMagic.size(), 8);
  if (version != kVersion)
    return fail(
        ErrorCode::kDamaged,
        fmt::format("the write-ahead log is of format {}, this program reads format {}", version, kVersion),
        path.string(), "Use a newer culprit.");
  std::size_t bad_from = 0;
  for (std::size_t at = kFileHeaderBytes; at < bytes.size();) {
    const auto payload = frame_at(bytes, at);
    auto batch = payload ? decode_batch(*payload) : Result<EventBatch>(fail(ErrorCode::kDamaged, ""));
    if (!batch) {
      if (bad_from == 0) bad_from = at;
      at = std::min(bytes.find(kFrameMagic, at + 1), bytes.size());
      continue;
    }
    if (bad_from != 0) out.damage.push_back({path, bad_from, at});
    bad_from = 0;
    out.batches.push_back(std::move(*batch));
    at += kFrameHeaderBytes + payload->size();
  }
  // A frame of which a part is missing was being written when the writer died. A whole one was not.
  if (bad_from != 0 && unchecked_frame_at(bytes, bad_from))
    out.damage.push_back({path, bad_from, bytes.size()});
  return {};
}

// By number.
Result<std::vector<std::pair<std::uint32_t, std::filesystem::path>>> wal_files(
    const std::filesystem::path& directory) {
  std::vector<std::pair<std::uint32_t, std::filesystem::path>> out;
  std::error_code ec;
  std::filesystem::directory_iterator files(directory, ec);
  if (ec == std::errc::no_such_file_or_directory) return out;
  if (ec) return tl::unexpected(storage_error("cannot list", directory, ec.value()));
  for (const auto& entry : files) {
    const auto name = entry.path().filename().string();
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error == std::errc{} && std::string_view(end) == ".wal") out.emplace_back(number, entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

Result<WalContent> read_wal(const std::filesystem::path& store) {
  const auto files = wal_files(directory_of(store));
  if (!files) return tl::unexpected(files.error());
  WalContent out;
  for (const auto& [number, path] : *files) {
    const auto file = read_whole(path);
    if (!file && file.error().code == ErrorCode::kNotFound) continue;  // its events are in segments by now
    if (!file) return tl::unexpected(file.error());
    if (auto read = read_file(path, *file, out); !read) return tl::unexpected(read.error());
  }
  return out;
}

Result<std::unique_ptr<WriteAheadLog>> WriteAheadLog::open(const std::filesystem::path& store) {
  std::unique_ptr<WriteAheadLog> log(new WriteAheadLog(directory_of(store)));
  const auto files = wal_files(log->directory_);
  if (!files) return tl::unexpected(files.error());
  for (const auto& [number, path] : *files) {
    WalContent content;
    const auto file = read_whole(path);
    if (!file) return tl::unexpected(file.error());
    if (auto read = read_file(path, *file, content); !read) return tl::unexpected(read.error());
    File known{path, 0, file->size()};
    for (const auto& batch : content.batches)
      for (const auto& row : batch.rows) known.last_number = std::max(known.last_number, row.number);
    log->files_.push_back(std::move(known));
    log->next_file_ = number + 1;
  }
  return log;
}

Result<void> WriteAheadLog::start_file() {
  std::error_code ec;
  std::filesystem::create_directory(directory_, ec);
  if (ec) return tl::unexpected(storage_error("cannot create the directory", directory_, ec.value()));
  const auto path = directory_ / fmt::format("{:06}.wal", next_file_);
  auto file = FileHandle::create(path);
  if (!file) return tl::unexpected(file.error());
  if (auto written = file->write_at(0, file_header()); !written) return written;
  if (auto synced = sync_directory(directory_); !synced) return synced;
  ++next_file_;
  files_.push_back({path, 0, kFileHeaderBytes});
  const std::lock_guard lock(mutex_);
  file_ = std::make_shared<FileHandle>(std::move(*file));
  return {};
}

Result<std::uint64_t> WriteAheadLog::write(const EventBatch& batch) {
  const bool full = file_ && files_.back().bytes >= kFileBytes;
  if (full)  // the next sync reaches the new file only
    if (auto synced = sync_to(written_); !synced) return tl::unexpected(synced.error());
  if (!file_ || full)
    if (auto started = start_file(); !started) return tl::unexpected(started.error());
  const std::string payload = encode(batch);
  const std::string frame = frame_header(payload) + payload;
  File& file = files_.back();
  if (auto written = file_->write_at(file.bytes, frame); !written) {
    (void)file_->truncate(file.bytes);  // gives a full disk its bytes back
    return tl::unexpected(written.error());
  }
  file.bytes += frame.size();
  for (const auto& row : batch.rows) file.last_number = std::max(file.last_number, row.number);
  const std::lock_guard lock(mutex_);
  return written_ += frame.size();
}

Result<void> WriteAheadLog::sync_to(std::uint64_t position) {
  std::unique_lock lock(mutex_);
  while (!failure_ && synced_ < position) {
    if (syncing_) {
      synced_changed_.wait(lock);
      continue;
    }
    syncing_ = true;
    const auto file = file_;
    const auto reached = written_;
    lock.unlock();
    auto synced = file->sync();
    lock.lock();
    syncing_ = false;
    if (synced)
      synced_ = std::max(synced_, reached);
    else
      failure_ = synced.error();
    synced_changed_.notify_all();
  }
  if (failure_) return tl::unexpected(*failure_);
  return {};
}

Result<void> WriteAheadLog::drop_below(EventNumber number) {
  while (!files_.empty() && files_.front().last_number < number) {
    if (files_.size() == 1 && file_) {  // the one that is written to: begin another with the next frame
      if (auto synced = sync_to(written_); !synced) return synced;
      const std::lock_guard lock(mutex_);
      file_.reset();
    }
    std::error_code ec;
    std::filesystem::remove(files_.front().path, ec);
    if (ec) return tl::unexpected(storage_error("cannot remove", files_.front().path, ec.value()));
    files_.erase(files_.begin());
  }
  return {};
}

std::uint64_t WriteAheadLog::bytes() const {
  std::uint64_t sum = 0;
  for (const auto& file : files_) sum += file.bytes;
  return sum;
}

EventNumber WriteAheadLog::oldest() const { return files_.empty() ? 0 : files_.front().last_number; }

}  // namespace culprit
