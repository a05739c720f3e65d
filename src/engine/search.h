// Patterns looked for in segments without writing out their messages: each pattern is decided for each log
// type — surely, never, perhaps — by the type's text; what is left is decided on the columns it touches; only
// what is left then is written out and given to the pattern itself. The answers equal those of a plain scan.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "engine/segment.h"
#include "logs/message_pattern.h"
#include "telemetry/window.h"

namespace culprit {

struct PeriodCount {
  Time start;  // a multiple of the period since the epoch
  std::uint64_t count = 0;
  bool operator==(const PeriodCount&) const = default;
};

// Matches of one pattern; `periods` ascend and leave out those without a match.
struct PatternCount {
  std::uint64_t total = 0;
  std::vector<PeriodCount> periods;
  bool operator==(const PatternCount&) const = default;
};

// What to look for. Immutable; copies share one plan; all functions may be called from several threads.
class LogSearch {
 public:
  explicit LogSearch(std::vector<MessagePattern> patterns);
  const std::vector<MessagePattern>& patterns() const;

  struct Plan;
  const std::shared_ptr<const Plan>& plan() const { return plan_; }

 private:
  std::shared_ptr<const Plan> plan_;
};

// Searches segment after segment and remembers what it decided about log types. One thread at a time; each
// thread has one of its own.
class SegmentSearcher {
 public:
  explicit SegmentSearcher(const LogSearch& search);
  SegmentSearcher(SegmentSearcher&&) noexcept;
  SegmentSearcher& operator=(SegmentSearcher&&) noexcept;
  ~SegmentSearcher();

  // Adds the segment's matches of each pattern to `counts` (as many as there are patterns), by period.
  Result<void> count(const Segment& segment, const Window* window, Duration period,
                     std::span<PatternCount> counts);

  // The matches of one pattern in ingestion order; the visitor returns false to stop, and so does this.
  Result<bool> visit(const Segment& segment, std::size_t pattern, const Window* window,
                     const std::function<bool(const SegmentRow&)>& visit);

  // Only their numbers: nothing is written out that need not be.
  Result<std::vector<EventNumber>> numbers(const Segment& segment, std::size_t pattern, const Window* window);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Counts over many segments on `threads` threads (0: one a core). `open` gives the i-th segment, and is
// called from these threads.
using OpenSegment = std::function<Result<std::shared_ptr<const Segment>>(std::size_t)>;
Result<std::vector<PatternCount>> count_matches(const LogSearch& search, std::size_t segments,
                                                const OpenSegment& open, const Window* window,
                                                Duration period, unsigned threads = 0);

}  // namespace culprit
