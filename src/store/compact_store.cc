#include <fmt/format.h>

#include <algorithm>

#include "store/catalogue.h"
#include "store/embedded_store.h"
#include "store/maintenance.h"
#include "store/segment_files.h"
#include "store/segment_merge.h"
#include "store/store_format.h"
#include "store/writer_lock.h"

namespace culprit {

namespace {

// The segments that retention takes away, oldest first.
MergeRun to_retire(std::vector<SegmentEntry> segments, const CompactOptions& options) {
  std::sort(segments.begin(), segments.end(), [](const SegmentEntry& a, const SegmentEntry& b) {
    return std::tie(a.summary.last_time, a.id) < std::tie(b.summary.last_time, b.id);
  });
  std::uint64_t left = 0;
  for (const auto& s : segments) left += s.summary.segment_bytes;
  MergeRun out;
  for (const auto& s : segments) {
    const bool old = options.keep_from && s.summary.last_time < *options.keep_from;
    const bool too_much = options.keep_bytes && left > *options.keep_bytes;
    if (!old && !too_much) continue;
    out.push_back(s);
    left -= s.summary.segment_bytes;
  }
  return out;
}

Gap gap_of(const SegmentEntry& segment, const std::vector<NamedGroup>& groups) {
  const auto group = std::find_if(groups.begin(), groups.end(),
                                  [&](const NamedGroup& g) { return g.id == segment.group_id; });
  Gap gap;
  gap.reason = GapReason::kCut;
  gap.subject = group == groups.end() ? fmt::format("log group {}", segment.group_id) : group->name;
  gap.detail = fmt::format("{} log events were removed by the store's retention", segment.summary.events);
  gap.window = Window{segment.summary.first_time, segment.summary.last_time + Duration(1)};
  return gap;
}

class Compactor {
 public:
  Compactor(const std::filesystem::path& store, Catalogue& catalogue)
      : store_(store), catalogue_(catalogue) {}

  Result<CompactReport> run(const CompactOptions& options) {
    auto before = catalogue_.segments();
    if (!before) return tl::unexpected(before.error());
    report_.segments_before = before->size();
    for (const auto& s : *before) report_.bytes_before += s.summary.segment_bytes;
    if (auto retired = retire(*before, options); !retired) return tl::unexpected(retired.error());
    auto left = catalogue_.segments();
    if (!left) return tl::unexpected(left.error());
    for (const auto& run : plan_merges(*left, 2))
      if (auto merged = merge(run); !merged) return tl::unexpected(merged.error());
    const auto after = catalogue_.segments();
    if (!after) return tl::unexpected(after.error());
    report_.segments_after = after->size();
    for (const auto& s : *after) report_.bytes_after += s.summary.segment_bytes;
    return report_;
  }

 private:
  Result<void> retire(const std::vector<SegmentEntry>& segments, const CompactOptions& options) {
    const auto gone = to_retire(segments, options);
    if (gone.empty()) return {};
    const auto groups = catalogue_.groups();
    if (!groups) return tl::unexpected(groups.error());
    if (auto begun = catalogue_.begin(); !begun) return begun;
    for (const auto& s : gone) {
      if (auto put = catalogue_.put_gap(gap_of(s, *groups)); !put) return put;
      if (auto removed = catalogue_.remove_segment(s.id); !removed) return removed;
      ++report_.segments_retired;
      report_.events_retired += s.summary.events;
    }
    if (auto committed = catalogue_.commit(); !committed) return committed;
    remove_files(store_, gone);
    return {};
  }

  // A run that cannot be read stays as it is: `store check` tells, `store repair` helps.
  Result<void> merge(const MergeRun& run) {
    const auto merged = merge_segments(store_, run);
    if (!merged && merged.error().code == ErrorCode::kDamaged) return {};
    if (!merged) return tl::unexpected(merged.error());
    if (auto begun = catalogue_.begin(); !begun) return begun;
    if (auto replaced = replace_run(catalogue_, store_, run, *merged); !replaced) {
      catalogue_.roll_back();
      return replaced;
    }
    if (auto committed = catalogue_.commit(); !committed) return committed;
    remove_files(store_, run);
    return {};
  }

  const std::filesystem::path& store_;
  Catalogue& catalogue_;
  CompactReport report_;
};

}  // namespace

Result<CompactReport> compact_store(const std::filesystem::path& store, const CompactOptions& options) {
  {  // recovers what an interrupted writer left, and empties the log
    auto writer = open_store_writer(store);
    if (!writer) return tl::unexpected(writer.error());
    if (auto committed = (*writer)->commit(); !committed) return tl::unexpected(committed.error());
  }
  const auto lock = lock_for_writing(store);
  if (!lock) return tl::unexpected(lock.error());
  auto catalogue = Catalogue::open_to_write(store / kCatalogueName);
  if (!catalogue) return tl::unexpected(catalogue.error());
  auto report = Compactor(store, *catalogue).run(options);
  catalogue->fold_log();
  return report;
}

}  // namespace culprit
