// Many small segments of a group become few large ones.
#pragma once

#include <filesystem>
#include <future>
#include <optional>
#include <vector>

#include "base/error.h"
#include "store/catalogue.h"
#include "store/segment_encoder.h"

namespace culprit {

// Neighbours of one group that together are no larger than one segment should be. `run_min`: how many there
// must be for it to be worth it.
using MergeRun = std::vector<SegmentEntry>;
std::vector<MergeRun> plan_merges(const std::vector<SegmentEntry>& by_group_and_number, std::size_t run_min);

// Reads the run and writes its rows as one segment under a temporary name. Changes nothing else.
Result<FinishedSegment> merge_segments(const std::filesystem::path& store, const MergeRun& run);

// Puts the merged segment in the place of its run, within the open transaction.
Result<void> replace_run(Catalogue& catalogue, const std::filesystem::path& store, const MergeRun& run,
                         const FinishedSegment& merged);

// The files of a run that the catalogue no longer names. Readers that have them mapped go on reading.
void remove_files(const std::filesystem::path& store, const MergeRun& run);

// One merge at a time on a thread of its own.
class BackgroundMerge {
 public:
  struct Done {
    MergeRun run;
    Result<FinishedSegment> merged;
  };

  ~BackgroundMerge();
  bool running() const { return future_.valid(); }
  void start(const std::filesystem::path& store, MergeRun run);
  std::optional<Done> take_if_done();

 private:
  MergeRun run_;
  std::future<Result<FinishedSegment>> future_;
};

}  // namespace culprit
