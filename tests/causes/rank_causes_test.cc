#include "causes/rank_causes.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "small_world.h"

namespace culprit {
namespace {

using namespace small_world;  // NOLINT: the vocabulary of these stories
using testing::Contains;
using testing::HasSubstr;

TEST(RankCauses, TheDeepestSlowComponentIsNamedNotThoseThatWaitForIt) {
  const auto ranking = ask(shop({.store = 0.3}));
  EXPECT_EQ(ranking.verdict, CauseVerdict::kIncident);
  ASSERT_EQ(first_cause(ranking), "store");
  EXPECT_GT(ranking.causes[0].confidence, 0.8);
}

TEST(RankCauses, ACallerThatIsSlowItselfIsNamedAlthoughItCallsOthers) {
  EXPECT_EQ(first_cause(ask(shop({.cart = 0.3}))), "cart");
  EXPECT_EQ(first_cause(ask(shop({.front = 0.3}))), "front");
}

TEST(RankCauses, OfTwoDisturbancesTheOneThatCostsMoreIsFirst) {
  const auto ranking = ask(shop({.store = 0.5, .ads = 0.1}));
  ASSERT_GE(ranking.causes.size(), 2U);
  EXPECT_EQ(ranking.causes[0].component, "store");
  EXPECT_EQ(ranking.causes[1].component, "ads");
}

TEST(RankCauses, AQuietWindowHasNoCause) {
  const auto ranking = ask(shop());
  EXPECT_EQ(ranking.verdict, CauseVerdict::kNoIncident) << ranking.reason;
  EXPECT_TRUE(ranking.causes.empty());
}

TEST(RankCauses, AKnownIncidentIsRankedHoweverWeak) {
  auto about = question();
  about.incident_known = true;
  EXPECT_EQ(ask(shop(), about).causes.size(), 4U);
}

TEST(RankCauses, FailuresAreFollowedToWhereTheyBegin) {
  auto table = shop();
  for (const char* component : {"front", "cart", "store"})
    table.signals.push_back(series(component, "availability", 100, 0, during_window(-20)));
  table.signals.push_back(series("ads", "availability", 100, 0));
  auto about = question();
  about.symptom = CauseVoice::kFailures;
  about.target = "front";
  EXPECT_EQ(first_cause(ask(table, about)), "store");
}

TEST(RankCauses, AComponentThatStoppedCallingOthersIsNamedForTheirLostTraffic) {
  auto table = shop();
  for (auto& s : table.signals)
    if (s.metric == "requests" && (s.component == "store"))
      for (std::size_t row = kFirst; row < kLast; ++row) s.points[row].value = 0;
  EXPECT_EQ(first_cause(ask(table)), "cart");
}

TEST(RankCauses, ABusyProcessorSpeaksForItsComponent) {
  auto table = shop();
  for (const char* component : {"front", "cart", "store", "ads"})
    table.signals.push_back(
        series(component, "cpu", 20, 0.1, during_window(std::string(component) == "ads" ? 60 : 0)));
  EXPECT_EQ(first_cause(ask(table)), "ads");
}

TEST(RankCauses, ReasonsAddUpToTheScore) {
  const auto ranking = ask(shop({.store = 0.3, .ads = 0.05}));
  double all = CauseTuning{}.unseen_weight;
  for (const auto& cause : ranking.causes) {
    double sum = 0;
    for (const auto& e : cause.evidence) sum += e.weight * e.share;
    EXPECT_NEAR(sum, cause.score, 1e-9) << cause.component;
    all += cause.score;
  }
  EXPECT_NEAR(ranking.causes[0].confidence, ranking.causes[0].score / all, 1e-9);
}

TEST(RankCauses, SaysWhatMovedAndWhenItBegan) {
  const auto ranking = ask(shop({.store = 0.3}));
  const auto& cause = ranking.causes.at(0);
  ASSERT_FALSE(cause.moved.empty());
  EXPECT_EQ(cause.moved[0].metric, "latency");
  EXPECT_NEAR(cause.moved[0].usual, 0.020, 0.002);
  EXPECT_NEAR(cause.moved[0].during, 0.320, 0.01);
  ASSERT_TRUE(cause.onset);
  EXPECT_LE(cause.onset->earliest, row_time(kFirst));
  EXPECT_GE(cause.onset->latest, row_time(kFirst));
  EXPECT_LE(cause.onset->latest - cause.onset->earliest, std::chrono::minutes(2));
  EXPECT_FALSE(cause.onset->before_window);
  EXPECT_THAT(cause.way, testing::ElementsAre("front", "cart", "store"));
}

TEST(RankCauses, AnOnsetBeforeTheWindowIsSaid) {
  auto about = question();
  about.window.start = row_time(kFirst + 5);
  const auto ranking = ask(shop({.store = 0.3}), about);
  EXPECT_EQ(first_cause(ranking), "store");
  EXPECT_THAT(ranking.notes, Contains(HasSubstr("the onset lies before your window")));
}

TEST(RankCauses, AWindowThatMissesTheIncidentHasNone) {
  auto about = question();
  about.window = {row_time(100), row_time(110)};
  const auto ranking = ask(shop({.store = 0.3}), about);
  EXPECT_EQ(ranking.verdict, CauseVerdict::kNoIncident);
  EXPECT_THAT(ranking.notes, Contains(HasSubstr("the baseline holds a disturbance itself: ")));
}

TEST(RankCauses, ABaselineThatHoldsAnIncidentOfItsOwnDoesNotHideThisOne) {
  auto table = shop({.store = 0.3});
  for (auto& s : table.signals)
    if (s.component == "store" && s.metric == "latency") s.points[50].value = 9;
  EXPECT_EQ(first_cause(ask(table)), "store");
}

// Properties.

TEST(RankCauses, AnUnrelatedSeriesDoesNotChangeTheFirstCause) {
  for (const double spread : {0.0, 0.3}) {
    auto table = shop({.cart = 0.1, .store = 0.05});
    const auto before = first_cause(ask(table));
    table.signals.push_back(series("weather", "latency", 5, spread));
    table.signals.push_back(series("store", "cpu", 40, spread));
    EXPECT_EQ(first_cause(ask(table)), before) << spread;
  }
}

TEST(RankCauses, TheUnitOfAMetricDoesNotChangeTheRanking) {
  const auto table = shop({.cart = 0.1, .store = 0.05});
  auto scaled = table;
  for (auto& s : scaled.signals)
    if (s.metric == "latency")
      for (auto& p : s.points) p.value *= 1000;
  const auto a = ask(table);
  const auto b = ask(scaled);
  ASSERT_EQ(a.causes.size(), b.causes.size());
  for (std::size_t i = 0; i < a.causes.size(); ++i) {
    EXPECT_EQ(a.causes[i].component, b.causes[i].component);
    EXPECT_NEAR(a.causes[i].confidence, b.causes[i].confidence, 1e-6);
  }
}

TEST(RankCauses, UnitsWrittenInNamesAreMadeAlike) {
  const auto table = shop({.store = 0.3});
  auto mixed = table;
  for (auto& s : mixed.signals) {
    if (s.metric != "latency" || s.component != "cart") continue;
    s.metric = "latency_ms";
    s.meaning = meaning_of(s.metric).meaning;
    for (auto& p : s.points) p.value *= 1000;
  }
  EXPECT_EQ(first_cause(ask(mixed)), "store");
}

TEST(RankCauses, TheOrderOfInputsDoesNotMatter) {
  const auto table = shop({.cart = 0.1, .store = 0.05, .ads = 0.02});
  const auto expected = ask(table);
  std::mt19937 random(5);
  for (int round = 0; round < 5; ++round) {
    auto shuffled = table;
    std::shuffle(shuffled.signals.begin(), shuffled.signals.end(), random);
    std::shuffle(shuffled.calls.begin(), shuffled.calls.end(), random);
    for (auto& s : shuffled.signals) std::shuffle(s.points.begin(), s.points.end(), random);
    const auto ranking = ask(shuffled);
    ASSERT_EQ(ranking.causes.size(), expected.causes.size());
    for (std::size_t i = 0; i < ranking.causes.size(); ++i) {
      EXPECT_EQ(ranking.causes[i].component, expected.causes[i].component);
      EXPECT_EQ(ranking.causes[i].confidence, expected.causes[i].confidence);
    }
  }
}

}  // namespace
}  // namespace culprit
