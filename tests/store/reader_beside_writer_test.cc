// The fear: a reader sees half of what a writer does, or loses what was acknowledged, while segments are
// made, merged and retired under it.
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "capsule_builder.h"
#include "store/maintenance.h"

namespace culprit {
namespace {

using testing::event;
using testing::scan;
using testing::temporary_directory;

std::size_t count(const Store& store) {
  std::set<EventNumber> numbers;
  std::size_t events = 0;
  const auto done = store.scan_logs({}, [&](const LogEventView& e) {
    EXPECT_EQ(e.message, fmt::format("event {} of a log that goes on", to_epoch_ms(e.time)));
    numbers.insert(e.number);
    ++events;
    return true;
  });
  EXPECT_TRUE(done) << done.error().message();
  EXPECT_EQ(numbers.size(), events) << "an event was there twice";
  return events;
}

void write_commit(StoreWriter& writer, std::int64_t& next) {
  for (int i = 0; i < 50; ++i, ++next)
    ASSERT_OK(writer.append(
        event(next % 2 == 0 ? "a" : "b", "s", next, fmt::format("event {} of a log that goes on", next))
            .view()));
  ASSERT_OK(writer.commit());
}

TEST(ReaderBesideWriter, SeesAllThatWasAcknowledgedWhenItOpened) {
  for (const auto commit_by : {CommitBy::kSegments, CommitBy::kLog}) {
    const auto dir = temporary_directory();
    const auto path = dir.path() / "s";
    std::atomic<std::int64_t> acknowledged{0};
    std::atomic<bool> done{false};
    ASSERT_OK(create_store(path));
    std::thread writing([&] {
      std::int64_t next = 1;
      for (int round = 0; round < 6; ++round) {
        {
          auto writer = open_store_writer(path, commit_by);
          ASSERT_OK(writer);
          for (int i = 0; i < 12; ++i) {
            write_commit(**writer, next);
            acknowledged = next - 1;
          }
        }
        ASSERT_OK(compact_store(path, {}));
      }
      done = true;
    });
    int looks = 0;
    while (!done && !::testing::Test::HasFailure()) {
      const auto before = static_cast<std::size_t>(acknowledged);
      const auto store = open_store(path);
      EXPECT_TRUE(store) << store.error().message();
      if (!store) break;
      const auto events = count(**store);
      EXPECT_GE(events, before);
      EXPECT_EQ(count(**store), events);  // and keeps its view
      ++looks;
    }
    writing.join();
    EXPECT_GT(looks, 3);
    EXPECT_EQ(count(**open_store(path)), static_cast<std::size_t>(acknowledged));
  }
}

TEST(ReaderBesideWriter, KeepsReadingWhatRetentionTookAway) {
  const auto dir = temporary_directory();
  const auto path = dir.path() / "s";
  std::int64_t next = 1;
  {
    auto writer = create_store(path);
    ASSERT_OK(writer);
    for (int i = 0; i < 3; ++i) write_commit(**writer, next);  // too few to be merged
  }
  const auto before = open_store(path);
  ASSERT_OK(before);
  CompactOptions options;
  options.keep_from = from_epoch_ms(101);
  const auto report = compact_store(path, options);
  ASSERT_OK(report);
  EXPECT_EQ(report->events_retired, 100u);
  EXPECT_EQ(count(**before), 150u);
  const auto after = open_store(path);
  ASSERT_OK(after);
  EXPECT_EQ(count(**after), 50u);
  EXPECT_EQ((*after)->event(130)->number, 130u);  // numbers stay
  EXPECT_EQ((*after)->event(7).error().code, ErrorCode::kNotFound);
  const auto gaps = (*after)->gaps();  // and what went is told
  ASSERT_OK(gaps);
  ASSERT_EQ(gaps->size(), 4u);
  EXPECT_EQ(gaps->front().reason, GapReason::kCut);
}

TEST(ReaderBesideWriter, RetentionBySizeTakesTheOldest) {
  const auto dir = temporary_directory();
  const auto path = dir.path() / "s";
  std::int64_t next = 1;
  {
    auto writer = create_store(path);
    ASSERT_OK(writer);
    for (int i = 0; i < 3; ++i) write_commit(**writer, next);
  }
  const auto size = describe_store(path)->segment_bytes;
  CompactOptions options;
  options.keep_bytes = size / 2;
  const auto report = compact_store(path, options);
  ASSERT_OK(report);
  EXPECT_GT(report->segments_retired, 0u);
  EXPECT_LE(describe_store(path)->segment_bytes, size / 2);
  const auto left = scan(**open_store(path));
  ASSERT_FALSE(left.empty());
  EXPECT_EQ(to_epoch_ms(left.back().time), 149);
}

TEST(ReaderBesideWriter, AnotherProcessReadsWhileThisOneWrites) {
  const auto dir = temporary_directory();
  const auto path = dir.path() / "s";
  auto writer = create_store(path, CommitBy::kLog);
  ASSERT_OK(writer);
  std::int64_t next = 1;
  write_commit(**writer, next);
  const pid_t child = ::fork();
  if (child == 0) {
    for (int i = 0; i < 30; ++i) {
      const auto store = open_store(path);
      if (!store) _exit(2);
      if (count(**store) < 50) _exit(3);
      if (::testing::Test::HasFailure()) _exit(4);
      if (open_store_writer(path)) _exit(5);  // one writer
    }
    _exit(0);
  }
  for (int i = 0; i < 30; ++i) write_commit(**writer, next);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << WEXITSTATUS(status);
}

TEST(ReaderBesideWriter, SeveralThreadsCommitToTheLogAtOnce) {
  const auto dir = temporary_directory();
  const auto path = dir.path() / "s";
  constexpr int kThreads = 4, kCommits = 25;
  {
    auto writer = create_store(path, CommitBy::kLog);
    ASSERT_OK(writer);
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t)
      threads.emplace_back([&, t] {
        for (int i = 0; i < kCommits; ++i) {
          EXPECT_TRUE(
              (*writer)->append(event("g", fmt::format("s{}", t), i, fmt::format("{} {}", t, i)).view()));
          EXPECT_TRUE((*writer)->commit());
        }
      });
    for (auto& thread : threads) thread.join();
  }
  std::set<std::string> found;
  for (const auto& e : scan(**open_store(path))) EXPECT_TRUE(found.insert(e.message).second);
  EXPECT_EQ(found.size(), static_cast<std::size_t>(kThreads * kCommits));
}

TEST(ReaderBesideWriter, SmallSegmentsAreMergedBesideTheWriting) {
  const auto dir = temporary_directory();
  const auto path = dir.path() / "s";
  std::int64_t next = 1;
  auto writer = create_store(path);
  ASSERT_OK(writer);
  constexpr std::uint64_t kMostSegments = 40;  // of 120 that were made
  for (int i = 0; i < 60 || (describe_store(path)->segments > kMostSegments && i < 600); ++i)
    write_commit(**writer, next);
  EXPECT_LE(describe_store(path)->segments, kMostSegments);
  EXPECT_EQ(count(**open_store(path)), static_cast<std::size_t>(next - 1));
}

}  // namespace
}  // namespace culprit
