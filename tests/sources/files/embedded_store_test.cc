// Files into the embedded store and back: what was on disk is what the analysis will read.
#include "store/embedded_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support.h"

namespace culprit {
namespace {

struct Kept {
  std::vector<std::string> events;
  std::size_t gaps = 0, journal = 0;
  std::optional<std::string> source;
};

Kept keep(const Folder& in, const std::filesystem::path& directory) {
  {
    auto writer = create_store(directory);
    EXPECT_TRUE(writer);
    const auto progress = make_silent_progress();
    EXPECT_TRUE(collect_files(in.path(), four_components(), {}, **writer, *progress));
    EXPECT_TRUE((*writer)->commit());
  }
  Kept out;
  const auto store = open_store(directory);
  EXPECT_TRUE(store);
  EXPECT_TRUE((*store)->scan_logs({}, [&](const LogEventView& e) {
    out.events.push_back(std::to_string(e.number) + " " + std::string(e.group) + " " + format_utc(e.time) +
                         " " + std::string(e.message));
    return true;
  }));
  out.gaps = (*store)->gaps()->size();
  out.journal = (*store)->journal()->size();
  out.source = *(*store)->note("source");
  return out;
}

TEST(FilesIntoTheEmbeddedStore, ComeBackTheSameEveryTime) {
  Folder in, stores;
  in.file(
        "web.log",
        "I, [2025-08-21T23:05:00.000000 #1] ERROR -- : caf\xe9\nI, [2025-08-21T23:05:01.5 #1]  INFO -- : b\n")
      .file("postgresql.log",
            "2025-08-21 23:03:11 UTC:10.0.1.5(1):a@b:[12]:ERROR:  deadlock detected\n"
            "2025-08-21 23:03:11 UTC:10.0.1.5(1):a@b:[12]:DETAIL:  Process 12 waits\n")
      .file("rds-CPUUtilization.csv", "timestamp,value\n1755817200,5\n");
  const auto first = keep(in, stores.path() / "a");
  EXPECT_THAT(
      first.events,
      testing::UnorderedElementsAre(
          testing::StartsWith("1 /aws/rds/instance/shop-db/postgresql 2025-08-21T23:03:11Z "),
          "2 /aws/ecs/shop-web 2025-08-21T23:05:00Z I, [2025-08-21T23:05:00.000000 #1] ERROR -- : caf\xe9",
          testing::StartsWith("3 /aws/ecs/shop-web 2025-08-21T23:05:01.500Z ")));
  EXPECT_EQ(first.source, "files");
  EXPECT_EQ(first.journal, 3u);
  EXPECT_GT(first.gaps, 0u);
  EXPECT_EQ(first.events, keep(in, stores.path() / "b").events);
}

}  // namespace
}  // namespace culprit
