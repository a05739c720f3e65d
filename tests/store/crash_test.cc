// The fear: a writer is killed (kill -9) at any instant. What was committed must be there, and nothing else.
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "capsule_builder.h"

namespace culprit {
namespace {

using testing::event;
using testing::scan;
using testing::temporary_directory;

// Events of one commit follow from its number alone; some commits span several blocks.
std::vector<LogEvent> events_of(int commit) {
  std::vector<LogEvent> out;
  const int count = commit % 5 == 0 ? 9000 : 1 + commit * 37 % 400;
  for (int i = 0; i < count; ++i)
    out.push_back(event(fmt::format("group-{}", i % 3), fmt::format("stream-{}", commit % 7),
                        commit * 1000 + i, fmt::format("commit {} line {}", commit, i)));
  return out;
}

MetricId commits_metric() { return {"test", "commits", {}}; }

// Writes commits one after the other until it is killed; tells each through the pipe once it is acknowledged.
[[noreturn]] void write_until_killed(const std::filesystem::path& directory, int first, int pipe) {
  auto writer = open_store_writer(directory);
  if (!writer) _exit(2);
  for (int commit = first;; ++commit) {
    for (const auto& e : events_of(commit))
      if (!(*writer)->append(e.view())) _exit(3);
    const Series point{commits_metric(), "Sum", "", std::chrono::seconds{1}, {{from_epoch_ms(commit), 1.0}}};
    if (!(*writer)->put_series(point) || !(*writer)->commit()) _exit(4);
    if (::write(pipe, &commit, sizeof commit) != sizeof commit) _exit(5);
  }
}

// Runs the child and kills it after `microseconds` from its first acknowledged commit (or from its start, for
// odd rounds). Returns the last commit that was acknowledged.
int run_and_kill(const std::filesystem::path& directory, int first, unsigned microseconds, bool from_start) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    write_until_killed(directory, first, ends[1]);
  }
  ::close(ends[1]);
  int acknowledged = first - 1;
  int commit = 0;
  if (!from_start && ::read(ends[0], &commit, sizeof commit) == sizeof commit) acknowledged = commit;
  ::usleep(microseconds);
  ::kill(child, SIGKILL);
  while (::read(ends[0], &commit, sizeof commit) == sizeof commit) acknowledged = commit;
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the writer failed with " << WEXITSTATUS(status);
  return acknowledged;
}

void expect_exactly(const Store& store, int commits) {
  std::vector<LogEvent> expected;
  for (int c = 1; c <= commits; ++c)
    for (auto& e : events_of(c)) expected.push_back(std::move(e));
  expected = testing::as_scanned(std::move(expected));
  const auto found = scan(store);
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) ASSERT_TRUE(testing::same(found[i], expected[i])) << i;
  const auto series = store.series(commits_metric(), {from_epoch_ms(0), from_epoch_ms(1'000'000)});
  ASSERT_OK(series);
  ASSERT_EQ(series->empty() ? 0u : series->at(0).points.size(), static_cast<std::size_t>(commits));
}

TEST(Crash, KilledWriterLosesNothingThatWasCommitted) {
  const auto seed = static_cast<std::uint32_t>(std::random_device{}());
  std::mt19937 random(seed);
  SCOPED_TRACE(fmt::format("seed {}", seed));
  fmt::print("seed {}\n", seed);
  int unacknowledged = 0;
  for (int store_number = 0; store_number < 5; ++store_number) {
    const auto dir = temporary_directory();
    ASSERT_OK(create_store(dir.path() / "s"));
    int commits = 0;
    for (int round = 0; round < 12; ++round) {
      const int acknowledged = run_and_kill(dir.path() / "s", commits + 1, random() % 40'000, round % 3 == 0);
      const auto store = open_store(dir.path() / "s");
      ASSERT_OK(store);
      // A commit may be done and killed before it could say so.
      const auto points = (*store)->series(commits_metric(), {from_epoch_ms(0), from_epoch_ms(1'000'000)});
      ASSERT_OK(points);
      commits = points->empty() ? 0 : static_cast<int>(points->at(0).points.size());
      ASSERT_GE(commits, acknowledged);
      ASSERT_LE(commits, acknowledged + 1);
      unacknowledged += commits - acknowledged;
      ASSERT_NO_FATAL_FAILURE(expect_exactly(**store, commits)) << "round " << round;
    }
    EXPECT_GT(commits, 0);
  }
  fmt::print("60 kills, {} of them between commit and its answer\n", unacknowledged);
}

TEST(Crash, KilledWhileCreatingLeavesAStoreOrNone) {
  const auto dir = temporary_directory();
  for (int round = 0; round < 15; ++round) {
    const auto path = dir.path() / fmt::format("s{}", round);
    const pid_t child = ::fork();
    if (child == 0) {
      const bool made = create_store(path).has_value();
      _exit(made ? 0 : 1);
    }
    ::usleep(static_cast<unsigned>(round) * 2000);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    const auto store = open_store(path);
    if (store) {
      EXPECT_TRUE((*store)->log_groups()->empty());
    } else {
      EXPECT_EQ(store.error().code, ErrorCode::kNotFound) << store.error().message();
    }
  }
}

TEST(Crash, KilledWhileSealingLeavesTheCapsuleBefore) {
  const auto dir = temporary_directory();
  testing::write_small_store(dir.path() / "s");
  ASSERT_OK(seal(dir.path() / "s", dir.path() / "c", {}));
  for (int round = 0; round < 10; ++round) {
    const pid_t child = ::fork();
    if (child == 0)
      for (;;)
        if (!seal(dir.path() / "s", dir.path() / "c", {})) _exit(1);
    ::usleep(static_cast<unsigned>(5000 + round * 7000));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    const auto report = verify(dir.path() / "c", {});
    ASSERT_OK(report);
    EXPECT_TRUE(report->intact());
  }
}

}  // namespace
}  // namespace culprit
