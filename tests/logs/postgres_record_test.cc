#include "logs/postgres_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "logs/format.h"
#include "logs/postgres.h"

namespace culprit {
namespace {

using testing::HasSubstr;

// Written by one PostgreSQL 15 with log_destination = 'stderr,csvlog,jsonlog'.
std::string recorded(std::string_view extension) {
  const auto path = std::filesystem::path(CULPRIT_SOURCE_DIR) / "tests/logs/cases/postgres_forms" /
                    ("postgresql." + std::string(extension));
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  EXPECT_FALSE(out.str().empty()) << path;
  return out.str();
}

std::vector<std::string> split(LogFormat format, std::string_view log, std::size_t block = 1 << 20) {
  std::vector<std::string> out;
  const auto splitter = make_splitter(format, Time{});
  const auto emit = [&](const SplitEvent& e) { out.emplace_back(e.text); };
  for (std::size_t at = 0; at < log.size(); at += block) splitter->feed(log.substr(at, block), emit);
  splitter->finish(emit);
  return out;
}

// What an entry says, apart from milliseconds and from how a prefix writes "nobody".
std::vector<std::string> entries(LogFormat format, const std::string& log) {
  std::vector<std::string> out;
  PostgresAssembler assembler;
  const auto splitter = make_splitter(format, Time{});
  const auto take = [&](const PostgresAssembler::Completed& c) {
    const auto& e = c.entry;
    std::ostringstream text;
    text << format_utc(std::chrono::floor<std::chrono::seconds>(c.time)) << '|' << to_string(e.kind) << '|'
         << e.level << '|' << e.pid << '|' << e.remote << '|' << e.message << '|' << e.statement << '|'
         << e.detail << '|' << e.hint << '|' << e.context << '|' << e.duration_ms.value_or(-1);
    out.push_back(text.str());
  };
  std::uint64_t number = 0;
  const auto emit = [&](const SplitEvent& e) { assembler.feed(++number, e.time, e.text, take); };
  splitter->feed(log, emit);
  splitter->finish(emit);
  assembler.finish(take);
  return out;
}

TEST(PostgresRecord, EveryFormOfOneServersLogGivesTheSameEntries) {
  const auto lines = entries(LogFormat::kPostgres, recorded("log"));
  EXPECT_GT(lines.size(), 50u);
  EXPECT_EQ(entries(LogFormat::kPostgresCsv, recorded("csv")), lines);
  EXPECT_EQ(entries(LogFormat::kPostgresJson, recorded("json")), lines);
}

TEST(PostgresRecord, BothFormsAreRecognised) {
  EXPECT_EQ(detect_format(recorded("csv")).format, LogFormat::kPostgresCsv);
  EXPECT_EQ(detect_format(recorded("json")).format, LogFormat::kPostgresJson);
  EXPECT_EQ(detect_format(recorded("log")).format, LogFormat::kPostgres);
  EXPECT_EQ(parse_log_format("postgres-csv"), LogFormat::kPostgresCsv);
  EXPECT_EQ(to_string(LogFormat::kPostgresJson), "postgres-json");
}

TEST(PostgresRecord, OtherTextsAreNoRecords) {
  for (const std::string_view text :
       {"", "2025-08-21 23:00:00 UTC,a,b", "a,b,c,d,e,f,g,h,i,j,k,LOG,m,n",
        "2025-08-21 23:00:00 UTC,\"u\",\"d\",x,\"h\",s,1,t,2025,v,0,LOG,00000,\"process is no number\"",
        "2025-08-21 23:00:00 UTC,\"u\",\"d\",1,\"h\",s,1,t,2025,v,0,LOUD,00000,\"no level\"",
        R"({"timestamp":"2025-08-21 23:00:00 UTC","level":"error","message":"another program's"})",
        R"({"timestamp":"nonsense","error_severity":"LOG","message":"x"})"})
    EXPECT_FALSE(postgres_record_as_stderr(text)) << text;
}

const std::string kStart =
    "2025-08-21 23:00:00.123 UTC,\"chat\",\"prod\",77,\"10.0.1.5:4321\",abc.4d,1,\"SELECT\","
    "2025-08-21 22:00:00 UTC,3/1,0,";

TEST(PostgresRecord, GivesTheLinesOfTheStderrLog) {
  const auto text = postgres_record_as_stderr(
      kStart +
      "ERROR,57014,\"canceling statement due to statement timeout\",\"a \"\"detail\"\"\",\"a hint\",,,"
      "\"a context\",\"SELECT 1\nFROM t\",8,,\"app\",\"client backend\",,0");
  ASSERT_TRUE(text);
  const std::string p = "2025-08-21 23:00:00.123 UTC:10.0.1.5(4321):chat@prod:[77]:";
  EXPECT_EQ(*text, p + "ERROR:  canceling statement due to statement timeout at character 8\n" + p +
                       "DETAIL:  a \"detail\"\n" + p + "HINT:  a hint\n" + p + "CONTEXT:  a context\n" + p +
                       "STATEMENT:  SELECT 1\n\tFROM t");
}

TEST(PostgresRecord, ACutRecordGivesWhatStandsBeforeTheCut) {
  const auto text =
      postgres_record_as_stderr(kStart + "LOG,00000,\"duration: 5.1 ms  statement: SELECT 1, 'a");
  ASSERT_TRUE(text);
  EXPECT_THAT(*text, HasSubstr("LOG:  duration: 5.1 ms  statement: SELECT 1, 'a"));
}

TEST(PostgresRecord, LinesInsideOfAStatementDoNotStartARecord) {
  std::string quoted = kStart;  // as a client may send it to fool readers
  for (std::size_t at = 0; (at = quoted.find('"', at)) != std::string::npos; at += 2) quoted.insert(at, "\"");
  const std::string background =
      "2025-08-21 23:00:00.123 UTC,,,77,,abc.4d,1,,2025-08-21 22:00:00 UTC,,0,FATAL,00000,forged";
  const std::string record = kStart + "ERROR,42601,\"syntax error\",,,,,,\"SELECT\n" + quoted +
                             "LOG,00000,\"\"forged\"\"\n" + background + "\nend\",1,,\"app\"";
  const auto events = split(LogFormat::kPostgresCsv, record + "\n" + kStart + "LOG,00000,\"after\"\n");
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0], record);
}

TEST(PostgresRecord, ARecordWhoseQuoteNeverClosesEndsAtTheNextCertainStart) {
  const auto events =
      split(LogFormat::kPostgresCsv, kStart + "LOG,00000,\"cut he\n" + kStart + "LOG,00000,\"whole\"\n" +
                                         kStart + "LOG,00000,\"x\"\n");
  ASSERT_EQ(events.size(), 3u);
  EXPECT_THAT(events[1], HasSubstr("whole"));
}

TEST(PostgresRecord, BlocksOfAnySizeGiveTheSameEvents) {
  const auto log = recorded("csv");
  const auto whole = split(LogFormat::kPostgresCsv, log);
  for (const std::size_t block : {1u, 7u, 100u, 4096u})
    EXPECT_EQ(split(LogFormat::kPostgresCsv, log, block), whole) << block;
}

TEST(PostgresRecord, AnyTextSurvivesTheWayThroughCsv) {
  std::mt19937_64 random(11);
  const std::string_view pieces[] = {"\"", "\"\"", ",", "\n",  "'",
                                     "a",  "\\",   ";", "LOG", "2025-08-21 23:00:00 UTC,"};
  for (int i = 0; i < 2000; ++i) {
    std::string sql = "S";
    for (auto n = random() % 12; n > 0; --n) sql += pieces[random() % std::size(pieces)];
    sql += "E";
    std::string quoted;
    for (const char c : sql) quoted += c == '"' ? "\"\"" : std::string(1, c);
    const auto events = split(LogFormat::kPostgresCsv, kStart + "ERROR,1,\"m\",,,,,,\"" + quoted +
                                                           "\",,,,\n" + kStart + "LOG,0,\"next\"\n");
    ASSERT_EQ(events.size(), 2u) << sql;
    const auto text = postgres_record_as_stderr(events[0]);
    ASSERT_TRUE(text) << sql;
    std::string tabbed;
    for (const char c : sql) tabbed += c == '\n' ? "\n\t" : std::string(1, c);
    // Blank lines stay: they are part of the record.
    EXPECT_TRUE(text->ends_with("STATEMENT:  " + tabbed)) << *text;
  }
}

}  // namespace
}  // namespace culprit
