// The fear: with several threads, segments of a group come out of order, overlap, or hide events that a crash
// would then lose.
#include "store/segment_encoder.h"

#include <gmock/gmock.h>

#include "capsule_builder.h"
#include "store/segment_files.h"

namespace culprit {
namespace {

using testing::temporary_directory;

constexpr std::size_t kMessageBytes = 1000;

EventBatch batch_of(EventNumber& next, std::size_t rows, std::uint32_t groups) {
  EventBatch batch;
  for (std::size_t i = 0; i < rows; ++i, ++next) {
    const std::string message = fmt::format("event {} {}", next, std::string(kMessageBytes, 'x'));
    batch.add(1 + static_cast<std::uint32_t>(next % groups),
              {next, 1, from_epoch_ms(static_cast<std::int64_t>(next)), from_epoch_ms(0), message});
  }
  return batch;
}

std::filesystem::path a_directory(const std::filesystem::path& dir) {
  std::filesystem::create_directories(dir / "segments");
  return dir;
}

TEST(SegmentEncoder, WhatWasTakenOfAGroupHasNoGapBeforeItsEnd) {
  const auto dir = temporary_directory();
  SegmentEncoder encoder(a_directory(dir.path()));
  EventNumber next = 1;
  std::map<std::uint32_t, EventNumber> taken_up_to;  // last number by group
  std::uint64_t events = 0;
  const auto take = [&] {
    const auto finished = encoder.take();
    ASSERT_OK(finished);
    for (const auto& segment : *finished) {
      EventNumber& last = taken_up_to[segment.group_id];
      // Groups take turns: the first number not yet taken of this one follows from the last.
      const EventNumber expected = last == 0 ? segment.summary.first_number : last + 3;
      EXPECT_EQ(segment.summary.first_number, expected);
      if (last == 0) {
        EXPECT_LE(segment.summary.first_number, 3u);
      }
      EXPECT_EQ(segment.summary.last_number, segment.summary.first_number + 3 * (segment.summary.events - 1));
      last = segment.summary.last_number;
      events += segment.summary.events;
      std::filesystem::remove(segment.temporary);
    }
    // Nothing pending lies in what was taken.
    const auto oldest = encoder.oldest_pending();
    for (const auto& [group, last] : taken_up_to) {
      if (oldest && *oldest % 3 + 1 == group) {
        EXPECT_GT(*oldest, last);
      }
    }
  };
  for (int i = 0; i < 260; ++i) {
    ASSERT_OK(encoder.add(batch_of(next, 1000, 3)));
    if (i % 7 == 0) {
      ASSERT_NO_FATAL_FAILURE(take());
    }
  }
  EXPECT_GT(events, 0u);  // some were full long before the end
  ASSERT_OK(encoder.finish_up_to(next));
  ASSERT_NO_FATAL_FAILURE(take());
  EXPECT_EQ(events, next - 1);
  EXPECT_FALSE(encoder.oldest_pending());
}

TEST(SegmentEncoder, TheSameCallsGiveTheSameSegments) {
  std::vector<std::vector<std::pair<EventNumber, EventNumber>>> runs;
  for (int run = 0; run < 2; ++run) {
    const auto dir = temporary_directory();
    SegmentEncoder encoder(a_directory(dir.path()));
    EventNumber next = 1;
    for (int i = 0; i < 150; ++i) ASSERT_OK(encoder.add(batch_of(next, 1000, 2)));
    ASSERT_OK(encoder.finish_up_to(next));
    auto& ranges = runs.emplace_back();
    const auto finished = encoder.take();
    ASSERT_OK(finished);
    for (const auto& segment : *finished)
      ranges.emplace_back(segment.summary.first_number, segment.summary.last_number);
  }
  EXPECT_GE(runs[0].size(), 4u);
  EXPECT_EQ(runs[0], runs[1]);
}

TEST(SegmentEncoder, StretchesThatBeganLaterGoOnWhenEarlierOnesAreFinished) {
  const auto dir = temporary_directory();
  SegmentEncoder encoder(a_directory(dir.path()));
  EventNumber next = 1;
  ASSERT_OK(encoder.add(batch_of(next, 10, 1)));
  EventBatch later;
  later.add(9, {next, 1, from_epoch_ms(0), from_epoch_ms(0), "later"});
  ASSERT_OK(encoder.add(std::move(later)));
  ASSERT_OK(encoder.finish_up_to(next - 1));
  const auto finished = encoder.take();
  ASSERT_OK(finished);
  ASSERT_EQ(finished->size(), 1u);
  EXPECT_EQ(finished->front().summary.events, 10u);
  EXPECT_EQ(encoder.oldest_pending(), next);
}

}  // namespace
}  // namespace culprit
