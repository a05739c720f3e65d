// The embedded store: a directory with a SQLite catalogue, immutable segments and a write-ahead log.
//
//   FORMAT            "culprit-store 2"
//   WRITER            locked by the process that writes, which it names
//   catalogue.sqlite  everything small, and which segments there are
//   segments/*.seg    log events (docs/formats/segment.md)
//   wal/*.wal         acknowledged events that are in no segment yet (store/write_ahead_log.h)
//
// Processes. One writer at a time (a second one is refused and told who writes) beside any number of readers.
// A reader sees the store as it was at some moment after it began to open it, with all that was acknowledged
// before, and keeps that view: segments that are merged or retired meanwhile stay readable for it.
//
// Promises. After commit() returned, every event and row that this thread gave before is on disk and is there
// exactly once, whatever happens to the process. Without it nothing is promised; some of it may be there.
// A scratch store promises so much unless the machine itself goes down.
// After a failed call nothing more is accepted by that writer; what was committed stays.
#pragma once

#include <filesystem>
#include <memory>

#include "store/durability.h"
#include "store/store.h"

namespace culprit {

enum class CommitBy {
  // Segments are finished and become visible together: for loading much at once. All or nothing since the
  // commit before.
  kSegments,
  // The write-ahead log is synced; segments follow when they are full: for a stream of small commits. Several
  // threads may append and commit at once; commits that wait for the disk share one sync.
  kLog,
};

// Creates the directory (kUsage when it exists and is not empty).
Result<std::unique_ptr<StoreWriter>> create_store(const std::filesystem::path& directory,
                                                  CommitBy commit_by = CommitBy::kSegments,
                                                  Durability durability = Durability::kDurable);

// Opens for more writing, after recovery of what an interrupted writer left.
Result<std::unique_ptr<StoreWriter>> open_store_writer(const std::filesystem::path& directory,
                                                       CommitBy commit_by = CommitBy::kSegments);

// Opens for reading. kNotFound, kDamaged (names the file), kDamaged for a newer format version.
Result<std::unique_ptr<Store>> open_store(const std::filesystem::path& directory);

}  // namespace culprit
