// One log file that goes on being written: reads what is new, and knows how far its events are handed over.
#pragma once

#include <compare>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "sources/files/input_files.h"
#include "sources/files/log_target.h"
#include "store/file_handle.h"

namespace culprit {

// What stays the same when a file is renamed.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  auto operator<=>(const FileIdentity&) const = default;
};
Result<FileIdentity> identity_of(const std::filesystem::path& path);

// How far a file was read. All that lies before `offset` is in the store.
struct FilePosition {
  InputFile file;
  FileIdentity identity;
  std::uint64_t offset = 0;
  std::string mark;  // digest of the last bytes before `offset`: tells another file that took the inode
  bool operator==(const FilePosition& other) const {
    return identity == other.identity && offset == other.offset && mark == other.mark;
  }
};

struct FollowedFileOptions {
  std::string group;         // every log goes there; empty = found by name, path and format
  std::optional<Zone> zone;  // of time stamps without one; unset = UTC
};

// Not thread-safe. The file stays open, so that what is written after a rename is still read. Lines count
// once their end is written. An event is handed over when the next one begins or when settle() is called.
class FollowedFile {
 public:
  using Emit = std::function<void(const LogTarget& target, const SplitEvent& event)>;
  enum class State {
    kWaiting,   // too little is written to tell what it is
    kFollowed,  //
    kRefused,   // no log; see refusal()
  };

  static Result<FollowedFile> open(const InputFile& file, const System& system,
                                   const FollowedFileOptions& options);

  // Goes on behind what was read before. False when this file does not hold that (then from its start).
  bool resume(const FilePosition& position);
  // Takes what stands before `offset` for read.
  Result<void> skip_to(std::uint64_t offset);

  // Reads up to `bytes_max`. The number of bytes read; 0 = nothing new.
  Result<std::uint64_t> read(std::size_t bytes_max, const Emit& emit);
  // Hands over the open event, unless a line of it is half read.
  void settle(const Emit& emit);
  // The file ends here for good: its last line too, though its end was never written.
  Result<void> finish(const Emit& emit);

  Result<FilePosition> position() const;
  // True when `other` begins with what was read of this file before it was truncated: a copy made by
  // rotation. Gives the position behind that.
  std::optional<std::uint64_t> copied_to(const FollowedFile& other) const;

  State state() const { return state_; }
  const std::string& refusal() const { return refusal_; }
  const std::string& format() const { return format_; }
  const LogTarget& target() const { return target_; }
  const InputFile& file() const { return file_; }
  const FileIdentity& identity() const { return identity_; }
  bool has_open_event() const { return open_event_; }
  bool was_truncated() { return std::exchange(truncated_, false); }

 private:
  // What was read of it when it was last truncated, or up to now.
  struct Generation {
    std::uint64_t offset = 0;
    std::string last_bytes;
  };

  FollowedFile(InputFile file, FileHandle handle, const System& system, FollowedFileOptions options)
      : file_(std::move(file)), handle_(std::move(handle)), system_(&system), options_(std::move(options)) {}
  Result<void> recognise_format(std::uint64_t size);
  Result<void> notice_truncation(std::uint64_t size, const Emit& emit);
  void feed(std::string_view bytes, const Emit& emit);
  void end_splitter(const Emit& emit);
  Result<std::string> last_bytes(std::uint64_t offset) const;
  bool holds(const Generation& generation) const;

  InputFile file_;
  FileHandle handle_;
  const System* system_;
  FollowedFileOptions options_;
  FileIdentity identity_;
  State state_ = State::kWaiting;
  std::uint64_t looked_at_bytes_ = 0;  // size at which recognition was tried
  std::string refusal_, format_;
  LogTarget target_;
  std::unique_ptr<EventSplitter> splitter_;
  std::string buffer_;

  std::uint64_t read_offset_ = 0;
  std::uint64_t line_offset_ = 0;  // of the line that is being read
  std::uint64_t safe_offset_ = 0;  // of the open event: all before it is handed over
  bool open_event_ = false;
  bool truncated_ = false;
  Generation read_;                   // up to read_offset_
  std::optional<Generation> before_;  // the last truncation
};

}  // namespace culprit
