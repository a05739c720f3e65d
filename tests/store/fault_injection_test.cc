// The fear: the disk fails in the middle of anything. A clear error that names the file; what was
// acknowledged before stays, and stays readable; nothing is there twice.
#include <gmock/gmock.h>

#include <cerrno>

#include "capsule_builder.h"
#include "store/file_handle.h"
#include "store/maintenance.h"

namespace culprit {
namespace {

using testing::event;
using ::testing::HasSubstr;
using testing::scan;
using testing::temporary_directory;

// Fails the n-th operation of a kind, and all after it (a disk that is broken stays broken). `short_write`:
// half of the bytes reach the file first, as a torn page.
class FailFrom : public FileFaults {
 public:
  FailFrom(Operation operation, int n, int error_number, bool short_write)
      : operation_(operation), left_(n), error_(error_number), short_write_(short_write) {
    set_file_faults(this);
  }
  ~FailFrom() override { set_file_faults(nullptr); }
  FailFrom(const FailFrom&) = delete;
  FailFrom& operator=(const FailFrom&) = delete;

  int before(Operation operation, const std::filesystem::path&, std::uint64_t, std::size_t& count) override {
    if (operation != operation_ || --left_ >= 0) return 0;
    hit_ = true;
    count = short_write_ ? count / 2 : 0;
    return error_;
  }
  bool hit() const { return hit_; }

 private:
  const Operation operation_;
  std::atomic<int> left_;
  const int error_;
  const bool short_write_;
  std::atomic<bool> hit_{false};
};

// Writes arrive in pieces of a few bytes, without an error.
class ShortWrites : public FileFaults {
 public:
  ShortWrites() { set_file_faults(this); }
  ~ShortWrites() override { set_file_faults(nullptr); }
  int before(Operation operation, const std::filesystem::path&, std::uint64_t, std::size_t& count) override {
    if (operation == Operation::kWrite) count = std::min<std::size_t>(count, 7);
    if (operation == Operation::kRead) count = std::min<std::size_t>(count, 11);
    return 0;
  }
};

struct Written {
  int acknowledged = 0;
  std::optional<Error> error;
};

Written write_until_it_fails(const std::filesystem::path& store, CommitBy commit_by, int first, int last) {
  Written out;
  out.acknowledged = first - 1;
  auto writer = open_store_writer(store, commit_by);
  if (!writer) {
    out.error = writer.error();
    return out;
  }
  for (int commit = first; commit <= last; ++commit) {
    for (int i = 0; i < 20; ++i) {
      const auto done = (*writer)->append(
          event(i % 2 == 0 ? "a" : "b", "s", commit, fmt::format("commit {} line {}", commit, i)).view());
      if (!done) out.error = done.error();
    }
    const auto done = (*writer)->commit();
    if (!done) out.error = done.error();
    if (out.error) return out;
    out.acknowledged = commit;
  }
  return out;
}

void expect_acknowledged(const std::filesystem::path& store, int commits) {
  const auto opened = open_store(store);
  ASSERT_OK(opened);
  std::map<std::string, int> found;
  for (const auto& e : scan(**opened)) ++found[e.message];
  for (const auto& [line, times] : found) ASSERT_EQ(times, 1) << line;
  for (int commit = 1; commit <= commits; ++commit)
    for (int i = 0; i < 20; ++i)
      ASSERT_TRUE(found.contains(fmt::format("commit {} line {}", commit, i))) << commit;
}

struct FaultCase {
  const char* name;
  FileFaults::Operation operation;
  int error_number;
  bool short_write;
  const char* says;
};
void PrintTo(const FaultCase& c, std::ostream* out) { *out << c.name; }

class BrokenDisk : public ::testing::TestWithParam<std::tuple<FaultCase, CommitBy>> {};

TEST_P(BrokenDisk, FailsClearlyWhereverItBreaksAndKeepsWhatWasAcknowledged) {
  const auto& [fault, commit_by] = GetParam();
  int broken = 0;
  for (int n = 0; n < 40; ++n) {
    const auto dir = temporary_directory();
    const auto store = dir.path() / "s";
    ASSERT_OK(create_store(store));
    auto written = write_until_it_fails(store, commit_by, 1, 2);
    ASSERT_FALSE(written.error);
    bool hit = false;
    {
      const FailFrom faults(fault.operation, n, fault.error_number, fault.short_write);
      written = write_until_it_fails(store, commit_by, 3, 5);
      hit = faults.hit();
    }
    if (written.error) {
      ++broken;
      EXPECT_EQ(written.error->code, ErrorCode::kStorage) << written.error->message();
      EXPECT_THAT(written.error->where, ::testing::StartsWith(store.string()));
      EXPECT_THAT(written.error->what, HasSubstr(fault.says));
    }
    // A merge that fails beside the writing is given up; nothing was lost by it.
    EXPECT_TRUE(hit || !written.error) << n;
    ASSERT_NO_FATAL_FAILURE(expect_acknowledged(store, written.acknowledged)) << "operation " << n;
    // Once the disk is well again, writing goes on.
    const auto more = write_until_it_fails(store, commit_by, 100, 100);
    ASSERT_FALSE(more.error) << more.error->message();
    ASSERT_NO_FATAL_FAILURE(expect_acknowledged(store, written.acknowledged));
    ASSERT_OK(compact_store(store, {}));
    ASSERT_NO_FATAL_FAILURE(expect_acknowledged(store, written.acknowledged));
    if (!hit) break;
  }
  EXPECT_GE(broken, 3);
}

INSTANTIATE_TEST_SUITE_P(
    Faults, BrokenDisk,
    ::testing::Combine(
        ::testing::Values(FaultCase{"full", FileFaults::Operation::kWrite, ENOSPC, false, "No space left"},
                          FaultCase{"torn", FileFaults::Operation::kWrite, EIO, true, "Input/output error"},
                          FaultCase{"unsynced", FileFaults::Operation::kSync, EIO, false,
                                    "Input/output error"}),
        ::testing::Values(CommitBy::kSegments, CommitBy::kLog)),
    [](const auto& each) {
      return fmt::format("{}_{}", std::get<0>(each.param).name,
                         std::get<1>(each.param) == CommitBy::kLog ? "log" : "segments");
    });

TEST(FaultInjection, ShortWritesAndReadsAreTakenUp) {
  const auto dir = temporary_directory();
  const auto store = dir.path() / "s";
  const ShortWrites faults;
  ASSERT_OK(create_store(store));
  for (const auto commit_by : {CommitBy::kSegments, CommitBy::kLog})
    ASSERT_FALSE(write_until_it_fails(store, commit_by, commit_by == CommitBy::kLog ? 4 : 1,
                                      commit_by == CommitBy::kLog ? 6 : 3)
                     .error);
  expect_acknowledged(store, 6);
  ASSERT_OK(seal(store, dir.path() / "c", {}));
  ASSERT_OK(unpack(dir.path() / "c", dir.path() / "t"));
  expect_acknowledged(dir.path() / "t", 6);
}

// A flipped bit in any frame of the log: found, told with its range, the other frames stay.
TEST(FaultInjection, AFlippedBitInTheLogCostsOneFrameAndIsTold) {
  const auto dir = temporary_directory();
  const auto store = dir.path() / "s";
  ASSERT_OK(create_store(store));
  ASSERT_FALSE(write_until_it_fails(store, CommitBy::kLog, 1, 10).error);
  const auto log = store / "wal/000001.wal";
  const auto good = read_file(log).value();
  for (std::size_t offset = 16; offset < good.size(); offset += 29) {
    auto bytes = good;
    bytes[offset] = static_cast<char>(bytes[offset] ^ (1 << offset % 8));
    testing::write_bytes(log, bytes);
    const auto opened = open_store(store);
    ASSERT_OK(opened);
    const auto events = scan(**opened);
    ASSERT_EQ(events.size(), 180u) << offset;
    const auto damage = check_store(store);
    ASSERT_OK(damage);
    // The header of the last frame cannot be told from a frame that was cut off.
    if (damage->empty()) {
      ASSERT_GT(offset, good.size() * 8 / 10);
      continue;
    }
    EXPECT_EQ(damage->front().file, log);
    EXPECT_THAT(damage->front().what, HasSubstr("bytes "));
  }
}

TEST(FaultInjection, ALogOfAFutureVersionIsRefused) {
  const auto dir = temporary_directory();
  const auto store = dir.path() / "s";
  ASSERT_OK(create_store(store));
  ASSERT_FALSE(write_until_it_fails(store, CommitBy::kLog, 1, 2).error);
  const auto log = store / "wal/000001.wal";
  auto bytes = read_file(log).value();
  bytes[8] = 2;  // the version, behind the magic
  testing::write_bytes(log, bytes);
  for (const auto& error : {open_store(store).error(), open_store_writer(store).error()}) {
    EXPECT_EQ(error.code, ErrorCode::kDamaged);
    EXPECT_EQ(error.where, log.string());
    EXPECT_THAT(error.what, HasSubstr("format 2"));
    EXPECT_EQ(error.hint, "Use a newer culprit.");
  }
}

TEST(FaultInjection, RecoveryTellsALogFrameThatIsLost) {
  const auto dir = temporary_directory();
  const auto store = dir.path() / "s";
  ASSERT_OK(create_store(store));
  ASSERT_FALSE(write_until_it_fails(store, CommitBy::kLog, 1, 10).error);
  const auto log = store / "wal/000001.wal";
  auto bytes = read_file(log).value();
  bytes[200] = static_cast<char>(bytes[200] ^ 4);
  testing::write_bytes(log, bytes);
  for (int i = 0; i < 2; ++i) ASSERT_OK(open_store_writer(store));  // told once
  ASSERT_OK(compact_store(store, {}));
  const auto opened = open_store(store);
  ASSERT_OK(opened);
  EXPECT_EQ(scan(**opened).size(), 180u);
  const auto gaps = (*opened)->gaps();
  ASSERT_OK(gaps);
  ASSERT_EQ(gaps->size(), 1u);
  EXPECT_EQ(gaps->front().reason, GapReason::kUnreadable);
  EXPECT_THAT(gaps->front().detail, HasSubstr("write-ahead log"));
  EXPECT_TRUE(check_store(store)->empty());
}

// A flipped bit in any block of a segment: check names file and bytes; repair saves the rows it does not
// touch.
TEST(FaultInjection, RepairSavesWhatAFlippedBitDoesNotTouchAndKeepsTheOriginal) {
  const auto dir = temporary_directory();
  const auto made = dir.path() / "made";
  std::vector<LogEvent> events;
  testing::RandomEvents random(11);
  for (int i = 0; i < 30'000; ++i)
    events.push_back(event("g", "s", i,
                           i % 3 == 0 ? fmt::format("GET /users/{} took {} ms", i, random.below(5000))
                                      : fmt::format("job {} of queue q{} done", i, i % 7)));
  testing::write_store(made, events);
  const auto good = read_file(made / "segments/000001.seg").value();
  std::uint64_t partly = 0;
  for (std::size_t offset = 0; offset < good.size(); offset += 1 + good.size() / 40) {
    const auto store = dir.path() / "s";
    std::filesystem::remove_all(store);
    std::filesystem::copy(made, store, std::filesystem::copy_options::recursive);
    auto bytes = good;
    bytes[offset] = static_cast<char>(bytes[offset] ^ (1 << offset % 8));
    testing::write_bytes(store / "segments/000001.seg", bytes);
    const auto damage = check_store(store);
    ASSERT_OK(damage);
    ASSERT_FALSE(damage->empty()) << offset;
    EXPECT_EQ(damage->front().file, store / "segments/000001.seg");
    const auto repaired = repair_store(store);
    ASSERT_OK(repaired);
    EXPECT_EQ(repaired->events_saved + repaired->events_lost, events.size()) << offset;
    partly += repaired->events_saved > 0 ? 1 : 0;
    EXPECT_EQ(read_file(repaired->aside / "000001.seg").value(), bytes);
    EXPECT_TRUE(check_store(store)->empty());
    const auto opened = open_store(store);
    ASSERT_OK(opened);
    const auto left = scan(**opened);
    EXPECT_EQ(left.size(), repaired->events_saved);
    for (const auto& e : left) ASSERT_EQ(e.message, events[e.number - 1].message) << offset;
    EXPECT_EQ((*opened)->gaps()->size(), repaired->events_lost > 0 ? 1u : 0u);
  }
  EXPECT_GT(partly, 0u);
}

// Segments that several pages long, so that a cut one keeps some.
std::filesystem::path a_store_of_large_segments(const std::filesystem::path& directory) {
  const auto path = directory / "s";
  auto writer = create_store(path);
  EXPECT_TRUE(writer);
  std::uint64_t state = 1;
  for (int commit = 0; commit < 2; ++commit) {
    for (int i = 0; i < 4000; ++i) {
      state = state * 6364136223846793005U + 1442695040888963407U;
      EXPECT_TRUE((*writer)->append(event("g", "s", i, fmt::format("id {:016x} of {}", state, i)).view()));
    }
    EXPECT_TRUE((*writer)->commit());
  }
  return path;
}

TEST(FailingDisk, AFileThatIsCutWhileItIsReadIsAnErrorThatNamesIt) {
  const auto dir = temporary_directory();
  const auto path = a_store_of_large_segments(dir.path());
  const auto store = open_store(path);
  ASSERT_OK(store);
  const auto cut = path / "segments" / "000001.seg";
  const auto size = std::filesystem::file_size(cut);
  ASSERT_GT(size, 20'000u);
  std::filesystem::resize_file(cut, 4096);
  std::size_t readable = 0;
  const auto scanned = (*store)->scan_logs({}, [&](const LogEventView&) { return ++readable > 0; });
  ASSERT_FALSE(scanned);
  EXPECT_EQ(scanned.error().code, ErrorCode::kDamaged);
  EXPECT_EQ(scanned.error().where, cut.string());
  EXPECT_THAT(scanned.error().what, HasSubstr("lost bytes while it was read"));
  EXPECT_GE(readable, 4000u);  // the other segment
  const auto damage = check_store(path);
  ASSERT_OK(damage);
  ASSERT_EQ(damage->size(), 1u);
  EXPECT_EQ(damage->front().file, cut);
  const auto repaired = repair_store(path);
  ASSERT_OK(repaired);
  EXPECT_EQ(repaired->events_lost, 4000u);
  EXPECT_TRUE(check_store(path)->empty());
}

TEST(FailingDisk, ACountOverAFileThatIsCutIsAnError) {
  const auto dir = temporary_directory();
  const auto path = a_store_of_large_segments(dir.path());
  const auto store = open_store(path);
  ASSERT_OK(store);
  std::filesystem::resize_file(path / "segments" / "000002.seg", 0);
  std::vector<MessagePattern> patterns;
  patterns.push_back(*MessagePattern::literal("of 17"));
  const LogSearch search(std::move(patterns));
  const auto counted = (*store)->count_matches({}, search, std::chrono::minutes(1));
  ASSERT_FALSE(counted);
  EXPECT_THAT(counted.error().where, HasSubstr("000002.seg"));
}

// The disk fails on one file only.
class CannotRead : public FileFaults {
 public:
  explicit CannotRead(std::string name) : name_(std::move(name)) { set_file_faults(this); }
  ~CannotRead() override { set_file_faults(nullptr); }
  int before(Operation operation, const std::filesystem::path& path, std::uint64_t, std::size_t&) override {
    return operation == Operation::kRead && path.filename() == name_ ? EIO : 0;
  }

 private:
  const std::string name_;
};

TEST(FailingDisk, ASegmentThatCannotBeReadIsNamedAndTheRestIsReadable) {
  const auto dir = temporary_directory();
  const auto path = a_store_of_large_segments(dir.path());
  const CannotRead fault("000001.seg");
  const auto store = open_store(path);
  ASSERT_OK(store);
  std::size_t readable = 0;
  const auto scanned = (*store)->scan_logs({}, [&](const LogEventView&) { return ++readable > 0; });
  ASSERT_FALSE(scanned);
  EXPECT_THAT(scanned.error().where, HasSubstr("000001.seg"));
  EXPECT_THAT(scanned.error().what, HasSubstr("cannot read: Input/output error"));
  EXPECT_EQ(readable, 4000u);
  const auto damage = check_store(path);
  ASSERT_OK(damage);
  ASSERT_EQ(damage->size(), 1u);
  EXPECT_THAT(damage->front().file.string(), HasSubstr("000001.seg"));
}

TEST(FailingDisk, AWriteAheadLogThatCannotBeReadIsNamed) {
  const auto dir = temporary_directory();
  const auto path = dir.path() / "s";
  {
    auto writer = create_store(path, CommitBy::kLog);
    ASSERT_OK(writer);
    ASSERT_OK((*writer)->append(event("g", "s", 1, "line").view()));
    ASSERT_OK((*writer)->commit());
  }
  const auto name = std::filesystem::directory_iterator(path / "wal")->path().filename().string();
  const CannotRead fault(name);
  const auto store = open_store(path);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::kStorage);
  EXPECT_THAT(store.error().where, HasSubstr(name));
}

}  // namespace
}  // namespace culprit
