// A store as it was at one moment: which groups, streams and segments there are, and the events that only the
// write-ahead log has, as segments in memory.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "store/catalogue.h"
#include "store/mapped_file.h"
#include "store/write_ahead_log.h"

namespace culprit {

struct ViewedSegment {
  SegmentEntry entry;                 // id 0: of the write-ahead log, in memory
  std::shared_ptr<const void> owner;  // of the bytes
  std::string_view bytes;
  const MappedFile* file = nullptr;  // the owner, when it is a file
  std::string problem;               // why there is no owner
};

struct ViewedGroup {
  std::uint32_t id = 0;
  std::string name;
  std::vector<std::string> streams;     // by name
  std::vector<ViewedSegment> segments;  // by first number; their ranges of numbers do not overlap
};

struct StoreView {
  std::map<std::string, ViewedGroup> groups;  // by name; those with events only
  std::unordered_map<std::uint32_t, std::string> streams;
  std::vector<WalDamage> damage;
};

// Reads again when a writer committed meanwhile or removed a file that was about to be opened. A segment
// whose file is missing for good stays in the view without bytes: reading it tells the damage.
Result<StoreView> view_store(const std::filesystem::path& directory, Catalogue& catalogue);

// Its file mapped, or why that failed.
ViewedSegment view_segment(const std::filesystem::path& directory, const SegmentEntry& entry);

// What is to be said after the segment was read with that outcome: the error names the file, and there is one
// too when the file lost bytes meanwhile.
Result<void> after_reading(const std::filesystem::path& directory, const ViewedSegment& segment,
                           Result<void> outcome);

// kDamaged names the file.
Result<Segment> open_viewed(const std::filesystem::path& directory, const ViewedSegment& segment);

}  // namespace culprit
