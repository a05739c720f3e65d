#include "store/segment_merge.h"

#include "store/segment_files.h"
#include "store/store_view.h"

namespace culprit {

namespace {

constexpr std::uint64_t kSmallBytes = kSegmentMessageBytes / 4;

}  // namespace

std::vector<MergeRun> plan_merges(const std::vector<SegmentEntry>& by_group_and_number, std::size_t run_min) {
  std::vector<MergeRun> out;
  MergeRun run;
  std::uint64_t bytes = 0;
  const auto end_run = [&] {
    if (run.size() >= run_min) out.push_back(run);
    run.clear();
    bytes = 0;
  };
  for (const auto& entry : by_group_and_number) {
    const bool small = entry.summary.message_bytes < kSmallBytes;
    const bool fits = run.empty() || (run.back().group_id == entry.group_id &&
                                      bytes + entry.summary.message_bytes <= kSegmentMessageBytes);
    if (!small || !fits) end_run();
    if (!small) continue;
    run.push_back(entry);
    bytes += entry.summary.message_bytes;
  }
  end_run();
  return out;
}

Result<FinishedSegment> merge_segments(const std::filesystem::path& store, const MergeRun& run) {
  SegmentBuilder builder;
  for (const auto& entry : run) {
    const auto viewed = view_segment(store, entry);
    const auto segment = open_viewed(store, viewed);
    if (!segment) return tl::unexpected(segment.error());
    auto scanned = segment->scan(nullptr, [&](const SegmentRow& row) {
      builder.add(row);
      return true;
    });
    if (auto read = after_reading(store, viewed, std::move(scanned)); !read)
      return tl::unexpected(read.error());
  }
  FinishedSegment merged;
  merged.group_id = run.front().group_id;
  auto written = write_segment(store, builder.finish(merged.summary));
  if (!written) return tl::unexpected(written.error());
  merged.temporary = std::move(*written);
  return merged;
}

Result<void> replace_run(Catalogue& catalogue, const std::filesystem::path& store, const MergeRun& run,
                         const FinishedSegment& merged) {
  for (const auto& entry : run)
    if (auto removed = catalogue.remove_segment(entry.id); !removed) return removed;
  const auto id = catalogue.add_segment({0, merged.group_id, merged.summary});
  if (!id) return tl::unexpected(id.error());
  if (auto named = publish_segment(store, merged.temporary, *id); !named) return named;
  return sync_directory(store / "segments");
}

void remove_files(const std::filesystem::path& store, const MergeRun& run) {
  std::error_code ignored;
  for (const auto& entry : run) std::filesystem::remove(segment_path(store, entry.id), ignored);
}

BackgroundMerge::~BackgroundMerge() {
  if (!future_.valid()) return;
  std::error_code ignored;
  if (const auto merged = future_.get()) std::filesystem::remove(merged->temporary, ignored);
}

void BackgroundMerge::start(const std::filesystem::path& store, MergeRun run) {
  run_ = std::move(run);
  future_ = std::async(std::launch::async, [store, run = run_] { return merge_segments(store, run); });
}

std::optional<BackgroundMerge::Done> BackgroundMerge::take_if_done() {
  if (!future_.valid() || future_.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
    return std::nullopt;
  auto merged = future_.get();
  return Done{std::exchange(run_, {}), std::move(merged)};
}

}  // namespace culprit
