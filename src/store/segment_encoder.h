// Makes segments of batches on threads of its own, so that reading and encoding go on side by side. A group's
// events are cut into stretches, each of which becomes a segment; different stretches are encoded at once.
#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <list>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "engine/segment.h"
#include "store/durability.h"
#include "store/event_batch.h"

namespace culprit {

// A segment on disk under a temporary name.
struct FinishedSegment {
  std::filesystem::path temporary;
  std::uint32_t group_id = 0;
  SegmentSummary summary;
};

// One thread at a time, beside the encoder's own. Memory: some batches that wait, and stretches that together
// hold at most kStretchBytesMax of messages. Which event comes into which segment follows from the calls
// alone, not from the threads.
class SegmentEncoder {
 public:
  explicit SegmentEncoder(std::filesystem::path store, Durability durability = Durability::kDurable);
  ~SegmentEncoder();  // what was not taken is removed
  SegmentEncoder(const SegmentEncoder&) = delete;
  SegmentEncoder& operator=(const SegmentEncoder&) = delete;

  // Waits while much is to be encoded. The numbers of a group's events must ascend.
  Result<void> add(EventBatch batch);

  // The segments that are done, by their first number. One whose group has an earlier stretch that is not
  // done yet stays: then everything of a group up to its last number in segments is in segments.
  Result<std::vector<FinishedSegment>> take();

  // Ends every stretch that holds an event numbered up to `number`, and waits until they are on disk.
  Result<void> finish_up_to(EventNumber number);

  // The lowest number that was added and is in no segment that was taken; nullopt when there is none.
  std::optional<EventNumber> oldest_pending();

 private:
  struct Stretch {
    std::uint32_t group_id = 0;
    EventNumber first_number = 0;
    std::size_t bytes = 0;  // of messages, encoded or not
    std::size_t rows = 0;
    bool ended = false;    // no more batches will come
    bool running = false;  // some thread is at it
    std::deque<EventBatch> waiting;
    SegmentBuilder builder;  // of the thread that runs it
  };
  using Stretches = std::list<Stretch>;

  void work();
  Stretches::iterator next_to_run();
  void run(Stretches::iterator stretch, std::unique_lock<std::mutex>& lock);
  void finish(Stretches::iterator stretch, std::unique_lock<std::mutex>& lock);
  void put(std::uint32_t group_id, EventBatch batch);
  void end(Stretches::iterator stretch);
  bool has_earlier(const FinishedSegment& segment) const;

  const std::filesystem::path store_;
  const Durability durability_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Stretches stretches_;                                             // oldest first
  std::unordered_map<std::uint32_t, Stretches::iterator> growing_;  // by group
  std::size_t growing_bytes_ = 0;
  std::size_t waiting_bytes_ = 0;
  std::vector<FinishedSegment> finished_;
  bool stop_ = false;
  std::optional<Error> failure_;
  std::vector<std::thread> threads_;
};

}  // namespace culprit
