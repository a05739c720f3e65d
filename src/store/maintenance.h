// Looking after a store: what is in it, is it whole, make it smaller, save what can be saved.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "store/store.h"

namespace culprit {

struct StoreInfo {
  int format_version = 0;
  std::vector<LogGroupSummary> groups;  // by name
  std::uint64_t events = 0;
  std::uint64_t message_bytes = 0;
  std::uint64_t segments = 0;
  std::uint64_t segment_bytes = 0;
  std::uint64_t log_events = 0;  // acknowledged, in the write-ahead log only
  std::uint64_t metrics = 0;
  std::uint64_t gaps = 0;
  std::uint64_t catalogue_bytes = 0;
};
Result<StoreInfo> describe_store(const std::filesystem::path& store);

struct StoreDamage {
  std::filesystem::path file;
  std::string what;                  // names the range of bytes where it is known
  std::uint64_t events_at_risk = 0;  // of the segment; 0 when not known
};
// Reads every byte: SQLite's pages, every block of every segment, every frame of the write-ahead log. Empty =
// whole. Errors only when the store cannot be opened at all.
Result<std::vector<StoreDamage>> check_store(const std::filesystem::path& store);

struct CompactOptions {
  // Retention, by whole segments: those whose last event is older than `keep_from` go; then the oldest until
  // at most `keep_bytes` of segments are left. What went is recorded as a gap of its log group.
  std::optional<Time> keep_from;
  std::optional<std::uint64_t> keep_bytes;
};
struct CompactReport {
  std::uint64_t segments_before = 0, segments_after = 0;
  std::uint64_t bytes_before = 0, bytes_after = 0;
  std::uint64_t segments_retired = 0, events_retired = 0;
};
// Empties the write-ahead log into segments, retires, and merges small neighbours of a group. As a writer:
// one at a time, beside any readers; crash-safe at any instant. Event numbers stay as they are.
Result<CompactReport> compact_store(const std::filesystem::path& store, const CompactOptions& options);

struct RepairReport {
  std::vector<StoreDamage> damage;  // as check_store() found it
  std::uint64_t events_saved = 0;   // of damaged segments
  std::uint64_t events_lost = 0;    // told as gaps in the store
  std::filesystem::path aside;      // where the damaged originals lie now; empty when nothing was damaged
};
// Takes what can be read of damaged segments into new ones and keeps the originals aside, in damaged/ of the
// store. As a writer. kDamaged when the catalogue itself cannot be read: then only a capsule helps.
Result<RepairReport> repair_store(const std::filesystem::path& store);

}  // namespace culprit
