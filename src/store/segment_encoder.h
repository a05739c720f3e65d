// Makes segments of batches on a thread of its own, so that reading and encoding go on side by side.
#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/error.h"
#include "engine/segment.h"
#include "store/event_batch.h"

namespace culprit {

// A segment on disk under a temporary name.
struct FinishedSegment {
  std::filesystem::path temporary;
  std::uint32_t group_id = 0;
  SegmentSummary summary;
};

// One thread at a time, beside the encoder's own. Memory: a few batches in the queue, and builders that
// together hold at most kBuilderBytesMax of messages.
class SegmentEncoder {
 public:
  explicit SegmentEncoder(std::filesystem::path store);
  ~SegmentEncoder();  // what was not taken is removed
  SegmentEncoder(const SegmentEncoder&) = delete;
  SegmentEncoder& operator=(const SegmentEncoder&) = delete;

  // Waits while the queue is full. The numbers of a group's events must ascend.
  Result<void> add(EventBatch batch);

  // The segments that are done, in the order they were finished.
  Result<std::vector<FinishedSegment>> take();

  // Finishes every builder that holds an event numbered up to `number`, and waits until all is on disk.
  Result<void> finish_up_to(EventNumber number);

  // The lowest number that was added and is in no segment that was taken; nullopt when there is none.
  std::optional<EventNumber> oldest_pending();

 private:
  struct Builder {
    SegmentBuilder segment;
    EventNumber first_number = 0;
    std::size_t bytes = 0;
  };
  void work();
  void encode(const EventBatch& batch);
  void finish_builders(EventNumber up_to);
  void finish(std::map<std::uint32_t, Builder>::iterator builder);

  const std::filesystem::path store_;
  std::map<std::uint32_t, Builder> builders_;  // of the encoder's thread
  std::size_t builder_bytes_ = 0;              // of the encoder's thread

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<EventBatch> queue_;
  std::vector<FinishedSegment> finished_;
  std::map<std::uint32_t, EventNumber> open_from_;  // first number of each builder, by group
  std::optional<EventNumber> encoding_from_;        // first number of the batch that is being encoded
  std::optional<EventNumber> flush_up_to_;
  bool busy_ = false;
  bool stop_ = false;
  std::optional<Error> failure_;
  std::thread thread_;
};

}  // namespace culprit
