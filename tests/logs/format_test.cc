#include "logs/format.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace culprit {
namespace {

TEST(Format, NamesGoBothWays) {
  for (const auto format :
       {LogFormat::kPostgres, LogFormat::kRails, LogFormat::kLograge, LogFormat::kSidekiqJson,
        LogFormat::kSidekiqText, LogFormat::kJson, LogFormat::kTimestamped, LogFormat::kUnknown})
    EXPECT_EQ(parse_log_format(to_string(format)), format);
  EXPECT_FALSE(parse_log_format("xml"));
}

struct Case {
  std::string_view sample;
  LogFormat format;
  std::string_view detail;
};

TEST(Format, IsDetectedFromTheText) {
  const Case cases[] = {
      {"2025-08-21 23:03:11 UTC:10.0.1.5(43210):chatwoot@chatwoot_production:[12345]:LOG:  duration: "
       "1523.221 ms  "
       "execute <unnamed>: SELECT 1\n",
       LogFormat::kPostgres, "log_line_prefix %t:%r:%u@%d:[%p]:"},
      {"2025-08-21 23:03:11 UTC::@:[392]:LOG:  checkpoint starting: time\n", LogFormat::kPostgres,
       "log_line_prefix %t::@:[%p]:"},
      {"2025-08-21 23:03:11.123 UTC [77] LOG:  checkpoint starting: time\n", LogFormat::kPostgres,
       "log_line_prefix %m [%p] "},
      {"2025-08-21 23:03:11.123 UTC [77] chatwoot@prod ERROR:  deadlock detected\n", LogFormat::kPostgres,
       "log_line_prefix %m [%p] %u@%d "},
      {"2025-08-21 23:03:11 UTC [77]: [5-1] user=chat,db=prod,app=puma,client=10.0.1.5 LOG:  duration: 1 "
       "ms\n",
       LogFormat::kPostgres, "log_line_prefix %t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h "},
      {"2025-08-21 23:03:11 UTC LOG:  checkpoint starting: time\n", LogFormat::kPostgres,
       "log_line_prefix %t "},
      {"2025-08-21 23:03:11 XYZT [77] LOG:  checkpoint starting: time\n", LogFormat::kPostgres,
       "log_line_prefix %t [%p] , unknown zone 'XYZT' read as UTC"},
      {"I, [2024-04-25T17:26:43.755035 #1]  INFO -- : [a8d7a57f-ceba-4992-b866-5cb322ab1211] Completed 200 "
       "OK in 1ms\n",
       LogFormat::kRails, "no zone: read as UTC"},
      {"I, [2024-04-25T17:26:43.755035 #1]  INFO -- : [a8d7a57f-ceba-4992-b866-5cb322ab1211] "
       "{\"method\":\"GET\",\"path\":\"/\",\"format\":\"json\",\"status\":200}\n",
       LogFormat::kLograge, "no zone: read as UTC"},
      {"{\"method\":\"GET\",\"path\":\"/\",\"format\":\"json\",\"status\":200,\"duration\":12.5}\n",
       LogFormat::kLograge, "no time of its own"},
      {"method=GET path=/ format=html controller=X action=y status=200 duration=1.2\n", LogFormat::kLograge,
       "no time of its own"},
      {"{\"ts\":\"2025-08-21T23:00:00.000Z\",\"pid\":1,\"tid\":\"abc\",\"lvl\":\"INFO\",\"msg\":\"done\"}\n",
       LogFormat::kSidekiqJson, "time field 'ts'"},
      {"2025-08-21T23:00:00.123Z pid=1 tid=abc class=X jid=1 INFO: start\n", LogFormat::kSidekiqText, ""},
      {"2025-08-21T23:00:00.123Z 1 TID-abc X JID-1 INFO: start\n", LogFormat::kSidekiqText, ""},
      {"{\"timestamp\":1755817200123,\"level\":\"error\",\"message\":\"x\"}\n", LogFormat::kJson,
       "time field 'timestamp'"},
      {"{\"timestamp\":\"2025-08-21T23:00:00Z\",\"level\":\"INFO\",\"method\":\"POST\",\"path\":\"/v1/x\","
       "\"status\":200}\n",
       LogFormat::kJson, "time field 'timestamp'"},
      {"Dec 10 06:55:46 LabSZ sshd[24200]: x\n", LogFormat::kTimestamped, "no zone: read as UTC"},
      {"10.0.1.5 - - [21/Aug/2025:23:00:00 +0000] \"GET / HTTP/1.1\" 200 12\n", LogFormat::kTimestamped, ""},
      {"2025-08-21T23:03:12.001Z 2025-08-21 23:03:11 UTC:10.0.1.5(4):c@d:[1]:ERROR:  canceling statement\n",
       LogFormat::kPostgres, "log_line_prefix %t:%r:%u@%d:[%p]:, behind CloudWatch's time stamp"},
      {"2025-08-21T23:03:12+00:00 ecs/web/0f3a "
       "{\"ts\":\"2025-08-21T23:00:00Z\",\"pid\":1,\"tid\":\"a\",\"lvl\":\"INFO\","
       "\"msg\":\"x\"}\n",
       LogFormat::kSidekiqJson, "time field 'ts', behind CloudWatch's time stamp"},
      {"nothing here tells a time\nnor here\n", LogFormat::kUnknown, ""},
      {"", LogFormat::kUnknown, ""},
  };
  for (const auto& c : cases) {
    const auto guess = detect_format(c.sample);
    EXPECT_EQ(to_string(guess.format), to_string(c.format)) << c.sample;
    EXPECT_EQ(guess.detail, c.detail) << c.sample;
    EXPECT_DOUBLE_EQ(guess.share, c.format == LogFormat::kUnknown ? 0.0 : 1.0) << c.sample;
  }
}

TEST(Format, BinaryDataIsCalledBinary) {
  std::string garbage;
  for (int i = 0; i < 5000; ++i) garbage += static_cast<char>(i * 7919 >> 3);
  const auto guess = detect_format(garbage);
  EXPECT_EQ(guess.format, LogFormat::kUnknown);
  EXPECT_EQ(guess.detail, "binary data");
}

TEST(Format, ARailsLineThatQuotesPostgresIsNotPostgres) {
  const auto guess = detect_format(
      "F, [2024-04-25T17:26:43.755035 #1] FATAL -- : [a8d7a57f-ceba-4992-b866-5cb322ab1211] "
      "ActiveRecord::QueryCanceled (PG::QueryCanceled: ERROR:  canceling statement due to statement "
      "timeout\n");
  EXPECT_EQ(guess.format, LogFormat::kRails);
}

TEST(Format, ContinuationLinesDoNotLowerTheShare) {
  std::string log;
  for (int i = 0; i < 20; ++i)
    log += "2025-08-21 23:03:11 UTC [7] ERROR:  x\n\tat one\n\tat two\n\tat three\n";
  EXPECT_DOUBLE_EQ(detect_format(log).share, 1.0);
}

TEST(Format, TheBenchmarkLogsAreAllUnderstood) {
  const std::filesystem::path folder = std::filesystem::path(CULPRIT_SHARED_DIR) / "benchmarks/loghub-2k";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no benchmark logs here";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.path().string().ends_with("_2k.log")) continue;
    std::FILE* file = std::fopen(entry.path().c_str(), "rb");
    ASSERT_NE(file, nullptr);
    std::string text(4 << 20, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), file));
    std::fclose(file);
    const auto guess = detect_format(text);
    EXPECT_EQ(guess.format, LogFormat::kTimestamped) << entry.path();
    EXPECT_GT(guess.share, 0.95) << entry.path();
  }
}

}  // namespace
}  // namespace culprit
