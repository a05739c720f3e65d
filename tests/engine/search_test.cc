// A search of segments answers what a plain scan of the messages answers, for any pattern over any logs.
#include "engine/search.h"

#include <gmock/gmock.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "random_logs.h"
#include "segment_builder.h"

namespace culprit::engine_test {
namespace {

MessagePattern made(Result<MessagePattern> pattern) {
  EXPECT_TRUE(pattern) << pattern.error().message();
  return std::move(*pattern);
}

// What count() must say.
PatternCount plain_count(const Rows& rows, const MessagePattern& pattern, const Window* window,
                         Duration period) {
  std::map<std::int64_t, std::uint64_t> counts;
  PatternCount out;
  for (const Event& e : rows.events()) {
    if (window && !window->contains(from_epoch_ms(e.time_ms))) continue;
    if (!pattern.matches(e.message)) continue;
    ++out.total;
    ++counts[e.time_ms / period.count() - (e.time_ms % period.count() < 0)];
  }
  for (const auto& [at, n] : counts) out.periods.push_back({from_epoch_ms(at * period.count()), n});
  return out;
}

std::vector<EventNumber> plain_numbers(const Rows& rows, const MessagePattern& pattern) {
  std::vector<EventNumber> out;
  for (const Event& e : rows.events())
    if (pattern.matches(e.message)) out.push_back(e.number);
  return out;
}

void PrintCount(const PatternCount& c, std::ostream& out) {
  out << c.total << " in";
  for (const auto& p : c.periods) out << " " << to_epoch_ms(p.start) << ":" << p.count;
}

// Compares one answer for each of the patterns; returns how many cases that were.
std::size_t expect_plain(const Rows& rows, std::vector<MessagePattern> patterns,
                         const Window* window = nullptr, Duration period = std::chrono::minutes(1)) {
  const std::string bytes = build(rows);
  const Segment segment = opened(bytes);
  const LogSearch search(patterns);
  SegmentSearcher searcher(search);
  std::vector<PatternCount> counts(patterns.size());
  const auto done = searcher.count(segment, window, period, counts);
  EXPECT_TRUE(done) << done.error().message();
  for (std::size_t p = 0; p < patterns.size(); ++p) {
    const PatternCount expected = plain_count(rows, patterns[p], window, period);
    if (counts[p] == expected) continue;
    std::ostringstream text;
    text << "pattern '" << patterns[p].text() << "': ";
    PrintCount(counts[p], text);
    text << " instead of ";
    PrintCount(expected, text);
    const auto found = searcher.numbers(segment, p, window);
    const auto wanted = plain_numbers(rows, patterns[p]);
    for (const Event& e : rows.events()) {
      const bool has = found && std::binary_search(found->begin(), found->end(), e.number);
      if (has != std::binary_search(wanted.begin(), wanted.end(), e.number)) {
        text << (has ? "\n  too many: " : "\n  missed: ") << e.message;
        break;
      }
    }
    ADD_FAILURE() << text.str();
  }
  return patterns.size();
}

// A regular expression made from a piece of text: some of its bytes as classes, some repeated, some left
// open.
std::string regex_from(RandomLogs& logs, const std::string& piece) {
  std::string out = logs.pick(12) == 0 ? "(?i)" : "";
  for (const char c : piece) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < ' ' || byte > '~') {
      out += ".";
    } else if (c >= '0' && c <= '9' && logs.pick(2) == 0) {
      static const char* const kDigits[] = {"\\d", "[0-9]", "\\d+", "\\d{1,3}", "[^a-z]", "\\d*", "."};
      out += kDigits[logs.pick(7)];
    } else if (logs.pick(12) == 0) {
      static const char* const kGaps[] = {".*", ".+?", "\\w+", "[a-z]?", ".{0,4}", "\\s*", "x?"};
      out += kGaps[logs.pick(7)];
    } else {
      if (std::string_view("\\.*+?()[]{}|^$").find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  if (logs.pick(10) == 0) out = "(" + out + ")";
  if (logs.pick(6) == 0) out = "\\b" + out + "\\b";
  if (logs.pick(6) == 0) {
    static const char* const kBehind[] = {"(\\d|[a-f])+", ".{0,20}(\\b\\d{2}\\b)", "(-| |:)?\\w*",
                                          "(x|\\b)\\W",   "([0-9a-f]{2}){1,4}\\B", ".*(ms|,)$"};
    out += kBehind[logs.pick(6)];
  }
  if (logs.pick(12) == 0) out += "|ERROR";
  if (logs.pick(25) == 0) out = "^" + out;
  if (logs.pick(25) == 0) out += "$";
  if (logs.pick(25) == 0) out = "\\b" + out;
  return out;
}

std::string filter_from(RandomLogs& logs, const std::string& a, const std::string& b) {
  const auto quoted = [](const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    return out + "\"";
  };
  static const char* const kBefore[] = {"", "-", "?"};
  return kBefore[logs.pick(3)] + quoted(a) + " " + kBefore[logs.pick(3)] + quoted(b);
}

std::vector<MessagePattern> random_patterns(RandomLogs& logs, const Rows& rows, std::size_t count) {
  std::vector<MessagePattern> out;
  while (out.size() < count) {
    const auto some = [&] { return logs.piece(rows.events()[logs.pick(rows.events().size())].message); };
    const auto kind = logs.pick(10);
    auto pattern = kind < 4   ? MessagePattern::literal(some())
                   : kind < 5 ? MessagePattern::literal(some(), true)
                   : kind < 8 ? MessagePattern::regex(regex_from(logs, some()))
                              : MessagePattern::filter(filter_from(logs, some(), some()));
    if (pattern) out.push_back(std::move(*pattern));
  }
  return out;
}

std::uint64_t seed_of_the_day() {
  if (const char* given = std::getenv("CULPRIT_TEST_SEED")) return std::strtoull(given, nullptr, 10);
  return std::random_device{}();
}

TEST(SearchProperty, RandomPatternsOverRandomLogsAnswerAsAPlainScan) {
  const std::uint64_t seed = seed_of_the_day();
  std::cout << "CULPRIT_TEST_SEED=" << seed << "\n";
  std::size_t cases = 0;
  for (std::uint64_t round = 0; cases < 70'000 && !HasFailure(); ++round) {
    RandomLogs logs(seed + round);
    Rows rows;
    for (std::size_t i = 1 + logs.pick(60); i > 0; --i)
      rows.add(logs.line(), 1'755'817'200'000 + static_cast<std::int64_t>(logs.pick(300'000)));
    const Window window{from_epoch_ms(1'755'817'260'000), from_epoch_ms(1'755'817'380'000)};
    const Duration period = round % 3 == 0 ? Duration(10'000) : Duration(60'000);
    cases += expect_plain(rows, random_patterns(logs, rows, 60), round % 4 == 0 ? &window : nullptr, period);
  }
  EXPECT_GE(cases, 70'000U);
}

// The Loghub samples when they are there; never part of this repository.
TEST(SearchProperty, RandomPatternsOverRealLogsAnswerAsAPlainScan) {
  const std::filesystem::path folder = std::filesystem::path(CULPRIT_SHARED_DIR) / "benchmarks" / "loghub-2k";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not there";
  const std::uint64_t seed = seed_of_the_day();
  std::cout << "CULPRIT_TEST_SEED=" << seed << "\n";
  RandomLogs logs(seed);
  std::size_t cases = 0;
  for (const auto& system : std::filesystem::directory_iterator(folder)) {
    if (!system.is_directory()) continue;
    std::ifstream file(system.path() / (system.path().filename().string() + "_2k.log"));
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    ASSERT_FALSE(lines.empty()) << system.path();
    for (int part = 0; part < 10 && !HasFailure(); ++part) {
      Rows rows;
      const std::size_t begin = logs.pick(lines.size() - 200);
      for (std::size_t i = begin; i < begin + 200; ++i)
        rows.add(lines[i], 1'755'817'200'000 + static_cast<std::int64_t>(i) * 300);
      cases += expect_plain(rows, random_patterns(logs, rows, 310));
    }
  }
  EXPECT_GE(cases, 30'000U);
}

// Long columns: dictionaries, differences, sparse columns, planes in blocks of their own.
TEST(SearchProperty, LargeSegmentsAnswerAsAPlainScan) {
  const std::uint64_t seed = seed_of_the_day();
  std::cout << "CULPRIT_TEST_SEED=" << seed << "\n";
  for (std::uint64_t round = 0; round < 4 && !HasFailure(); ++round) {
    RandomLogs logs(seed + round);
    Rows rows;
    std::int64_t time_ms = 1'755'817'200'000;
    for (std::size_t i = 0; i < 10'000; ++i)
      rows.add(logs.line(), time_ms += static_cast<std::int64_t>(logs.pick(50)));
    ASSERT_EQ(read_all(build(rows)), rows.events());
    expect_plain(rows, random_patterns(logs, rows, 40));
  }
}

TEST(Search, TheEmptyPatternMatchesEveryMessage) {
  Rows rows;
  rows.add("a 1");
  rows.add("");
  expect_plain(rows, {made(MessagePattern::literal("")), made(MessagePattern::filter("")),
                      made(MessagePattern::regex(""))});
}

TEST(Search, ALiteralMayLieAcrossVariables) {
  Rows rows;
  for (int i = 0; i < 200; ++i)
    rows.add("took " + std::to_string(i) + "." + std::to_string(i % 10) + " ms of " + std::to_string(i * 3) +
             ", id a" + std::to_string(i));
  expect_plain(rows,
               {made(MessagePattern::literal("ok 7")), made(MessagePattern::literal("17.7 ms of 51, id a1")),
                made(MessagePattern::literal(", id a")), made(MessagePattern::literal("9")),
                made(MessagePattern::regex("took 1\\d\\.\\d ms of \\d{2},"))});
}

TEST(Search, ALiteralLongerThanSixtyFourBytesIsFound) {
  Rows rows;
  const std::string text(70, 'q');
  for (int i = 0; i < 50; ++i) rows.add("begin " + text + std::to_string(i) + " end " + text);
  expect_plain(rows, {made(MessagePattern::literal("begin " + text + "7 end")),
                      made(MessagePattern::literal(text + "49 end " + text)),
                      made(MessagePattern::literal(text + text))});
}

TEST(Search, JsonAndSpaceDelimitedPatternsAreAnswered) {
  Rows rows;
  for (int i = 0; i < 100; ++i) {
    rows.add(R"({"status":)" + std::to_string(200 + i % 4 * 100) + R"(,"user":"u)" + std::to_string(i % 7) +
             R"("})");
    rows.add("10.0.0.1 - - GET " + std::to_string(200 + i % 4 * 100));
  }
  expect_plain(rows, {made(MessagePattern::filter("{ $.status = 500 }")),
                      made(MessagePattern::filter("{ $.user = \"u3\" }")),
                      made(MessagePattern::filter("[ip, a, b, verb, code = 5*]"))});
}

TEST(Search, VisitsMatchesInOrderAndStopsWhenTold) {
  Rows rows;
  for (int i = 0; i < 100; ++i) rows.add((i % 3 == 0 ? "ERROR " : "fine ") + std::to_string(i));
  const std::string bytes = build(rows);
  const Segment segment = opened(bytes);
  const LogSearch search({made(MessagePattern::literal("ERROR"))});
  SegmentSearcher searcher(search);
  std::vector<std::string> seen;
  const auto all = searcher.visit(segment, 0, nullptr, [&](const SegmentRow& r) {
    seen.emplace_back(r.message);
    return seen.size() < 3;
  });
  ASSERT_TRUE(all) << all.error().message();
  EXPECT_FALSE(*all);
  EXPECT_THAT(seen, ::testing::ElementsAre("ERROR 0", "ERROR 3", "ERROR 6"));
}

TEST(Search, ThreadsOverManySegmentsAddUp) {
  std::vector<std::string> files;
  for (int s = 0; s < 7; ++s) {
    Rows rows;
    for (int i = 0; i < 50; ++i)
      rows.add("request " + std::to_string(s * 50 + i), 1'755'817'200'000 + i * 5000);
    files.push_back(build(rows));
  }
  const LogSearch search({made(MessagePattern::literal("request")), made(MessagePattern::literal("t 34"))});
  const auto open = [&](std::size_t i) -> Result<std::shared_ptr<const Segment>> {
    auto segment = Segment::open(files[i], nullptr);
    if (!segment) return tl::unexpected(segment.error());
    return std::make_shared<const Segment>(std::move(*segment));
  };
  const auto counts = count_matches(search, files.size(), open, nullptr, std::chrono::minutes(1), 3);
  ASSERT_TRUE(counts) << counts.error().message();
  EXPECT_EQ((*counts)[0].total, 350U);
  EXPECT_EQ((*counts)[0].periods.size(), 5U);
  EXPECT_EQ((*counts)[1].total, 11U);  // 34, 340 ... 349
}

TEST(Search, ADamagedSegmentIsAnErrorNotACount) {
  const LogSearch search({made(MessagePattern::literal("x"))});
  const auto open = [](std::size_t) -> Result<std::shared_ptr<const Segment>> {
    return fail(ErrorCode::kDamaged, "no such luck");
  };
  const auto counts = count_matches(search, 3, open, nullptr, std::chrono::minutes(1));
  ASSERT_FALSE(counts);
  EXPECT_EQ(counts.error().code, ErrorCode::kDamaged);
}

}  // namespace
}  // namespace culprit::engine_test
