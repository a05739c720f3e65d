// Incidents side by side, and how alike they are said to be.
#include "diagnosis/incident_comparison.h"

#include <gmock/gmock.h>

namespace culprit {
namespace {

using testing::ElementsAre;
using testing::Field;

Findings incident(std::string cause, std::vector<SignatureSignal> signals) {
  Findings f;
  f.system.name = "shop";
  f.verdict = Verdict::kIncident;
  f.severity = "P1";
  Hypothesis h;
  h.cause = std::move(cause);
  h.title = h.cause;
  h.confidence = 0.9;
  h.role = CauseRole::kPrimary;
  f.hypotheses.push_back(std::move(h));
  f.signature.signals = std::move(signals);
  return f;
}

const std::vector<SignatureSignal> kSlow = {{"db.cpu", 12, 60},
                                            {"db.timeouts", 200, 0},
                                            {"web.errors", 40, 180},
                                            {"web.requests", 0.1, std::nullopt}};

TEST(IncidentLikeness, TheSameSignalsInTheSameOrderAreTheSameShape) {
  const auto found = compare({kSlow}, {kSlow});
  EXPECT_EQ(found.shape.likeness, 1);
  EXPECT_EQ(found.same_order, 1);
  EXPECT_TRUE(same_shape(found));
}

TEST(IncidentLikeness, TheOrderIsToldApart) {
  auto other = kSlow;
  other[0].onset_s = 0;    // cpu before time-outs
  other[1].onset_s = 120;  // errors still last
  const auto found = compare({kSlow}, {other});
  EXPECT_EQ(found.shape.likeness, 1);
  ASSERT_TRUE(found.same_order);
  EXPECT_NEAR(*found.same_order, 2.0 / 3, 1e-9);
}

TEST(IncidentLikeness, WithinAMinuteIsAtOnce) {
  auto other = kSlow;
  for (auto& s : other) s.onset_s = 59;
  EXPECT_FALSE(compare({kSlow}, {other}).same_order);
}

TEST(IncidentLikeness, TwoSignalsAreTooFewToSpeakOfAShape) {
  const std::vector<SignatureSignal> two{kSlow[0], kSlow[1]};
  const auto found = compare({two}, {two});
  EXPECT_EQ(found.shape.likeness, 1);
  EXPECT_FALSE(same_shape(found));
}

TEST(IncidentComparison, TellsSharedCauseSeverityAndSignals) {
  auto other = kSlow;
  other[2].spreads = 0.5;  // users noticed nothing
  other[2].onset_s.reset();
  auto second = incident("statement-timeouts", other);
  second.severity = "P2";
  const auto c = compare_incidents({incident("statement-timeouts", kSlow), second}, {"a", "b"});
  EXPECT_TRUE(c.same_cause);
  EXPECT_FALSE(c.same_severity);
  EXPECT_TRUE(c.same_verdict);
  EXPECT_THAT(c.alike,
              ElementsAre(Field(&SignalAcross::name, "db.timeouts"), Field(&SignalAcross::name, "db.cpu")));
  EXPECT_THAT(c.differ, ElementsAre(Field(&SignalAcross::name, "web.errors")));
  EXPECT_THAT(c.incidents[0].order, ElementsAre("db.timeouts", "db.cpu"));
  ASSERT_EQ(c.pairs.size(), 1U);
}

TEST(IncidentComparison, OppositeMovesDifferAndWhatOneDoesNotMeasureIsUnset) {
  const auto a = incident("surge", {{"db.cpu", 12, 0}, {"web.requests", 20, 0}});
  const auto b = incident("outage", {{"web.requests", -20, 0}});
  const auto c = compare_incidents({a, b}, {"a", "b"});
  EXPECT_FALSE(c.same_cause);
  EXPECT_TRUE(c.alike.empty()) << "of the CPU one of them knows nothing";
  EXPECT_THAT(c.differ,
              ElementsAre(Field(&SignalAcross::name, "web.requests"), Field(&SignalAcross::name, "db.cpu")));
  EXPECT_FALSE(c.differ[1].spreads[1]);
}

TEST(IncidentComparison, EachPairOfThreeIsCompared) {
  const auto a = incident("x", kSlow);
  const auto c = compare_incidents({a, a, a}, {"a", "b", "c"});
  EXPECT_EQ(c.pairs.size(), 3U);
  EXPECT_EQ(c.pairs[2].a, 1U);
  EXPECT_EQ(c.pairs[2].b, 2U);
}

TEST(IncidentComparison, TwoWithoutACauseDoNotShareOne) {
  Findings quiet;
  const auto c = compare_incidents({quiet, quiet}, {"a", "b"});
  EXPECT_FALSE(c.same_cause);
  EXPECT_FALSE(c.same_severity);
}

}  // namespace
}  // namespace culprit
