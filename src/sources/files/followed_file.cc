#include "sources/files/followed_file.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>

#include "base/digest.h"
#include "base/printable.h"
#include "sources/files/recognise.h"

namespace culprit {

namespace {

constexpr std::size_t kSampleBytes = 64 * 1024;
constexpr std::size_t kMarkBytes = 256;
constexpr std::size_t kEventBytesMax = std::size_t{256} << 10;
constexpr std::size_t kNameBytesMax = 1024;

bool is_packed(std::string_view sample) {
  return sample.starts_with("\x1f\x8b") || sample.starts_with("\x28\xb5\x2f\xfd");
}

std::string mark_of(std::string_view last_bytes) {
  return last_bytes.empty() ? std::string{} : to_hex(sha256(last_bytes)).substr(0, 32);
}

}  // namespace

Result<FileIdentity> identity_of(const std::filesystem::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return tl::unexpected(storage_error("cannot look at", path, errno));
  return FileIdentity{info.st_dev, info.st_ino};
}

Result<FollowedFile> FollowedFile::open(const InputFile& file, const System& system,
                                        const FollowedFileOptions& options) {
  // Renamed in between, another file may be opened than was looked at: then the name is tried again.
  for (int attempt = 0;; ++attempt) {
    const auto before = identity_of(file.path);
    if (!before) return tl::unexpected(before.error());
    auto handle = FileHandle::open_to_read(file.path);
    if (!handle) return tl::unexpected(handle.error());
    const auto after = identity_of(file.path);
    if (!after) return tl::unexpected(after.error());
    if (*before != *after && attempt < 3) continue;
    FollowedFile out(file, std::move(*handle), system, options);
    out.identity_ = *after;
    return out;
  }
}

Result<std::string> FollowedFile::last_bytes(std::uint64_t offset) const {
  std::string out(std::min<std::uint64_t>(offset, kMarkBytes), '\0');
  const auto got = handle_.read_some_at(offset - out.size(), out.data(), out.size());
  if (!got) return tl::unexpected(got.error());
  out.resize(*got);
  return out;
}

bool FollowedFile::holds(const Generation& generation) const {
  const auto there = last_bytes(generation.offset);
  return there && *there == generation.last_bytes;
}

bool FollowedFile::resume(const FilePosition& position) {
  const auto there = last_bytes(position.offset);
  if (!there || mark_of(*there) != position.mark) return false;
  read_offset_ = line_offset_ = safe_offset_ = position.offset;
  read_ = {position.offset, *there};
  return true;
}

Result<void> FollowedFile::skip_to(std::uint64_t offset) {
  auto there = last_bytes(offset);
  if (!there) return tl::unexpected(there.error());
  read_offset_ = line_offset_ = safe_offset_ = offset;
  read_ = {offset, std::move(*there)};
  return {};
}

Result<FilePosition> FollowedFile::position() const {
  const auto last = last_bytes(safe_offset_);
  if (!last) return tl::unexpected(last.error());
  return FilePosition{file_, identity_, safe_offset_, mark_of(*last)};
}

std::optional<std::uint64_t> FollowedFile::copied_to(const FollowedFile& other) const {
  if (before_ && before_->offset > 0 && other.holds(*before_)) return before_->offset;
  if (read_.offset > 0 && other.holds(read_)) {
    // Copied, and not truncated yet: what the copy has is or will be read here.
    const auto size = other.handle_.size();
    return size ? *size : read_.offset;
  }
  return std::nullopt;
}

Result<void> FollowedFile::recognise_format(std::uint64_t size) {
  if (size == looked_at_bytes_ || size == 0) return {};
  looked_at_bytes_ = size;
  std::string sample(std::min<std::uint64_t>(size, kSampleBytes), '\0');
  const auto got = handle_.read_some_at(0, sample.data(), sample.size());
  if (!got) return tl::unexpected(got.error());
  sample.resize(*got);
  const bool whole = sample.size() == kSampleBytes;
  if (is_packed(sample)) {
    state_ = State::kRefused;
    refusal_ = "packed files are not followed; ingest it without --follow";
    return {};
  }
  if (!whole) sample.resize(sample.rfind('\n') + 1);  // npos + 1 = 0
  if (sample.empty()) return {};
  const auto recognised = recognise(sample);
  if (recognised.kind == FileKind::kLog) {
    state_ = State::kFollowed;
    format_ = zoned_format(recognised.format, options_.zone);
    target_ = place_log(*system_, file_.hint, printable_text(file_.name, kNameBytesMax),
                        recognised.log_format, options_.group);
    const Time now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
    splitter_ = make_splitter(recognised.log_format, now, kEventBytesMax, options_.zone);
    return {};
  }
  const bool undecided = recognised.kind == FileKind::kUnknown || recognised.kind == FileKind::kEmpty;
  if (undecided && !whole) return {};
  state_ = State::kRefused;
  refusal_ = recognised.kind == FileKind::kNotReadable ? recognised.reason
             : undecided                               ? "no known log format"
                         : fmt::format("{} is not followed; ingest it without --follow", recognised.format);
  return {};
}

// Shorter than what was read, or something else stands there: rewritten from the start.
Result<void> FollowedFile::notice_truncation(std::uint64_t size, const Emit& emit) {
  if (size >= read_offset_ && holds(read_)) return {};
  if (splitter_) end_splitter(emit);
  before_ = std::exchange(read_, {});
  read_offset_ = line_offset_ = safe_offset_ = 0;
  looked_at_bytes_ = 0;
  state_ = State::kWaiting;
  truncated_ = true;
  return {};
}

Result<std::uint64_t> FollowedFile::read(std::size_t bytes_max, const Emit& emit) {
  if (state_ == State::kRefused) return 0;
  const auto size = handle_.size();
  if (!size) return tl::unexpected(size.error());
  if (*size == read_offset_) return 0;
  if (auto noticed = notice_truncation(*size, emit); !noticed) return tl::unexpected(noticed.error());
  if (state_ == State::kWaiting)
    if (auto looked = recognise_format(*size); !looked) return tl::unexpected(looked.error());
  if (state_ != State::kFollowed) return 0;
  buffer_.resize(std::min<std::uint64_t>(bytes_max, *size - read_offset_));
  const auto got = handle_.read_some_at(read_offset_, buffer_.data(), buffer_.size());
  if (!got) return tl::unexpected(got.error());
  std::string_view bytes(buffer_.data(), *got);
  // The end of a line that is still being written waits, unless it is longer than all that may be read.
  const auto end = bytes.rfind('\n');
  if (end != bytes.npos)
    bytes = bytes.substr(0, end + 1);
  else if (bytes.size() < bytes_max)
    return 0;
  feed(bytes, emit);
  return bytes.size();
}

void FollowedFile::feed(std::string_view bytes, const Emit& emit) {
  bool emitted = false;
  const std::function<void(const SplitEvent&)> pass_on = [&](const SplitEvent& event) {
    emitted = true;
    emit(target_, event);
  };
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    const auto piece = bytes.substr(0, end == bytes.npos ? end : end + 1);
    emitted = false;
    splitter_->feed(piece, pass_on);
    if (emitted) safe_offset_ = line_offset_;
    read_offset_ += piece.size();
    if (end != bytes.npos) line_offset_ = read_offset_;
    open_event_ = true;
    read_.last_bytes += piece.substr(piece.size() - std::min(piece.size(), kMarkBytes));
    if (read_.last_bytes.size() > kMarkBytes) read_.last_bytes.erase(0, read_.last_bytes.size() - kMarkBytes);
    bytes.remove_prefix(piece.size());
  }
  read_.offset = read_offset_;
}

void FollowedFile::end_splitter(const Emit& emit) {
  splitter_->finish([&](const SplitEvent& event) { emit(target_, event); });
  line_offset_ = safe_offset_ = read_offset_;
  open_event_ = false;
}

void FollowedFile::settle(const Emit& emit) {
  if (splitter_ && open_event_ && line_offset_ == read_offset_) end_splitter(emit);
}

Result<void> FollowedFile::finish(const Emit& emit) {
  if (state_ != State::kFollowed) return {};
  const auto size = handle_.size();
  if (!size) return tl::unexpected(size.error());
  while (read_offset_ < *size) {
    buffer_.resize(std::min<std::uint64_t>(std::size_t{1} << 20, *size - read_offset_));
    const auto got = handle_.read_some_at(read_offset_, buffer_.data(), buffer_.size());
    if (!got) return tl::unexpected(got.error());
    if (*got == 0) break;
    feed(std::string_view(buffer_.data(), *got), emit);
  }
  end_splitter(emit);
  return {};
}

}  // namespace culprit
