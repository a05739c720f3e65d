#include "sql_report/read_sql_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <atomic>
#include <fstream>

#include "base/file.h"
#include "random_log.h"
#include "sql_report/sql_report.h"

namespace culprit {
namespace {

using testing::HasSubstr;

class ReadSqlLog : public testing::Test {
 protected:
  std::filesystem::path write(std::string_view name, std::string_view text) {
    const auto path = directory_->path() / name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  Result<TemporaryDirectory> directory_ = TemporaryDirectory::create("sql-report");
};

std::string gzipped(std::string_view text) {
  z_stream z{};
  deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
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

TEST_F(ReadSqlLog, ThreadsAndPackingChangeNothing) {
  const std::string log = RandomLog(1, 0).make(40'000);
  ASSERT_GT(log.size(), 3u << 20);  // several parts
  const auto plain = write("postgresql.log", log);
  const auto packed = write("postgresql.log.gz", gzipped(log));
  ReadSqlLogOptions options;
  options.threads = 1;
  const auto one = read_sql_log(plain, options);
  ASSERT_TRUE(one);
  const auto expected = describe(one->tally);
  EXPECT_EQ(one->tally.bytes(), log.size());
  for (const unsigned threads : {2u, 5u}) {
    options.threads = threads;
    std::atomic<std::uint64_t> told = 0;
    options.progress = [&](std::uint64_t bytes) { told += bytes; };
    EXPECT_EQ(describe(read_sql_log(plain, options)->tally), expected) << threads;
    EXPECT_EQ(told, log.size());
    EXPECT_EQ(describe(read_sql_log(packed, options)->tally), expected) << threads;
  }
}

TEST_F(ReadSqlLog, AnEntryLongerThanAPartIsOneEntry) {
  const std::string prefix = "2025-08-21 23:00:00 UTC:10.0.0.1(5):a@b:[7]:";
  std::string log = prefix + "LOG:  duration: 5.000 ms  statement: SELECT 1 WHERE a IN (1";
  for (int i = 0; i < 400'000; ++i) log += ", " + std::to_string(i);
  log += ")\n" + prefix + "LOG:  duration: 7.500 ms  statement: SELECT 2\n";
  const auto read = read_sql_log(write("long.log", log), {});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->tally.calls().calls, 2u);
  EXPECT_EQ(read->tally.calls().total_us, 12'500);
  const auto report = make_sql_report(read->tally, 10);
  EXPECT_EQ(report.statements[1].list_max, 400'001u);
}

TEST_F(ReadSqlLog, OtherLogsAreRefusedWithWords) {
  const auto rails = read_sql_log(
      write("web.log", "I, [2024-04-25T17:26:43.755035 #1]  INFO -- : [a] Started GET \"/\" for 1.1.1.1\n"),
      {});
  ASSERT_FALSE(rails);
  EXPECT_EQ(rails.error().code, ErrorCode::kInput);
  EXPECT_THAT(rails.error().what, HasSubstr("rails"));
  EXPECT_EQ(read_sql_log(write("empty.log", ""), {}).error().code, ErrorCode::kInput);
  EXPECT_EQ(read_sql_log(directory_->path() / "absent", {}).error().code, ErrorCode::kNotFound);
}

TEST_F(ReadSqlLog, DamageIsToldAndWhatStandsBeforeItIsRead) {
  const std::string log = RandomLog(2, 0).make(20'000);
  std::string packed = gzipped(log);
  packed.resize(packed.size() / 2);
  const auto read = read_sql_log(write("cut.log.gz", packed), {});
  ASSERT_TRUE(read);
  EXPECT_THAT(read->note, HasSubstr("damage"));
  EXPECT_GT(read->tally.entries(), 1000u);
}

TEST_F(ReadSqlLog, CsvlogAndJsonlogGiveTheReportOfTheStderrLog) {
  const auto folder = std::filesystem::path(CULPRIT_SOURCE_DIR) / "tests/logs/cases/postgres_forms";
  const auto of = [&](std::string_view extension) {
    const auto read = read_sql_log(folder / ("postgresql." + std::string(extension)), {});
    EXPECT_TRUE(read) << extension;
    auto report = make_sql_report(read->tally, 100);
    std::string out = std::to_string(report.entries) + " " + std::to_string(report.errors) + " " +
                      std::to_string(report.plans) + " " + std::to_string(report.temp_bytes) + " " +
                      std::to_string(report.connections.session_total_s) + "\n";
    for (const auto& s : report.statements)
      out += s.fingerprint + " " + std::to_string(s.durations.count) + " " +
             std::to_string(s.durations.total_ms) + " " + std::to_string(s.errors) + " " +
             std::to_string(s.temp_files) + " " + s.slowest_plan + "\n";
    return out;
  };
  const auto lines = of("log");
  EXPECT_THAT(lines, HasSubstr("Seq Scan on messages"));
  EXPECT_EQ(of("csv"), lines);
  EXPECT_EQ(of("json"), lines);
}

}  // namespace
}  // namespace culprit
