// What goes into a segment comes out of it, byte for byte.
#include "engine/segment.h"

#include <gmock/gmock.h>

#include "segment_builder.h"

namespace culprit::engine_test {
namespace {

using ::testing::HasSubstr;

class ExactBytes : public ::testing::TestWithParam<std::pair<const char*, std::vector<std::string>>> {};

TEST_P(ExactBytes, ComeBack) {
  Rows rows;
  for (const auto& message : GetParam().second) rows.add(message);
  EXPECT_EQ(read_all(build(rows)), rows.events());
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

INSTANTIATE_TEST_SUITE_P(
    Messages, ExactBytes,
    ::testing::Values(
        std::pair{"Nothing", std::vector<std::string>{}},
        std::pair{"Empty", std::vector<std::string>{"", "", "a", ""}},
        std::pair{"InvalidUtf8",
                  std::vector<std::string>{"\xff\xfe 12 \x80", "caf\xc3\xa9 7", "\xc3", "\xf0\x9f 1\xf0"}},
        std::pair{"LineEnds", std::vector<std::string>{"a\r", "a\r\nb\r\n", "\n\n", "\r", "1\r2\n3"}},
        std::pair{"Nul", std::vector<std::string>{std::string(3, '\0'), std::string("a\0b 1\0", 6)}},
        std::pair{"OneMegabyte", std::vector<std::string>{repeated("x", 1 << 20), repeated("17, ", 1 << 18),
                                                          repeated("\xff", 1 << 20), "after 1"}},
        std::pair{"LeadingZeros",
                  std::vector<std::string>{"n=007", "n=7", "n=0", "n=00", "n=-0", "n=+7", "n=-7"}},
        std::pair{"LongNumbers", std::vector<std::string>{"18446744073709551615", "18446744073709551616",
                                                          repeated("9", 400), "-9223372036854775808"}},
        std::pair{"Decimals",
                  std::vector<std::string>{"1.50", "1.5", "1.", ".5", "1.5.2", "00.5", "1e5", "1.5e-7"}},
        std::pair{"Uuids", std::vector<std::string>{"id a8d7a57f-ceba-4992-b866-5cb322ab1211.",
                                                    "id A8D7A57F-CEBA-4992-B866-5CB322AB1211.",
                                                    "id a8d7a57f-ceba-4992-b866-5cb322ab121",
                                                    "id a8D7a57f-ceba-4992-b866-5cb322ab1211"}},
        std::pair{"Lists",
                  std::vector<std::string>{"IN (1, 2, 3)", "IN (1,2, 3)", "IN (1, 2, 3, )", "IN (007, 2)",
                                           "IN ()", "IN (5)", "IN ($1, $2, $3)", "1, 2, 3"}},
        std::pair{"TimeStamps",
                  std::vector<std::string>{"2025-08-21 23:03:11 UTC:a", "2025-08-21T23:03:11.755035Z b",
                                           "Dec 10 06:55:46 host c", "Dec  1 06:55:46 host c",
                                           "17/06/09 20:10:40 INFO d", "081109 203615 148 INFO e",
                                           "1755817200 f", "[Sun Dec 04 04:47:44 2005] [notice] g",
                                           "2025-02-30 25:61:61 h", "2025-08-21 23:03:11,123 i"}}),
    [](const auto& c) { return c.param.first; });

TEST(Segment, TimesMayGoBackAndForth) {
  Rows rows;
  for (const std::int64_t t : {5000, 1000, 9'000'000, -7, 0, 1000}) rows.add("at " + std::to_string(t), t);
  rows.add("far", std::numeric_limits<std::int64_t>::max());
  rows.add("early", std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(read_all(build(rows)), rows.events());
}

TEST(Segment, NumbersStreamsAndIngestionTimesComeBack) {
  Rows rows;
  rows.add({.number = 7,
            .stream_id = 3,
            .time = from_epoch_ms(10),
            .ingestion = from_epoch_ms(20),
            .message = "a 1"});
  rows.add({.number = 8,
            .stream_id = 0,
            .time = from_epoch_ms(11),
            .ingestion = from_epoch_ms(5),
            .message = "a 2"});
  rows.add({.number = 1'000'000'000'000,
            .stream_id = 4'000'000'000,
            .time = from_epoch_ms(12),
            .ingestion = from_epoch_ms(12),
            .message = "a 3"});
  EXPECT_EQ(read_all(build(rows)), rows.events());
}

TEST(Segment, SummaryTellsWhatIsInIt) {
  Rows rows;
  rows.add("one", 3000);
  rows.add("two", 1000);
  SegmentSummary built;
  const std::string bytes = build(rows, &built);
  const SegmentSummary expected{2, 1, 2, from_epoch_ms(1000), from_epoch_ms(3000), 6, bytes.size()};
  EXPECT_EQ(built, expected);
  EXPECT_EQ(opened(bytes).summary(), expected);
}

TEST(Segment, ScanOfAWindowGivesItsRowsOnly) {
  Rows rows;
  for (const std::int64_t t : {1000, 5000, 2000, 3000}) rows.add("t", t);
  const std::string bytes = build(rows);
  const Window window{from_epoch_ms(2000), from_epoch_ms(5000)};
  std::vector<EventNumber> numbers;
  ASSERT_TRUE(opened(bytes).scan(&window, [&](const SegmentRow& r) {
    numbers.push_back(r.number);
    return true;
  }));
  EXPECT_THAT(numbers, ::testing::ElementsAre(3, 4));
}

TEST(Segment, ScanStopsWhenTold) {
  Rows rows;
  for (int i = 0; i < 10; ++i) rows.add("line " + std::to_string(i));
  int seen = 0;
  ASSERT_TRUE(opened(build(rows)).scan(nullptr, [&](const SegmentRow&) { return ++seen < 3; }));
  EXPECT_EQ(seen, 3);
}

TEST(Segment, OneRowIsFoundByItsNumber) {
  Rows rows;
  for (int i = 0; i < 1000; ++i) rows.add("line " + std::to_string(i * 7));
  const std::string bytes = build(rows);
  const Segment segment = opened(bytes);
  std::string found;
  ASSERT_TRUE(segment.row(500, [&](const SegmentRow& r) { found = r.message; }));
  EXPECT_EQ(found, "line 3493");
  const auto missing = segment.row(1001, [](const SegmentRow&) {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
}

TEST(Segment, BuilderIsReusableAndFullAtItsSize) {
  SegmentBuilder builder;
  EXPECT_TRUE(builder.empty());
  const std::string message(1 << 20, 'm');
  EventNumber number = 0;
  while (!builder.full()) builder.add({.number = ++number, .message = message});
  EXPECT_EQ(number, 32U);
  SegmentSummary summary;
  builder.finish(summary);
  EXPECT_TRUE(builder.empty());
  EXPECT_FALSE(builder.full());
  builder.add({.number = 50, .message = "again"});
  EXPECT_EQ(read_all(builder.finish(summary)).at(0).message, "again");
}

TEST(Segment, AFutureVersionIsRefusedByName) {
  Rows rows;
  rows.add("a");
  std::string bytes = build(rows);
  bytes[8] = 99;
  const auto segment = Segment::open(bytes, nullptr);
  ASSERT_FALSE(segment);
  EXPECT_EQ(segment.error().code, ErrorCode::kDamaged);
  EXPECT_THAT(segment.error().what, HasSubstr("version 99"));
}

TEST(Segment, AFlippedBitAnywhereIsFoundByCheck) {
  Rows rows;
  for (int i = 0; i < 300; ++i)
    rows.add("request " + std::to_string(i * i) + " took " + std::to_string(i % 17) + ".5 ms");
  const std::string good = build(rows);
  ASSERT_TRUE(opened(good).check());
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ (1 << (i % 8)));
    const auto segment = Segment::open(bad, nullptr);
    EXPECT_FALSE(segment && segment->check()) << "byte " << i;
  }
}

TEST(Segment, ATruncatedFileIsRefusedAtEveryLength) {
  Rows rows;
  for (int i = 0; i < 50; ++i) rows.add("request " + std::to_string(i * i));
  const std::string good = build(rows);
  for (std::size_t size = 0; size < good.size(); ++size) {
    const std::string cut = good.substr(0, size);
    const auto segment = Segment::open(cut, nullptr);
    EXPECT_FALSE(segment && segment->check()) << size;
  }
}

}  // namespace
}  // namespace culprit::engine_test
