// The write-ahead log: events that were acknowledged and are in no segment yet. Files wal/NNNNNN.wal:
//
//   log   = "culprit" 0x02 version frame*     version: u64 = 1, little-endian
//   frame = magic length payload_checksum header_checksum payload
//           magic: "WALF"; length: u32; checksums: XXH3 of the payload, and of the 16 bytes before the last
//   payload: see event_batch.h
//
// A frame that was only half written when the writer died ends the log; it was never acknowledged. A frame
// that is damaged otherwise is skipped and told: the frames behind it are found by their magic and checksum.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <vector>

#include "base/error.h"
#include "store/event_batch.h"
#include "store/file_handle.h"

namespace culprit {

struct WalDamage {
  std::filesystem::path file;
  std::uint64_t from_byte = 0;
  std::uint64_t to_byte = 0;
};

// What the files hold, oldest first. Readers may call it beside a writer.
struct WalContent {
  std::vector<EventBatch> batches;
  std::vector<WalDamage> damage;
};
Result<WalContent> read_wal(const std::filesystem::path& store);

class WriteAheadLog {
 public:
  // Appends to a new file behind those that are there.
  static Result<std::unique_ptr<WriteAheadLog>> open(const std::filesystem::path& store);

  // Writes a frame and returns the position to sync to. One thread at a time.
  Result<std::uint64_t> write(const EventBatch& batch);

  // Returns once everything up to the position is on disk. Many threads at once: one of them syncs for all
  // that wait (group commit).
  Result<void> sync_to(std::uint64_t position);

  // Removes files all of whose events have numbers below `number`. One thread at a time, as write().
  Result<void> drop_below(EventNumber number);

  std::uint64_t bytes() const;  // of all files
  EventNumber oldest() const;   // the highest number in the oldest file; 0 when there is none

 private:
  struct File {
    std::filesystem::path path;
    EventNumber last_number = 0;
    std::uint64_t bytes = 0;
  };
  explicit WriteAheadLog(std::filesystem::path directory) : directory_(std::move(directory)) {}
  Result<void> start_file();

  std::filesystem::path directory_;
  std::vector<File> files_;  // oldest first; the last is written to
  std::uint32_t next_file_ = 1;

  std::mutex mutex_;
  std::condition_variable synced_changed_;
  std::shared_ptr<FileHandle> file_;
  std::uint64_t written_ = 0;  // positions count the bytes of all frames since open()
  std::uint64_t synced_ = 0;
  bool syncing_ = false;
  std::optional<Error> failure_;  // after a failed sync nothing is certain any more
};

}  // namespace culprit
