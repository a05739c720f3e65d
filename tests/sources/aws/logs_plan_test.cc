// How logs are cut into pieces, filtered, spooled and given back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "logs/filter_pattern.h"
#include "sources/aws/log_chunks.h"
#include "sources/aws/log_filter.h"
#include "sources/aws/log_spool.h"

namespace culprit::aws {
namespace {

using std::chrono::minutes;

Time at(int minute) { return Time{} + minutes{minute}; }

TEST(Pieces, CoverTheSpanOnceWithTheIncidentFirstAndTheBaselineNewestFirst) {
  for (const auto& [start, from, to, end] : std::vector<std::array<int, 4>>{
           {0, 180, 190, 220}, {0, 5, 6, 6}, {100, 100, 1540, 1600}, {0, 33, 77, 200}}) {
    auto pieces = plan_pieces({at(from), at(to)}, {at(start), at(end)}, at(100'000));
    ASSERT_FALSE(pieces.empty());
    EXPECT_EQ(pieces.front().part, SpanPart::kIncident);
    EXPECT_EQ(pieces.front().window.start, at(from));
    const auto baseline = std::ranges::find(pieces, SpanPart::kBaseline, &SpanPiece::part);
    for (auto it = baseline; it != pieces.end() && it + 1 != pieces.end(); ++it)
      EXPECT_GT(it->window.start, (it + 1)->window.start);
    std::ranges::sort(pieces, {}, [](const SpanPiece& p) { return p.window.start; });
    Time reached = at(start);
    for (const auto& piece : pieces) {
      EXPECT_EQ(piece.window.start, reached);
      EXPECT_LT(piece.window.start, piece.window.end);
      reached = piece.window.end;
    }
    EXPECT_EQ(reached, at(end));
  }
}

TEST(Pieces, NothingLiesBeyondNow) {
  for (const auto& piece : plan_pieces({at(60), at(120)}, {at(0), at(150)}, at(70)))
    EXPECT_LE(piece.window.end, at(70));
}

LogPattern pattern(std::string filter, std::vector<std::string> any_of = {}, bool ignore_case = false) {
  LogPattern out;
  out.filter = std::move(filter);
  out.any_of = std::move(any_of);
  out.ignore_case = ignore_case;
  return out;
}

std::vector<std::string> joined(const std::vector<LogPattern>& patterns) {
  std::vector<const LogPattern*> pointers;
  for (const auto& one : patterns) pointers.push_back(&one);
  return joined_filters(pointers);
}

TEST(Filters, JoinTermsWithOr) {
  EXPECT_THAT(joined({pattern("ERROR"), pattern("?timeout ?Timeout"), pattern("\"IN (\""), pattern("ERROR")}),
              testing::ElementsAre("?ERROR ?timeout ?Timeout ?\"IN (\""));
}

TEST(Filters, RegularExpressionsStandAlone) {
  EXPECT_THAT(joined({pattern("ERROR"), pattern("%duration.*ms%")}),
              testing::ElementsAre("?ERROR", "%duration.*ms%"));
}

TEST(Filters, TermsJoinedByAndAreWidenedToTheLongest) {
  EXPECT_THAT(joined({pattern("db \"statement timeout\" -noise")}),
              testing::ElementsAre("?\"statement timeout\""));
}

TEST(Filters, WithoutAFilterTheLiteralsAreQuotedInTheUsualSpellings) {
  EXPECT_THAT(joined({pattern("", {"IN ("})}), testing::ElementsAre("?\"IN (\""));
  EXPECT_THAT(joined({pattern("", {"timeout"}, true)}),
              testing::ElementsAre("?\"timeout\" ?\"Timeout\" ?\"TIMEOUT\""));
  EXPECT_THAT(joined({pattern("", {"a\"b\\c"})}), testing::ElementsAre("?\"a\\\"b\\\\c\""));
}

TEST(Filters, LongOnesAreSplitAt1024Characters) {
  std::vector<LogPattern> many;
  for (int i = 0; i < 100; ++i) many.push_back(pattern("word_of_some_length_" + std::to_string(i)));
  const auto filters = joined(many);
  EXPECT_GT(filters.size(), 1u);
  for (const auto& filter : filters) EXPECT_LE(filter.size(), 1024u);
}

TEST(Filters, StructuredPatternsAreAskedAsTheyAre) {
  EXPECT_THAT(joined({pattern("{ $.status = 500 }")}), testing::ElementsAre("{ $.status = 500 }"));
}

TEST(Filters, ArePatternsThatTheServiceTakesAndCatchWhatEachPatternWants) {
  const std::vector<LogPattern> patterns = {pattern("ERROR"),
                                            pattern("\"statement timeout\" db -noise"),
                                            pattern("?\"Aws::S3\" ?%[Tt]ime.?out%"),
                                            pattern("[..., status=5*]"),
                                            pattern("\"a \\\"b\\\" \\\\ c\""),
                                            pattern("", {"IN (", "50% off"}, true)};
  const auto filters = joined(patterns);
  for (const auto* line : {"an ERROR", "db: statement timeout", "Aws::S3::Errors", "Timeout", "GET / 503",
                           "say a \"b\" \\ c", "WHERE id IN (1)", "50% OFF"})
    EXPECT_TRUE(std::ranges::any_of(filters, [&](const std::string& filter) {
      const auto parsed = FilterPattern::parse(filter);
      EXPECT_TRUE(parsed) << parsed.error().message();
      return parsed && parsed->matches(line);
    })) << line;
  EXPECT_THAT(joined({pattern("-noise")}), testing::ElementsAre("-noise"));
}

FetchedEvent fetched(int ms, std::string id, std::string message) {
  return {std::move(id), "s", std::move(message), from_epoch_ms(ms), from_epoch_ms(ms)};
}

std::vector<std::string> replayed(const LogSpool& spool, const LogSpool::Pages& pages) {
  std::vector<std::string> out;
  EXPECT_TRUE(spool.replay(pages, [&](const FetchedEvent& event) {
    out.push_back(event.message);
    return true;
  }));
  return out;
}

TEST(Spool, GivesBackInOrderOfTimeThenIngestionThenId) {
  auto spool = LogSpool::create();
  ASSERT_TRUE(spool);
  LogSpool::Pages pages;
  ASSERT_TRUE((*spool)->add(pages, {fetched(50, "1", "e"), fetched(40, "1", "d")}));
  ASSERT_TRUE((*spool)->add(pages, {fetched(10, "10", "c"), fetched(10, "9", "b"), fetched(5, "1", "a")}));
  EXPECT_THAT(replayed(**spool, pages), testing::ElementsAre("a", "b", "c", "d", "e"));
}

TEST(Spool, PagesThatOverlapAreSortedTogetherAndRepeatsDropped) {
  auto spool = LogSpool::create();
  LogSpool::Pages pages;
  ASSERT_TRUE((*spool)->add(pages, {fetched(1, "1", "a"), fetched(9, "9", "i")}));
  ASSERT_TRUE((*spool)->add(
      pages, {fetched(3, "3", "c"), fetched(9, "9", "i"), fetched(12, "", "x"), fetched(12, "", "x")}));
  EXPECT_THAT(replayed(**spool, pages), testing::ElementsAre("a", "c", "i", "x", "x"));
}

TEST(Spool, KeepsBytesAsTheyAre) {
  auto spool = LogSpool::create();
  LogSpool::Pages pages;
  const std::string odd("a\0\xff\n\t\xe2", 6);
  ASSERT_TRUE((*spool)->add(pages, {fetched(-5, "1", odd), fetched(1, "2", "")}));
  EXPECT_THAT(replayed(**spool, pages), testing::ElementsAre(odd, ""));
}

}  // namespace
}  // namespace culprit::aws
