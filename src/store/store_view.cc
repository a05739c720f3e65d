#include "store/store_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "store/segment_files.h"

namespace culprit {

namespace {

constexpr int kAttempts = 20;
constexpr std::uint64_t kSegmentBytesMax = std::uint64_t{1} << 40;

struct Attempt {
  StoreView view;
  bool settled = true;  // nothing moved meanwhile
};

Error damaged(const Catalogue& catalogue, std::string what) {
  return {ErrorCode::kDamaged, std::move(what), catalogue.path().string(),
          "Take the store from its capsule or collect again."};
}

struct Names {
  std::vector<NamedGroup> groups;
  std::vector<NamedStream> streams;
  std::vector<SegmentEntry> segments;
};

// All three of one moment.
Result<Names> read_names(Catalogue& catalogue) {
  if (auto begun = catalogue.begin_reading(); !begun) return tl::unexpected(begun.error());
  auto groups = catalogue.groups();
  auto streams = catalogue.streams();
  auto segments = catalogue.segments();
  auto ended = catalogue.commit();
  if (!groups) return tl::unexpected(groups.error());
  if (!streams) return tl::unexpected(streams.error());
  if (!segments) return tl::unexpected(segments.error());
  if (!ended) return tl::unexpected(ended.error());
  return Names{std::move(*groups), std::move(*streams), std::move(*segments)};
}

// Events of the log that are in no segment, as one segment in memory a group.
std::map<std::uint32_t, ViewedSegment> segments_of_log(const WalContent& log,
                                                       const std::map<std::uint32_t, ViewedGroup>& groups,
                                                       const std::vector<NamedGroup>& names) {
  std::unordered_map<std::uint32_t, EventNumber> in_segments;
  for (const auto& g : names) in_segments[g.id] = g.last_number;
  std::map<std::uint32_t, SegmentBuilder> builders;
  for (const auto& batch : log.batches)
    for (const auto& row : batch.rows) {
      const auto known = in_segments.find(row.group_id);
      if (known == in_segments.end() || row.number <= known->second || !groups.contains(row.group_id))
        continue;
      builders[row.group_id].add(batch.view(row));
      known->second = row.number;
    }
  std::map<std::uint32_t, ViewedSegment> out;
  for (auto& [id, builder] : builders) {
    ViewedSegment segment;
    segment.entry.group_id = id;
    const auto bytes = std::make_shared<const std::string>(builder.finish(segment.entry.summary));
    segment.bytes = *bytes;
    segment.owner = bytes;
    out.emplace(id, std::move(segment));
  }
  return out;
}

Result<Attempt> attempt(const std::filesystem::path& directory, Catalogue& catalogue) {
  const auto version = catalogue.data_version();
  if (!version) return tl::unexpected(version.error());
  auto names = read_names(catalogue);
  if (!names) return tl::unexpected(names.error());
  Attempt out;
  std::map<std::uint32_t, ViewedGroup> groups;
  for (const auto& g : names->groups) groups[g.id] = {g.id, g.name, {}, {}};
  for (auto& s : names->streams) {
    if (const auto found = groups.find(s.group_id); found != groups.end())
      found->second.streams.push_back(s.name);
    out.view.streams.emplace(s.id, std::move(s.name));
  }
  for (const auto& entry : names->segments) {
    const auto found = groups.find(entry.group_id);
    if (found == groups.end() || entry.summary.segment_bytes > kSegmentBytesMax)
      return tl::unexpected(
          damaged(catalogue, fmt::format("the entry of segment {} is impossible", entry.id)));
    found->second.segments.push_back(view_segment(directory, entry));
    out.settled = out.settled && found->second.segments.back().owner;
  }
  auto log = read_wal(directory);
  if (!log) return tl::unexpected(log.error());
  for (auto& [id, segment] : segments_of_log(*log, groups, names->groups))
    groups.at(id).segments.push_back(std::move(segment));
  out.view.damage = std::move(log->damage);
  for (auto& [id, group] : groups) {
    std::sort(group.streams.begin(), group.streams.end());
    if (!group.segments.empty()) out.view.groups.emplace(group.name, std::move(group));
  }
  const auto now = catalogue.data_version();
  if (!now) return tl::unexpected(now.error());
  out.settled &= *now == *version;
  return out;
}

}  // namespace

ViewedSegment view_segment(const std::filesystem::path& directory, const SegmentEntry& entry) {
  ViewedSegment segment;
  segment.entry = entry;
  auto file = MappedFile::open(segment_path(directory, entry.id));
  if (!file) {
    const bool missing = file.error().code == ErrorCode::kNotFound;
    segment.problem = missing ? "the segment's file is missing" : file.error().what;
    return segment;
  }
  segment.bytes = (*file)->bytes();
  segment.file = file->get();
  segment.owner = std::move(*file);
  return segment;
}

Result<void> after_reading(const std::filesystem::path& directory, const ViewedSegment& segment,
                           Result<void> outcome) {
  if (segment.file != nullptr && segment.file->lost())
    outcome = fail(ErrorCode::kDamaged,
                   "the segment's file lost bytes while it was read: it was cut, or the disk failed");
  if (outcome || segment.entry.id == 0) return outcome;
  return tl::unexpected(at_segment(directory, segment.entry.id, outcome.error()));
}

Result<StoreView> view_store(const std::filesystem::path& directory, Catalogue& catalogue) {
  for (int i = 1;; ++i) {
    auto tried = attempt(directory, catalogue);
    if (!tried) return tl::unexpected(tried.error());
    if (tried->settled || i == kAttempts) return std::move(tried->view);
  }
}

Result<Segment> open_viewed(const std::filesystem::path& directory, const ViewedSegment& segment) {
  const auto& entry = segment.entry;
  if (entry.id == 0) return Segment::open(segment.bytes, segment.owner);
  const auto damage = [&](std::string what) {
    return tl::unexpected(at_segment(directory, entry.id, {ErrorCode::kDamaged, std::move(what), {}, {}}));
  };
  if (!segment.owner) return damage(segment.problem);
  if (segment.bytes.size() != entry.summary.segment_bytes)
    return damage(fmt::format("the segment has {} bytes, the catalogue says {}", segment.bytes.size(),
                              entry.summary.segment_bytes));
  auto opened = Segment::open(segment.bytes, segment.owner);
  const auto read =
      after_reading(directory, segment, opened ? Result<void>{} : tl::unexpected(opened.error()));
  if (!read) return tl::unexpected(read.error());
  if (opened->summary() != entry.summary) return damage("the segment is not the one in the catalogue");
  return opened;
}

}  // namespace culprit
