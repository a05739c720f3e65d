// Remembering, finding and forgetting incidents.
#include "conduct/case_memory.h"

#include <gmock/gmock.h>

#include <fstream>

#include "base/file.h"
#include "conduct/case_document.h"

namespace culprit {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

namespace fs = std::filesystem;

Time at(std::string_view text) { return *parse_iso8601(text); }

PastCase dropped_index() {
  PastCase c;
  c.id = "2025-08-21T2303Z-shop";
  c.system = "shop";
  c.cause = "an index was dropped";
  c.hypothesis = "statement-timeouts";
  c.severity = "P1";
  c.window = {at("2025-08-21T23:00:00Z"), at("2025-08-21T23:10:00Z")};
  c.onset = at("2025-08-21T23:03:11.5Z");
  c.signature.signals = {
      {"db.cpu", 14.25, 60}, {"db.timeouts", 200, 0}, {"web.requests", -0.5, std::nullopt}};
  return c;
}

class CaseMemoryTest : public ::testing::Test {
 protected:
  fs::path file(std::string_view name) const { return folder.path() / "cases" / name; }
  void write(std::string_view name, std::string_view text) const {
    fs::create_directories(folder.path() / "cases");
    std::ofstream(file(name), std::ios::binary) << text;
  }
  TemporaryDirectory folder = std::move(*TemporaryDirectory::create());
  CaseMemory memory{folder.path() / "cases"};
};

TEST_F(CaseMemoryTest, AFolderThatIsNotThereIsAnEmptyMemory) {
  const auto all = memory.all();
  ASSERT_TRUE(all);
  EXPECT_TRUE(all->empty());
}

TEST_F(CaseMemoryTest, WhatIsRememberedReadsTheSame) {
  const auto put = dropped_index();
  ASSERT_TRUE(memory.remember(put));
  const auto all = memory.all();
  ASSERT_TRUE(all);
  ASSERT_EQ(all->cases.size(), 1U);
  const auto& c = all->cases[0];
  EXPECT_EQ(write_case(c), write_case(put));
  EXPECT_EQ(c.onset, put.onset);
  EXPECT_EQ(c.window, put.window);
  ASSERT_EQ(c.signature.signals.size(), 3U);
  EXPECT_EQ(c.signature.signals[0].spreads, 14.25);
  EXPECT_EQ(c.signature.signals[0].onset_s, 60);
  EXPECT_FALSE(c.signature.signals[2].onset_s);
  EXPECT_EQ(c.digest.size(), 64U);
  EXPECT_EQ(digest_of(*all), digest_of(*memory.all())) << "the same memory, the same digest";
}

TEST_F(CaseMemoryTest, AnotherCauseOfTheSameIncidentReplacesTheFirst) {
  auto other = dropped_index();
  ASSERT_TRUE(memory.remember(other));
  other.cause = "a backup ran";
  auto replaced = memory.remember(other);
  ASSERT_TRUE(replaced);
  EXPECT_THAT(*replaced, ElementsAre(Field(&PastCase::cause, "an index was dropped")));
  // Its onset was dated otherwise this time: still the same incident.
  other.id = "2025-08-21T2302Z-shop";
  ASSERT_TRUE(memory.remember(other));
  EXPECT_THAT(memory.all()->cases, ElementsAre(Field(&PastCase::id, other.id)));
  EXPECT_FALSE(fs::exists(file("2025-08-21T2303Z-shop.json")));
}

TEST_F(CaseMemoryTest, IncidentsOfOtherTimesAndSystemsStay) {
  auto other = dropped_index();
  ASSERT_TRUE(memory.remember(other));
  other.id = "2025-08-21T2303Z-blog";
  other.system = "blog";
  ASSERT_TRUE(memory.remember(other));
  other.id = "2025-08-22T2303Z-blog";
  other.window = {at("2025-08-22T23:00:00Z"), at("2025-08-22T23:10:00Z")};
  ASSERT_TRUE(memory.remember(other));
  EXPECT_EQ(memory.all()->cases.size(), 3U);
}

TEST_F(CaseMemoryTest, IsForgottenByAPartOfItsId) {
  ASSERT_TRUE(memory.remember(dropped_index()));
  auto other = dropped_index();
  other.id = "2025-08-21T2303Z-blog";
  other.system = "blog";
  ASSERT_TRUE(memory.remember(other));
  const auto unclear = memory.forget("2025");
  ASSERT_FALSE(unclear);
  EXPECT_EQ(unclear.error().code, ErrorCode::kUsage);
  EXPECT_THAT(unclear.error().hint, HasSubstr("2025-08-21T2303Z-blog, 2025-08-21T2303Z-shop"));
  ASSERT_TRUE(memory.forget("shop"));
  EXPECT_FALSE(fs::exists(file("2025-08-21T2303Z-shop.json")));
  EXPECT_EQ(memory.forget("shop").error().code, ErrorCode::kNotFound);
}

TEST_F(CaseMemoryTest, FilesThatAreNoCasesAreNamedAndDoNotHideTheOthers) {
  ASSERT_TRUE(memory.remember(dropped_index()));
  write("cut.json", write_case(dropped_index()).substr(0, 100));
  write("renamed.json", write_case(dropped_index()));
  write("notes.txt", "not looked at");
  write("large.json", std::string(kCaseBytesMax + 1, ' '));
  const auto all = memory.all();
  ASSERT_TRUE(all);
  EXPECT_EQ(all->cases.size(), 1U);
  EXPECT_THAT(all->unreadable, ElementsAre("cut.json", "large.json", "renamed.json"));
}

TEST(CaseDocument, WhatIsNoCaseIsRefused) {
  EXPECT_EQ(read_case("").error().code, ErrorCode::kInput);
  EXPECT_EQ(read_case("{}").error().code, ErrorCode::kInput);
  EXPECT_EQ(read_case(R"({"form": "culprit case", "version": 2})").error().code, ErrorCode::kDamaged);
  auto without = dropped_index();
  without.signature.signals.clear();
  EXPECT_FALSE(read_case(write_case(without)));
  without = dropped_index();
  std::swap(without.window.start, without.window.end);
  EXPECT_FALSE(read_case(write_case(without)));
}

TEST(CaseDocument, SignalsThatAreNoneAreLeftOutAndTheRestSorted) {
  const auto read = read_case(R"({"form": "culprit case", "version": 1, "id": "x", "cause": "y",
    "window": {"start": "2025-08-21T23:00:00Z", "end": "2025-08-21T23:10:00Z"},
    "signals": [{"name": "b", "spreads": 1}, 3, {"name": "a", "spreads": 2, "onset_s": 1e300},
                {"name": "", "spreads": 1}, {"name": "c"}, {"name": "b", "spreads": 9}]})");
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_THAT(read->signature.signals,
              ElementsAre(Field(&SignatureSignal::name, "a"), Field(&SignatureSignal::name, "b")));
  EXPECT_EQ(read->signature.signals[1].spreads, 1);
  EXPECT_FALSE(read->signature.signals[0].onset_s);
}

TEST(CaseOf, FindingsInWhichNothingMovedMakeNoCase) {
  Findings quiet;
  quiet.signature.signals = {{"db.cpu", 1.5, std::nullopt}};
  EXPECT_FALSE(case_of(quiet, "nothing"));
}

TEST(CaseOf, ItsIdIsTheOnsetAndTheSystem) {
  Findings f;
  f.system.name = "my/shop";
  f.window = {at("2025-08-21T23:00:00Z"), at("2025-08-21T23:10:00Z")};
  f.onset = at("2025-08-21T23:03:59Z");
  f.severity = "P1";
  Hypothesis h;
  h.cause = "statement-timeouts";
  h.role = CauseRole::kPrimary;
  f.hypotheses = {h};
  f.signature.signals = {{"db.cpu", 15, std::nullopt}};
  const auto c = case_of(f, "an index was dropped");
  ASSERT_TRUE(c) << c.error().what;
  EXPECT_EQ(c->id, "2025-08-21T2303Z-my-shop");
  EXPECT_EQ(c->hypothesis, "statement-timeouts");
}

}  // namespace
}  // namespace culprit
