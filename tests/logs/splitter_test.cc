#include <gtest/gtest.h>

#include <random>

#include "logs/format.h"

namespace culprit {
namespace {

const Time kHint = from_epoch_ms(1'755'817'200'000);

struct Event {
  std::string time, text;
  std::uint64_t line;
  bool cut;
  bool operator==(const Event&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Event& e) {
  return out << e.time << " line " << e.line << (e.cut ? " cut " : " ") << e.text.substr(0, 300);
}

struct Split {
  std::vector<Event> events;
  SplitStats stats;
};

Split split(LogFormat format, std::string_view log, std::size_t block = 1 << 20,
            std::size_t max_bytes = 256 * 1024) {
  Split out;
  const auto splitter = make_splitter(format, kHint, max_bytes);
  const auto emit = [&](const SplitEvent& e) {
    out.events.push_back({format_utc(e.time), std::string(e.text), e.first_line, e.cut});
  };
  for (std::size_t at = 0; at < log.size(); at += block) {
    // A copy, so that a view kept beyond the call shows under the sanitizer.
    const std::string copy(log.substr(at, block));
    splitter->feed(copy, emit);
  }
  splitter->finish(emit);
  out.stats = splitter->stats();
  return out;
}

std::vector<std::string> texts(const Split& s) {
  std::vector<std::string> out;
  for (const auto& e : s.events) out.push_back(e.text);
  return out;
}

constexpr std::string_view kPostgres =
    "2025-08-21 23:03:11 UTC:10.0.1.5(1):a@d:[5]:ERROR:  canceling statement due to statement timeout\n"
    "2025-08-21 23:03:11 UTC:10.0.1.5(1):a@d:[5]:STATEMENT:  SELECT *\n"
    "\tFROM t\n"
    "\tWHERE id IN (1)\n"
    "2025-08-21 23:03:12 UTC:10.0.1.6(1):a@d:[6]:LOG:  duration: 12.5 ms  statement: SELECT 1\n"
    "2025-08-21 23:03:12 UTC:10.0.1.6(1):a@d:[7]:DETAIL:  of another process\n";

TEST(Splitter, JoinsPostgresSectionsOfTheSameProcess) {
  const auto s = split(LogFormat::kPostgres, kPostgres);
  ASSERT_EQ(s.events.size(), 3U);
  EXPECT_EQ(s.events[0].text, kPostgres.substr(0, kPostgres.find("2025-08-21 23:03:12") - 1));
  EXPECT_EQ(s.events[0].time, "2025-08-21T23:03:11Z");
  EXPECT_EQ(s.events[1].line, 5U);
  EXPECT_EQ(s.events[2].text, "2025-08-21 23:03:12 UTC:10.0.1.6(1):a@d:[7]:DETAIL:  of another process");
  EXPECT_EQ(s.stats.lines, 6U);
  EXPECT_EQ(s.stats.events, 3U);
}

TEST(Splitter, JoinsARubyBacktrace) {
  const auto s = split(LogFormat::kRails,
                       "F, [2025-08-21T23:00:00.5 #1] FATAL -- : [a8d7a57f-ceba-4992-b866-5cb322ab1211]   \n"
                       "[a8d7a57f-ceba-4992-b866-5cb322ab1211] Rack::Timeout::RequestTimeoutException (x)\n"
                       "app/models/user.rb:12:in `find'\n"
                       "I, [2025-08-21T23:00:01.5 #1]  INFO -- : next line, long enough\n");
  ASSERT_EQ(s.events.size(), 2U);
  EXPECT_NE(s.events[0].text.find("app/models/user.rb"), std::string::npos);
  EXPECT_EQ(s.events[0].time, "2025-08-21T23:00:00.500Z");
}

TEST(Splitter, BlocksOfAnySizeGiveTheSameEvents) {
  std::mt19937 random(42);
  const std::string_view lines[] = {"2025-08-21 23:03:11 UTC:1.1.1.1(1):a@d:[5]:ERROR:  x",
                                    "\tcontinued",
                                    "",
                                    "\r",
                                    "2025-08-21 23:03:11 UTC:1.1.1.1(1):a@d:[5]:DETAIL:  y",
                                    "{\"ts\":\"2025-08-21T23:00:00Z\",\"lvl\":\"INFO\"}",
                                    "I, [2025-08-21T23:00:01.5 #1]  INFO -- : body of a line",
                                    "plain text without a time",
                                    "Dec 10 06:55:46 host x",
                                    std::string_view("\0\0nul\xff\xfe", 7),
                                    "2025-08-21T23:03:11.000Z {\"time\":1755817200}",
                                    "}",
                                    "  indented"};
  for (int round = 0; round < 60; ++round) {
    std::string log;
    for (int i = 0; i < 60; ++i) {
      log += lines[random() % std::size(lines)];
      if (random() % 9 == 0) log += std::string(random() % 200, 'x');
      if (i < 59 || random() % 2) log += random() % 5 == 0 ? "\r\n" : "\n";
    }
    for (const auto format : {LogFormat::kPostgres, LogFormat::kRails, LogFormat::kSidekiqJson,
                              LogFormat::kTimestamped, LogFormat::kUnknown}) {
      const auto whole = split(format, log, log.size() + 1, 128);
      for (const std::size_t block : {1, 2, 7, 64, 127, 128, 129})
        ASSERT_EQ(split(format, log, block, 128).events, whole.events)
            << to_string(format) << " block " << block;
    }
  }
}

TEST(Splitter, KeepsNulAndInvalidUtf8) {
  const std::string line = std::string("2025-08-21 23:00:00 a\0b\xff\xc3(", 26);
  EXPECT_EQ(texts(split(LogFormat::kTimestamped, line + "\n")), std::vector<std::string>{line});
}

TEST(Splitter, CarriageReturnsBeforeNewLinesGo) {
  EXPECT_EQ(
      texts(split(LogFormat::kTimestamped, "2025-08-21 23:00:00 a\r\n more\r\n2025-08-21 23:00:01 b\r\n")),
      (std::vector<std::string>{"2025-08-21 23:00:00 a\n more", "2025-08-21 23:00:01 b"}));
}

TEST(Splitter, LastLineNeedsNoNewLine) {
  EXPECT_EQ(split(LogFormat::kTimestamped, "2025-08-21 23:00:00 a\n2025-08-21 23:00:01 b").events.size(), 2U);
}

TEST(Splitter, FiftyMegabytesInOneLineAreCutAndCounted) {
  std::string log = "2025-08-21 23:00:00 ";
  log += std::string(50 << 20, 'x');
  log += "\n2025-08-21 23:00:01 short\n";
  for (const std::size_t block : {std::size_t{65'536}, log.size()}) {
    const auto s = split(LogFormat::kTimestamped, log, block, 1000);
    ASSERT_EQ(s.events.size(), 2U);
    EXPECT_TRUE(s.events[0].cut);
    EXPECT_EQ(s.events[0].text, log.substr(0, 1000));
    EXPECT_EQ(s.events[1].text, "2025-08-21 23:00:01 short");
    EXPECT_EQ(s.stats.cut_events, 1U);
    EXPECT_EQ(s.stats.cut_bytes, (50U << 20) + 20 - 1000);
  }
}

TEST(Splitter, AnEventOfTooManyLinesIsCut) {
  std::string log = "2025-08-21 23:00:00 first\n";
  for (int i = 0; i < 1000; ++i) log += "\tcontinuation line\n";
  const auto s = split(LogFormat::kTimestamped, log, 1 << 20, 500);
  ASSERT_EQ(s.events.size(), 1U);
  EXPECT_LE(s.events[0].text.size(), 500U);
  EXPECT_TRUE(s.events[0].cut);
  EXPECT_GT(s.stats.cut_bytes, 10'000U);
}

TEST(Splitter, LinesBeforeTheFirstTimeTakeItsTime) {
  const auto s = split(LogFormat::kTimestamped, "banner\nanother\n2025-08-21 23:05:00 x\n");
  ASSERT_EQ(s.events.size(), 2U);
  EXPECT_EQ(s.events[0].text, "banner\nanother");
  EXPECT_EQ(s.events[0].time, "2025-08-21T23:05:00Z");
  EXPECT_EQ(s.stats.lines_without_time, 2U);
}

TEST(Splitter, UnknownTextIsOneEventALineAtTheHint) {
  const auto s = split(LogFormat::kUnknown, "one\ntwo\n\tindented\n");
  EXPECT_EQ(texts(s), (std::vector<std::string>{"one", "two\n\tindented"}));
  EXPECT_EQ(s.events[0].time, format_utc(kHint));
}

TEST(Splitter, CloudWatchPrefixBecomesTheTimeAndTheMessageStaysExact) {
  const auto s =
      split(LogFormat::kPostgres,
            "2025-08-21T23:03:12.345Z 2025-08-21 23:03:11 UTC:1.1.1.1(1):a@d:[5]:ERROR:  x\n"
            "2025-08-21T23:03:12.345Z 2025-08-21 23:03:11 UTC:1.1.1.1(1):a@d:[5]:STATEMENT:  SELECT\n"
            "2025-08-21T23:03:12.345Z \t1\n");
  ASSERT_EQ(s.events.size(), 1U);
  EXPECT_EQ(s.events[0].time, "2025-08-21T23:03:12.345Z");
  EXPECT_EQ(s.events[0].text,
            "2025-08-21 23:03:11 UTC:1.1.1.1(1):a@d:[5]:ERROR:  x\n"
            "2025-08-21 23:03:11 UTC:1.1.1.1(1):a@d:[5]:STATEMENT:  SELECT\n\t1");
}

TEST(Splitter, CloudWatchTailWithStreamNames) {
  const auto s = split(
      LogFormat::kRails,
      "2025-08-21T23:00:00.100000+00:00 ecs/web/0f3a I, [2025-08-21T23:00:00.5 #1]  INFO -- : [x] a\n"
      "2025-08-21T23:00:01.100000+00:00 ecs/web/0f3b Puma starts\n"
      "2025-08-21T23:00:02.100000+00:00 ecs/web/0f3b {\"method\":\"GET\",\"path\":\"/\",\"status\":200}\n");
  EXPECT_EQ(texts(s),
            (std::vector<std::string>{"I, [2025-08-21T23:00:00.5 #1]  INFO -- : [x] a", "Puma starts",
                                      "{\"method\":\"GET\",\"path\":\"/\",\"status\":200}"}));
  EXPECT_EQ(s.events[1].time, "2025-08-21T23:00:01.100Z");
}

TEST(Splitter, ATimestampedLogKeepsItsOwnStamps) {
  const std::string_view log = "2025-08-21T23:00:00.100Z plain message\n2025-08-21T23:00:01.100Z next\n";
  EXPECT_EQ(texts(split(LogFormat::kTimestamped, log))[0], "2025-08-21T23:00:00.100Z plain message");
}

TEST(Splitter, CountsZonesThatAreNotKnown) {
  const auto s = split(LogFormat::kPostgres,
                       "2025-08-21 23:03:11 XYZT [7] LOG:  x\n2025-08-21 23:03:12 UTC [7] LOG:  y\n");
  EXPECT_EQ(s.stats.unknown_zone_times, 1U);
  EXPECT_EQ(s.stats.unknown_zone, "XYZT");
}

TEST(Splitter, JsonLinesWithoutTimeTakeTheTimeBefore) {
  const auto s = split(LogFormat::kJson,
                       "{\"time\":\"2025-08-21T23:00:00Z\"}\n{\"a\":1}\n  more\n{\"time\":1755817260}\n");
  ASSERT_EQ(s.events.size(), 3U);
  EXPECT_EQ(s.events[1].time, "2025-08-21T23:00:00Z");
  EXPECT_EQ(s.events[1].text, "{\"a\":1}\n  more");
  EXPECT_EQ(s.events[2].time, "2025-08-21T23:01:00Z");
}

TEST(Splitter, EmptyAndBlankInput) {
  EXPECT_TRUE(split(LogFormat::kPostgres, "").events.empty());
  EXPECT_TRUE(split(LogFormat::kUnknown, "\n\n\r\n").events.empty());
}

TEST(Splitter, TimesWithoutAZoneAreInTheGivenOne) {
  constexpr std::string_view kLog =
      "2025-10-26 01:30:00 before\n"
      "2025-10-26 02:30:00 twice: the first is taken\n"
      "2025-10-26 03:30:00 after\n"
      "2025-03-30 02:30:00 never\n"
      "2025-10-26 12:00:00Z given\n";
  const auto splitter =
      make_splitter(LogFormat::kTimestamped, kHint, 256 * 1024, *Zone::find("Europe/Zurich"));
  std::vector<std::string> times;
  const auto emit = [&](const SplitEvent& e) { times.push_back(format_utc(e.time)); };
  splitter->feed(kLog, emit);
  splitter->finish(emit);
  EXPECT_EQ(times,
            (std::vector<std::string>{"2025-10-25T23:30:00Z", "2025-10-26T00:30:00Z", "2025-10-26T02:30:00Z",
                                      "2025-03-30T01:30:00Z", "2025-10-26T12:00:00Z"}));
}

}  // namespace
}  // namespace culprit
