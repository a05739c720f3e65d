#include "cli/expectation.h"

#include <gtest/gtest.h>

namespace culprit {
namespace {

Findings incident() {
  Findings f;
  f.verdict = Verdict::kIncident;
  f.severity = "P1";
  Hypothesis h;
  h.cause = "statement-timeouts";
  h.family = "database-performance";
  h.role = CauseRole::kPrimary;
  f.hypotheses.push_back(h);
  return f;
}

TEST(Expectation, AcceptsCauseOrFamily) {
  EXPECT_EQ(parse_expectation("cause=statement-timeouts,severity=P1")->difference(incident()), "");
  EXPECT_EQ(parse_expectation("cause=database-performance,verdict=incident")->difference(incident()), "");
}

TEST(Expectation, NamesEachDifference) {
  EXPECT_EQ(parse_expectation("cause=memory,severity=P0")->difference(incident()),
            "cause is statement-timeouts, not memory; severity is P1, not P0");
}

TEST(Expectation, NoneMeansQuiet) {
  Findings quiet;
  quiet.verdict = Verdict::kNoIncident;
  EXPECT_EQ(parse_expectation("cause=none,severity=none,verdict=no-incident")->difference(quiet), "");
  EXPECT_NE(parse_expectation("cause=none")->difference(incident()), "");
}

TEST(Expectation, RefusesWhatItDoesNotKnow) {
  for (const char* bad : {"cause", "cause=", "colour=red", "cause=a,,severity=P1"})
    EXPECT_FALSE(parse_expectation(bad)) << bad;
  EXPECT_TRUE(parse_expectation(""));
}

}  // namespace
}  // namespace culprit
