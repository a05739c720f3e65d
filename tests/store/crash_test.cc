// The fear: a writer is killed (kill -9) at any instant. What was committed must be there, and nothing else.
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "base/file.h"
#include "capsule_builder.h"
#include "store/maintenance.h"

namespace culprit {
namespace {

using testing::event;
using testing::scan;
using testing::temporary_directory;

// Events of one commit follow from its number alone. Now and then a commit is large.
std::vector<LogEvent> events_of(int commit) {
  std::vector<LogEvent> out;
  const int count = commit % 50 == 0 ? 9000 : 1 + commit * 37 % 60;
  for (int i = 0; i < count; ++i)
    out.push_back(event(fmt::format("group-{}", i % 3), fmt::format("stream-{}", commit % 7), commit,
                        fmt::format("commit {} line {}", commit, i)));
  return out;
}

// What a child did last, as it told through the pipe.
struct Told {
  int commit = 0;        // acknowledged
  int retired_upto = 0;  // retention has been asked for commits up to this one
};

bool write_one(StoreWriter* writer, Told& told) {
  for (const auto& e : events_of(told.commit + 1))
    if (!writer->append(e.view())) return false;
  if (!writer->commit()) return false;
  ++told.commit;
  return true;
}

// Opens the store and goes on until it is killed; tells after each step.
[[noreturn]] void work_until_killed(const std::filesystem::path& store, CommitBy commit_by, bool maintain,
                                    Told told, int pipe) {
  for (;;) {
    {
      auto writer = open_store_writer(store, commit_by);
      if (!writer) _exit(2);
      for (int i = 0; !maintain || i < 5; ++i) {
        if (!write_one(writer->get(), told)) _exit(3);
        if (::write(pipe, &told, sizeof told) != sizeof told) _exit(5);
      }
    }
    told.retired_upto = std::max(told.retired_upto, told.commit - 60);
    if (::write(pipe, &told, sizeof told) != sizeof told) _exit(5);
    CompactOptions options;
    options.keep_from = from_epoch_ms(told.retired_upto);
    if (!compact_store(store, options)) _exit(4);
  }
}

Told run_and_kill(const std::filesystem::path& store, CommitBy commit_by, bool maintain, Told told,
                  unsigned microseconds, bool after_a_step) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    work_until_killed(store, commit_by, maintain, told, ends[1]);
  }
  ::close(ends[1]);
  Told last = told;
  if (after_a_step && ::read(ends[0], &last, sizeof last) == sizeof last) told = last;
  ::usleep(microseconds);
  ::kill(child, SIGKILL);
  while (::read(ends[0], &last, sizeof last) == sizeof last) told = last;
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the writer failed with " << WEXITSTATUS(status);
  return told;
}

// Every acknowledged commit that retention may not have taken is there once and whole; of the one that was
// under way when the writer died, and of those given to retention, nothing is there twice. Returns the last
// commit seen.
int expect_acknowledged_once(const Store& store, const Told& told) {
  std::map<int, std::map<std::string, int>> lines;  // by commit
  EventNumber before = 0;
  std::string group;
  for (const auto& e : scan(store)) {
    ++lines[static_cast<int>(to_epoch_ms(e.time))][e.message];
    if (e.group != std::exchange(group, e.group)) before = 0;
    EXPECT_GT(e.number, std::exchange(before, e.number));
  }
  for (const auto& [commit, found] : lines)
    for (const auto& [line, times] : found) EXPECT_EQ(times, 1) << line;
  for (int commit = told.retired_upto + 1; commit <= told.commit; ++commit) {
    EXPECT_EQ(lines[commit].size(), events_of(commit).size()) << "commit " << commit;
    for (const auto& e : events_of(commit)) EXPECT_TRUE(lines[commit].contains(e.message)) << e.message;
    if (::testing::Test::HasFailure()) return 0;
  }
  // A commit to the log that was cut off half way may show a part of its events; they were not acknowledged.
  for (const auto& [commit, found] : lines) {
    EXPECT_LE(commit, told.commit + 1);
    EXPECT_LE(found.size(), events_of(commit).size());
  }
  return lines.empty() ? told.commit : std::max(told.commit, lines.rbegin()->first);
}

struct CrashCase {
  const char* name;
  CommitBy commit_by;
  bool maintain;  // compaction and retention between the commits
  int kills;
};
void PrintTo(const CrashCase& c, std::ostream* out) { *out << c.name; }

class KilledAtAnyInstant : public ::testing::TestWithParam<CrashCase> {};

TEST_P(KilledAtAnyInstant, LosesNothingThatWasAcknowledgedAndRepeatsNothing) {
  const auto& [name, commit_by, maintain, kills] = GetParam();
  const auto seed = static_cast<std::uint32_t>(std::random_device{}());
  std::mt19937 random(seed);
  SCOPED_TRACE(fmt::format("seed {}", seed));
  constexpr int kKillsOfAStore = 20;
  int commits = 0;
  for (int done = 0; done < kills;) {
    const auto dir = temporary_directory();
    ASSERT_OK(create_store(dir.path() / "s"));
    Told told;
    for (int round = 0; round < kKillsOfAStore && done < kills; ++round, ++done) {
      told = run_and_kill(dir.path() / "s", commit_by, maintain, told, random() % 30'000, round % 3 != 0);
      const auto store = open_store(dir.path() / "s");
      ASSERT_OK(store);
      told.commit = expect_acknowledged_once(**store, told);
      if (HasFailure()) return;
    }
    commits += told.commit;
    ASSERT_OK(check_store(dir.path() / "s"));
    EXPECT_TRUE(check_store(dir.path() / "s")->empty());
  }
  EXPECT_GE(commits, kills / 3);  // two of three were killed after a step at least
  fmt::print("{}: seed {}, {} kills, {} commits\n", name, seed, kills, commits);
}

INSTANTIATE_TEST_SUITE_P(Crash, KilledAtAnyInstant,
                         ::testing::Values(CrashCase{"segments", CommitBy::kSegments, false, 120},
                                           CrashCase{"log", CommitBy::kLog, false, 140},
                                           CrashCase{"segments_and_upkeep", CommitBy::kSegments, true, 120},
                                           CrashCase{"log_and_upkeep", CommitBy::kLog, true, 140}),
                         [](const auto& each) { return each.param.name; });

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

// Creation is so short that most kills come before or after it; those that hit leave a directory without
// FORMAT, which is no store and not empty.
TEST(KilledCreation, LeavesADirectoryInWhichTheNextWriterBeginsAnew) {
  constexpr int kKills = 60;
  int unfinished = 0;
  for (int i = 0; i < kKills; ++i) {
    const auto dir = temporary_directory();
    const auto path = dir.path() / "s";
    const pid_t child = ::fork();
    if (child == 0) {
      for (;;) {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
        if (!create_store(path)) _exit(1);
      }
    }
    ::usleep(static_cast<useconds_t>(2000 + i * 211));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended with " << WEXITSTATUS(status);
    const bool there = std::filesystem::exists(path / "FORMAT");
    if (there) continue;
    unfinished += std::filesystem::exists(path) ? 1 : 0;
    auto writer = create_store(path);
    ASSERT_TRUE(writer) << writer.error().message();
    ASSERT_OK((*writer)->append(event("g", "s", 1, "line").view()));
    ASSERT_OK((*writer)->commit());
    EXPECT_EQ(scan(**open_store(path)).size(), 1u);
  }
  EXPECT_GT(unfinished, 0) << "no kill hit the creation";
}

TEST(KilledCreation, AnythingElseInTheDirectoryIsLeftAlone) {
  const auto dir = temporary_directory();
  const auto path = dir.path() / "s";
  std::filesystem::create_directories(path / "segments");
  ASSERT_OK(write_file_atomically(path / "catalogue.sqlite", "half"));
  ASSERT_OK(write_file_atomically(path / "notes.txt", "mine"));
  auto writer = create_store(path);
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().code, ErrorCode::kUsage);
  std::filesystem::remove(path / "notes.txt");
  ASSERT_OK(write_file_atomically(path / "segments" / "mine.txt", "mine"));
  ASSERT_FALSE(create_store(path));
  EXPECT_TRUE(std::filesystem::exists(path / "segments" / "mine.txt"));
  std::filesystem::remove(path / "segments" / "mine.txt");
  EXPECT_TRUE(create_store(path));
}

}  // namespace
}  // namespace culprit
