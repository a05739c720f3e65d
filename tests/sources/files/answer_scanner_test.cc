#include "sources/files/answer_scanner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace culprit {
namespace {

using testing::ElementsAre;

struct Scan {
  std::vector<std::string> pieces;  // "member[]@offset text"
  int documents = 0;
  std::optional<AnswerScanner::Broken> broken;
};

Scan scan(std::string_view text, std::size_t block_bytes = 1 << 20) {
  Scan out;
  AnswerScanner scanner;
  const AnswerScanner::Visit visit{[&](const AnswerPiece& p) {
                                     out.pieces.push_back(std::string(p.member) + (p.is_item ? "[]" : "") +
                                                          "@" + std::to_string(p.offset) + " " +
                                                          std::string(p.text));
                                   },
                                   [&] { ++out.documents; }};
  for (std::size_t i = 0; i < text.size(); i += block_bytes) scanner.feed(text.substr(i, block_bytes), visit);
  scanner.finish(visit);
  out.broken = scanner.broken();
  return out;
}

constexpr std::string_view kAnswer =
    R"({ "Label": "a\"}b", "n" : -1.5e3,"Datapoints":[ {"x":[1,{"y":"]"}]}, "s", 7 ,null], "empty":[],"o":{"k":[]}})";

TEST(AnswerScanner, GivesMembersAndItemsWithTheirPlace) {
  const auto s = scan(kAnswer);
  EXPECT_THAT(s.pieces, ElementsAre(R"(Label@11 "a\"}b")", "n@26 -1.5e3",
                                    R"(Datapoints[]@48 {"x":[1,{"y":"]"}]})", R"(Datapoints[]@69 "s")",
                                    "Datapoints[]@74 7", "Datapoints[]@77 null", R"(o@99 {"k":[]})"));
  EXPECT_FALSE(s.broken);
  EXPECT_EQ(s.documents, 1);
}

TEST(AnswerScanner, DoesNotCareWhereBlocksEnd) {
  const auto whole = scan(kAnswer);
  for (std::size_t n = 1; n < 20; ++n) EXPECT_EQ(scan(kAnswer, n).pieces, whole.pieces) << n;
}

TEST(AnswerScanner, ReadsListsAloneAndSeveralDocuments) {
  EXPECT_THAT(scan("[1, {\"a\":2}]").pieces, ElementsAre("[]@1 1", "[]@4 {\"a\":2}"));
  const auto s = scan("{\"a\":1}\n{\"a\":[2]}\n");
  EXPECT_THAT(s.pieces, ElementsAre("a@5 1", "a[]@14 2"));
  EXPECT_EQ(s.documents, 2);
}

TEST(AnswerScanner, KeepsWhatStandsBeforeTheBreakAndNamesItsPlace) {
  const auto cut = scan(R"({"tasks":[{"a":1},{"a")");
  EXPECT_THAT(cut.pieces, ElementsAre(R"(tasks[]@10 {"a":1})"));
  ASSERT_TRUE(cut.broken);
  EXPECT_EQ(cut.broken->offset, 22u);
  const auto wrong = scan(R"({"tasks":[{"a":1} {"a":2}]})");
  ASSERT_TRUE(wrong.broken);
  EXPECT_EQ(wrong.broken->offset, 18u);
  EXPECT_THAT(wrong.broken->what, testing::HasSubstr("where ',' or ']' should stand"));
  for (const auto* text :
       {"{", "{\"a\"", "{\"a\":", "{\"a\":}", "{,}", "{\"a\":1,}", "[1,]", "hello", "{\"a\":?}"})
    EXPECT_TRUE(scan(text).broken) << text;
}

TEST(AnswerScanner, SurvivesNoise) {
  std::mt19937 random(7);
  const std::string alphabet = "{}[]\",:\\ 1ae\xff\n";
  for (int i = 0; i < 20'000; ++i) {
    std::string text = "{\"a\":[";
    for (int n = random() % 40; n > 0; --n) text += alphabet[random() % alphabet.size()];
    const auto a = scan(text);
    EXPECT_EQ(a.pieces, scan(text, 3).pieces) << text;
  }
}

}  // namespace
}  // namespace culprit
