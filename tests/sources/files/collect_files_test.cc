#include "sources/files/collect_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "sources/files/intake.h"
#include "support.h"

namespace culprit {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr std::string_view kWeb = "/aws/ecs/shop-web";
constexpr std::string_view kAi = "/aws/ecs/shop-ai";
constexpr std::string_view kDb = "/aws/rds/instance/shop-db/postgresql";

constexpr std::string_view kPostgresLog =
    "2025-08-21 23:00:01 UTC:10.0.1.5(43210):shop@shop:[12345]:LOG:  duration: 1523.221 ms  execute "
    "<unnamed>: SELECT 1\n"
    "2025-08-21 23:00:15 UTC:10.0.1.5(43210):shop@shop:[12345]:ERROR:  canceling statement due to statement "
    "timeout\n"
    "2025-08-21 23:00:15 UTC:10.0.1.5(43210):shop@shop:[12345]:STATEMENT:  SELECT *\n"
    "\tFROM messages\n"
    "2025-08-21 23:00:16 UTC:10.0.1.5(43210):shop@shop:[12345]:LOG:  checkpoint starting: time\n";

std::string rails_log(int lines) {
  std::string out;
  for (int i = 0; i < lines; ++i)
    out += "I, [2025-08-21T23:00:" + std::string(i % 60 < 10 ? "0" : "") + std::to_string(i % 60) +
           ".000000 #1]  INFO -- : [8d7a57f-" + std::to_string(i) + "] Completed 200 OK in 12ms\n";
  return out;
}

std::string gzipped(std::string_view text) {
  z_stream z{};
  deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&z, text.size()) + 32, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

TEST(CollectFiles, ReadsLogsIntoTheirGroups) {
  Folder in;
  in.file("logs/aws/ecs/shop-web/web/shop/1.log.gz", gzipped(rails_log(3)))
      .file("logs/aws/rds/instance/shop-db/postgresql/shop-db.0.log", kPostgresLog)
      .file("packed.log.zst", zstd_compress(rails_log(2), 3));
  RememberingStore store;
  const auto report = collect(in.path(), store);
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_THAT(store.messages(kWeb), SizeIs(5));
  ASSERT_THAT(store.messages(kDb), SizeIs(3));
  EXPECT_THAT(store.messages(kDb)[1], HasSubstr("statement timeout\n"));
  EXPECT_THAT(store.messages(kDb)[1], HasSubstr("STATEMENT:  SELECT *\n\tFROM messages"));
  EXPECT_EQ(store.events[0].stream, "web/shop/1");
  EXPECT_EQ(store.events[0].time, store.events[0].ingestion);
  EXPECT_EQ(format_utc(store.events[1].time), "2025-08-21T23:00:01Z");
  EXPECT_EQ(store.notes["source"], "files");
  ASSERT_EQ(report->files.size(), 3u);
  EXPECT_EQ(report->files[0].path, "logs/aws/ecs/shop-web/web/shop/1.log.gz");
  EXPECT_THAT(report->files[0].target, HasSubstr("/aws/ecs/shop-web stream web/shop/1 (by path)"));
  EXPECT_THAT(report->files[1].format, HasSubstr("postgres"));
  EXPECT_EQ(report->files[1].events, 3u);
  EXPECT_EQ(report->files[1].bytes, kPostgresLog.size());
  EXPECT_THAT(report->files[2].target, HasSubstr("(by format)"));
  EXPECT_EQ(report->covered->start, *parse_iso8601("2025-08-21T23:00:00Z"));
  EXPECT_THAT(store.journal, SizeIs(3));
  EXPECT_EQ(store.journal[1].action, "file:read");
  EXPECT_EQ(store.journal[1].request, "logs/aws/rds/instance/shop-db/postgresql/shop-db.0.log");
  EXPECT_EQ(store.journal[1].outcome, "ok");
}

TEST(CollectFiles, TakesOneFileAndUsesTheFoldersAboveIt) {
  Folder in;
  in.file("aws/ecs/shop-ai/x.log", rails_log(2));
  RememberingStore store;
  ASSERT_TRUE(collect(in.path() / "aws/ecs/shop-ai/x.log", store));
  EXPECT_THAT(store.messages("/aws/ecs/shop-ai"), SizeIs(2));
}

TEST(CollectFiles, GivesTheSameEventsEveryTime) {
  Folder in;
  in.file("b/web.log", rails_log(50))
      .file("b.log", kPostgresLog)
      .file("a/worker.log", rails_log(7))
      .file("B/ai.log", rails_log(2));
  RememberingStore once, twice;
  const auto first = collect(in.path(), once);
  ASSERT_TRUE(first);
  ASSERT_TRUE(collect(in.path(), twice));
  ASSERT_EQ(once.events.size(), twice.events.size());
  for (std::size_t i = 0; i < once.events.size(); ++i) {
    EXPECT_EQ(once.events[i].group, twice.events[i].group);
    EXPECT_EQ(once.events[i].message, twice.events[i].message);
  }
  std::vector<std::string> paths;
  for (const auto& row : first->files) paths.push_back(row.path);
  EXPECT_THAT(paths, ElementsAre("B/ai.log", "a/worker.log", "b.log", "b/web.log"));
}

TEST(CollectFiles, KeepsOnlyTheWindowAndCountsTheRest) {
  Folder in;
  in.file("web.log", rails_log(60)).file("db.log", kPostgresLog);
  RememberingStore store;
  CollectFilesOptions options;
  options.keep = window("2025-08-21T23:00:30Z", "2025-08-21T23:00:40Z");
  const auto report = collect(in.path(), store, options);
  ASSERT_TRUE(report);
  EXPECT_THAT(store.messages(kWeb), SizeIs(10));
  EXPECT_EQ(row_of(*report, "web.log")->outside, 50u);
  EXPECT_THAT(row_of(*report, "web.log")->note, HasSubstr("50 of 60 events lie outside"));
  const auto* gap = store.gap_about(kDb);
  ASSERT_NE(gap, nullptr);
  EXPECT_EQ(gap->reason, GapReason::kEmpty);
  EXPECT_THAT(gap->detail, HasSubstr("3 log event(s)"));
}

TEST(CollectFiles, SaysWhichTimeTheInputCoversWhenNothingLiesInTheWindow) {
  Folder in;
  in.file("web.log", rails_log(60));
  RememberingStore store;
  CollectFilesOptions options;
  options.keep = window("2025-08-22T23:00:00Z", "2025-08-22T23:10:00Z");
  const auto report = collect(in.path(), store, options);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kInput);
  EXPECT_THAT(report.error().what,
              HasSubstr("60 log events run from 2025-08-21T23:00:00Z to 2025-08-21T23:00:59Z"));
}

TEST(CollectFiles, StopsAtTheLimitAndNamesWhatIsLeftOut) {
  Folder in;
  in.file("ai.log", rails_log(60))
      .file("web.log", rails_log(60))
      .file("rds-CPUUtilization.csv", "timestamp,value\n1755817200,5\n");
  RememberingStore store;
  CollectFilesOptions options;
  options.max_log_bytes = 850;
  const auto report = collect(in.path(), store, options);
  ASSERT_TRUE(report);
  std::size_t kept = 0;
  for (const auto& e : store.events) kept += e.message.size();
  EXPECT_LE(kept, 850u);
  EXPECT_GT(kept, 700u);
  for (const auto& [group, path] : {std::pair{kAi, "ai.log"}, {kWeb, "web.log"}}) {
    const auto* gap = store.gap_about(group);
    ASSERT_NE(gap, nullptr) << path;
    EXPECT_EQ(gap->reason, GapReason::kCut);
    EXPECT_THAT(gap->detail, HasSubstr(path));
    EXPECT_THAT(gap->detail, HasSubstr("the limit of 850 bytes of log was reached"));
    ASSERT_TRUE(gap->window);
    for (const auto& e : store.events) EXPECT_FALSE(e.group == group && gap->window->contains(e.time));
  }
  EXPECT_EQ(store.series.size(), 1u);  // metrics are no log
}

TEST(CollectFiles, TheLimitGoesToTheIncidentWindowBeforeAnyFilesName) {
  Folder in;
  in.file("ai.log", rails_log(60)).file("web.log", rails_log(60));
  RememberingStore store;
  CollectFilesOptions options;
  const Time start = from_epoch_ms(1755817240000);  // 23:00:40
  options.first = Window{start, start + std::chrono::seconds{10}};
  options.max_log_bytes = 20 * 77 + 10 * 77;  // both windows, and half as much of the rest
  ASSERT_TRUE(collect(in.path(), store, options));
  std::map<std::string, int> in_window;
  for (const auto& e : store.events) in_window[e.group] += options.first->contains(e.time) ? 1 : 0;
  EXPECT_EQ(in_window[std::string(kAi)], 10);
  EXPECT_EQ(in_window[std::string(kWeb)], 10);
  EXPECT_GT(store.events.size(), 24u);
  EXPECT_LT(store.events.size(), 33u);
  EXPECT_NE(store.gap_about(kWeb), nullptr);
}

TEST(ShareOut, ServesTheWindowFirstAndSharesInProportion) {
  const auto firsts = [](const std::vector<LogShare>& shares) {
    return std::vector<std::uint64_t>{shares[0].first, shares[1].first};
  };
  const auto rests = [](const std::vector<LogShare>& shares) {
    return std::vector<std::uint64_t>{shares[0].rest, shares[1].rest};
  };
  const std::vector<LogShare> wanted{{100, 1000}, {300, 3000}};
  EXPECT_THAT(firsts(share_out(wanted, 10'000)), ElementsAre(100, 300));
  EXPECT_THAT(rests(share_out(wanted, 10'000)), ElementsAre(1000, 3000));
  EXPECT_THAT(firsts(share_out(wanted, 800)), ElementsAre(100, 300));
  EXPECT_THAT(rests(share_out(wanted, 800)), ElementsAre(100, 300));
  EXPECT_THAT(firsts(share_out(wanted, 200)), ElementsAre(50, 150));
  EXPECT_THAT(rests(share_out(wanted, 200)), ElementsAre(0, 0));
}

TEST(CollectFiles, RecordsWhatTheSystemNamesAndTheInputLacks) {
  Folder in;
  in.file("web.log", rails_log(3)).file("rds-CPUUtilization.csv", "timestamp,value\n1755817200,5\n");
  RememberingStore store;
  ASSERT_TRUE(collect(in.path(), store));
  EXPECT_EQ(store.gap_about(kWeb), nullptr);
  ASSERT_NE(store.gap_about(kDb), nullptr);
  EXPECT_EQ(store.gap_about(kDb)->reason, GapReason::kMissing);
  EXPECT_EQ(store.gap_about(kDb)->component, "db");
  EXPECT_THAT(store.gap_about(kDb)->detail, HasSubstr("no log of Database"));
  ASSERT_NE(store.gap_about("metrics of web"), nullptr);
  ASSERT_NE(store.gap_about("AWS/RDS DatabaseConnections DBInstanceIdentifier=shop-db"), nullptr);
  EXPECT_EQ(store.gap_about("AWS/RDS CPUUtilization DBInstanceIdentifier=shop-db"), nullptr);
  EXPECT_NE(store.gap_about("ecs:service"), nullptr);
  EXPECT_NE(store.gap_about("ecs:task"), nullptr);
  EXPECT_NE(store.gap_about("rds:db-instance"), nullptr);
}

// Every kind of bad file beside a good one: a row and a gap each, and the good one is read.
TEST(CollectFiles, NeverFailsAsAWholeForABadFile) {
  Folder in;
  const auto packed = gzipped(rails_log(20'000));
  std::string binary = "\x01\x02\x03";
  for (int i = 0; i < 5000; ++i) binary += static_cast<char>(i * 37);
  in.file("web.log", rails_log(3))
      .file("empty.log", "")
      .file("blank.log", "\n\n")
      .file("binary.log", binary)
      .file("worker.log.gz", packed.substr(0, packed.size() / 2))
      .file("wrong.csv", "timestamp,host,cpu\n1,a,2\n")
      .file("lines.csv",
            std::string("timestamp,namespace,metric,dimensions,statistic,unit,period_s,value\n") +
                "x,A,B,,Sum,,60,1\n")
      .file("tasks.json", R"({"tasks":[{"taskArn":"arn:1","lastStatus":"RUNNING"},{"taskArn)")
      .file("other.json", "{\n  \"hello\": 1\n}\n")
      .file("notes.txt", "nothing that a log would say\nreally nothing\n")
      .file("archive.zip", std::string_view("PK\x03\x04\x14\x00\x00\x00", 8))
      .file("wide.log", std::string_view("\xff\xfe"
                                         "h\0i\0",
                                         6))
      .file("odd-\xff-name.log", "also nothing\n");
  RememberingStore store;
  const auto report = collect(in.path(), store);
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_THAT(store.messages(kWeb), SizeIs(3));
  const std::vector<std::pair<std::string, std::string>> expected{
      {"empty.log", "the file is empty"},
      {"blank.log", "the file is empty"},
      {"binary.log", "binary data"},
      {"worker.log.gz", "damaged gzip data after"},
      {"wrong.csv", "another header"},
      {"lines.csv", "line 2: 'x' is not a time"},
      {"tasks.json", "JSON broken at byte"},
      {"other.json", "no known aws answer (its first member is 'hello')"},
      {"notes.txt", "it begins with 'nothing that a log would say'"},
      {"archive.zip", "a zip archive: unpack it first"},
      {"wide.log", "UTF-16"},
      {"odd-\\xff-name.log", "no known log format"},
  };
  for (const auto& [path, what] : expected) {
    const auto* row = row_of(*report, path);
    ASSERT_NE(row, nullptr) << path;
    EXPECT_THAT(row->note, HasSubstr(what)) << path;
    EXPECT_NE(store.gap_about(path), nullptr) << path;
  }
  EXPECT_EQ(row_of(*report, "notes.txt")->format, "unknown");
  EXPECT_GT(store.messages("/aws/ecs/shop-worker").size(), 1000u);  // what stood before the damage
  EXPECT_THAT(store.states, SizeIs(1));
}

TEST(CollectFiles, ReportsAFileItMayNotRead) {
  Folder in;
  in.file("web.log", rails_log(3)).file("secret.log", rails_log(3));
  ::chmod((in.path() / "secret.log").c_str(), 0);
  ::chmod(in.path().c_str(), 0755);
  const bool root = ::geteuid() == 0;  // root may read everything: be somebody else for a moment
  if (root) {
    ASSERT_EQ(::seteuid(65534), 0);
  }
  RememberingStore store;
  const auto report = collect(in.path(), store);
  if (root) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  ASSERT_TRUE(report);
  EXPECT_THAT(row_of(*report, "secret.log")->note, HasSubstr("Permission denied"));
  EXPECT_NE(store.gap_about("secret.log"), nullptr);
}

TEST(CollectFiles, CutsAnEndlessLineAndSaysSo) {
  Folder in;
  in.file("web.log", "I, [2025-08-21T23:00:01.000000 #1]  INFO -- : " + std::string(50'000'000, 'x') + "\n" +
                         rails_log(2));
  RememberingStore store;
  const auto report = collect(in.path(), store);
  ASSERT_TRUE(report);
  EXPECT_THAT(store.messages(kWeb), SizeIs(3));
  EXPECT_LE(store.events[0].message.size(), 300'000u);
  ASSERT_NE(store.gap_about("web.log"), nullptr);
  EXPECT_EQ(store.gap_about("web.log")->reason, GapReason::kCut);
}

TEST(CollectFiles, KeepsBytesThatAreNotUtf8) {
  Folder in;
  in.file("web.log", "I, [2025-08-21T23:00:01.000000 #1]  INFO -- : caf\xe9 \xff\xfe\n");
  RememberingStore store;
  ASSERT_TRUE(collect(in.path(), store));
  EXPECT_THAT(store.events.at(0).message, HasSubstr("caf\xe9 \xff\xfe"));
}

TEST(CollectFiles, SkipsHiddenFilesLinksAndPipesAndSaysSo) {
  Folder in, outside;
  outside.file("far.log", rails_log(3));
  in.file("web.log", rails_log(3))
      .file(".DS_Store", "x")
      .file(".git/a.log", rails_log(1))
      .file("README.md", "# hello\n");
  std::filesystem::create_symlink(in.path() / "web.log", in.path() / "current.log");
  std::filesystem::create_symlink(outside.path() / "far.log", in.path() / "far.log");
  std::filesystem::create_directory_symlink(in.path(), in.path() / "loop");
  ::mkfifo((in.path() / "pipe").c_str(), 0600);
  RememberingStore store;
  const auto report = collect(in.path(), store);
  ASSERT_TRUE(report);
  EXPECT_THAT(store.events, SizeIs(3));
  EXPECT_EQ(row_of(*report, ".DS_Store")->note, "hidden");
  EXPECT_EQ(row_of(*report, ".git")->note, "hidden");
  EXPECT_THAT(row_of(*report, "current.log")->note, HasSubstr("read under its own name"));
  EXPECT_THAT(row_of(*report, "loop")->note, HasSubstr("symbolic link into the input"));
  EXPECT_THAT(row_of(*report, "far.log")->note, HasSubstr("leads out of the input"));
  EXPECT_NE(store.gap_about("far.log"), nullptr);
  EXPECT_THAT(row_of(*report, "pipe")->note, HasSubstr("no regular file"));
  EXPECT_EQ(row_of(*report, "README.md")->format, "document");
  EXPECT_EQ(store.gap_about("README.md"), nullptr);
}

TEST(CollectFiles, NamesTheFirstFilesWhenNothingIsUsable) {
  Folder in;
  in.file("a.txt", "hello world\n").file("b.bin", std::string(100, '\1'));
  RememberingStore store;
  const auto report = collect(in.path(), store);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kInput);
  EXPECT_THAT(report.error().message(),
              HasSubstr("a.txt: no known log format; it begins with 'hello world'"));
  EXPECT_THAT(report.error().message(), HasSubstr("b.bin: binary data"));
}

TEST(CollectFiles, FailsForAnEmptyFolderAMissingPathAndAFullDisk) {
  Folder in;
  RememberingStore store;
  EXPECT_EQ(collect(in.path(), store).error().code, ErrorCode::kInput);
  EXPECT_EQ(collect(in.path() / "nowhere", store).error().code, ErrorCode::kNotFound);
  in.file("web.log", rails_log(10));
  store.fail_at = 5;
  const auto report = collect(in.path(), store);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::kStorage);
}

}  // namespace
}  // namespace culprit
