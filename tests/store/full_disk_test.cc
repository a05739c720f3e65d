// The fear: the disk is full. The error says so and names the file; what was committed stays readable.
#include <gmock/gmock.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "capsule_builder.h"

namespace culprit {
namespace {

using testing::event;
using ::testing::HasSubstr;
using testing::scan;
using testing::temporary_directory;
using testing::write_bytes;

// A tmpfs of a few megabytes.
class SmallDisk {
 public:
  explicit SmallDisk(const char* options) : directory_(temporary_directory()) {
    mounted_ = ::mount("tmpfs", directory_.path().c_str(), "tmpfs", 0, options) == 0;
    if (!mounted_) why_not_ = std::strerror(errno);
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(directory_.path().c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }
  const std::string& why_not() const { return why_not_; }
  const std::filesystem::path& path() const { return directory_.path(); }

 private:
  TemporaryDirectory directory_;
  bool mounted_ = false;
  std::string why_not_;
};

std::string noise(std::mt19937& random, std::size_t size) {
  std::string out(size, '\0');
  for (auto& c : out) c = static_cast<char>(random());
  return out;
}

// Writes noise until the store refuses; returns the error and how many events were committed before.
Error write_until_refused(StoreWriter& writer, std::mt19937& random, std::size_t& committed) {
  std::size_t appended = committed;
  for (int i = 0; i < 100'000; ++i) {
    auto done = writer.append(event("g", "s", i, noise(random, 3000)).view());
    ++appended;
    if (done && i % 3 == 0) done = writer.put_note(fmt::format("key {}", i), noise(random, 2000));
    if (done && i % 10 == 0) {
      done = writer.commit();
      if (done) committed = appended;
    }
    if (!done) return done.error();
  }
  return Error{};
}

TEST(FullDisk, WritingFailsClearlyAndKeepsWhatWasCommitted) {
  for (const std::uint32_t seed : {1u, 2u, 3u}) {
    const SmallDisk disk(seed == 1 ? "size=2m" : seed == 2 ? "size=2100k" : "size=2200k");
    if (!disk.mounted()) GTEST_SKIP() << "a small tmpfs cannot be mounted here: " << disk.why_not();
    std::mt19937 random(seed);
    std::size_t committed = 0;
    {
      auto writer = create_store(disk.path() / "s");
      ASSERT_OK(writer);
      const auto error = write_until_refused(**writer, random, committed);
      EXPECT_EQ(error.code, ErrorCode::kStorage);
      EXPECT_THAT(error.where, ::testing::StartsWith((disk.path() / "s").string()));
      EXPECT_THAT(error.what, HasSubstr("No space left"));
      EXPECT_THAT(error.hint, HasSubstr("disk is full"));
      // Nothing more is accepted, with the same words.
      EXPECT_EQ((*writer)->put_note("a", "b").error().what, error.what);
      EXPECT_EQ((*writer)->commit().error().what, error.what);
    }
    EXPECT_GT(committed, 0u);
    const auto store = open_store(disk.path() / "s");
    ASSERT_OK(store);
    EXPECT_EQ(scan(**store).size(), committed);
  }
}

TEST(FullDisk, SealingLeavesNothing) {
  const SmallDisk disk("size=300k");
  if (!disk.mounted()) GTEST_SKIP() << "a small tmpfs cannot be mounted here: " << disk.why_not();
  const auto dir = temporary_directory();
  std::mt19937 random(1);
  testing::write_store(dir.path() / "s", {event("g", "s", 1, noise(random, 400'000))});
  const auto sealed = seal(dir.path() / "s", disk.path() / "c", {});
  ASSERT_FALSE(sealed);
  EXPECT_EQ(sealed.error().code, ErrorCode::kStorage);
  EXPECT_EQ(sealed.error().where, (disk.path() / "c").string());
  EXPECT_TRUE(std::filesystem::is_empty(disk.path()));
  // Unpacking onto it leaves nothing either.
  ASSERT_OK(seal(dir.path() / "s", dir.path() / "c", {}));
  EXPECT_EQ(unpack(dir.path() / "c", disk.path() / "out").error().code, ErrorCode::kStorage);
  EXPECT_TRUE(std::filesystem::is_empty(disk.path()));
}

// Works without root: a limit on the size of files stands in for the full disk.
TEST(FullDisk, AFileThatMayNotGrowFailsClearly) {
  const auto dir = temporary_directory();
  auto writer = create_store(dir.path() / "s");
  ASSERT_OK(writer);
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 400'000;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  std::mt19937 random(4);
  std::size_t committed = 0;
  const auto error = write_until_refused(**writer, random, committed);
  writer->reset();
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(error.code, ErrorCode::kStorage);
  EXPECT_THAT(error.where, ::testing::StartsWith((dir.path() / "s").string()));
  const auto store = open_store(dir.path() / "s");
  ASSERT_OK(store);
  EXPECT_EQ(scan(**store).size(), committed);
}

}  // namespace
}  // namespace culprit
