#include "diagnosis/phrasing.h"

#include <gtest/gtest.h>

namespace culprit {
namespace {

class Phrasing : public testing::Test {
 protected:
  Phrasing() {
    system_.metrics.resize(3);
    system_.metrics[0].id = "db.connections";
    system_.metrics[0].title = "RDS connections";
    system_.metrics[1].id = "web.error_rate";
    system_.metrics[1].title = "Error rate";
    system_.metrics[2].id = "db.cpu";
    system_.metrics[2].title = "RDS CPU";
    system_.patterns.resize(1);
    system_.patterns[0].id = "web.error";
    system_.patterns[0].title = "Errors";
  }
  Signal signal(std::string name) const {
    Signal s;
    s.name = std::move(name);
    return s;
  }
  std::string amount(const std::string& name, double n) const { return amount_of(signal(name), n, system_); }
  System system_;
};

TEST_F(Phrasing, NamesAgreeWithTheirVerbs) {
  EXPECT_TRUE(name_of(signal("db.connections"), system_).plural);
  EXPECT_TRUE(name_of(signal("db.statement_timeouts"), system_).plural);
  EXPECT_FALSE(name_of(signal("db.cpu"), system_).plural);
  EXPECT_FALSE(name_of(signal("web.request_p95_ms"), system_).plural);
  EXPECT_FALSE(name_of(signal("web.error_rate"), system_).plural);
}

TEST_F(Phrasing, NamesHoldNoUnit) {
  EXPECT_EQ(name_of(signal("db.slow_statement_p95_ms"), system_).many, "the time of slow statements (p95)");
  EXPECT_EQ(name_of(signal("worker.queue_latency_s"), system_).many, "the longest wait in a queue");
}

TEST_F(Phrasing, TitlesOfTheSystemFileStandInsideASentence) {
  EXPECT_EQ(name_of(signal("web.error_rate"), system_).many, "error rate");
  EXPECT_EQ(name_of(signal("db.cpu"), system_).many, "RDS CPU");
  EXPECT_EQ(name_of(signal("web.error"), system_).many, "log events of “Errors”");
}

TEST_F(Phrasing, ACountSaysWhatWasCounted) {
  EXPECT_EQ(amount("web.requests", 3101), "3,101 requests");
  EXPECT_EQ(amount("web.failed_requests", 1), "1 failed request");
  EXPECT_EQ(amount("db.lock_waits", 0), "no lock waits");
  EXPECT_EQ(amount("web.query_cancellations", 365), "365 cancelled queries");
  EXPECT_EQ(amount("x.unheard_of", 2), "2 unheard of");
}

TEST(Capitalised, OrdinaryWordsOnly) {
  EXPECT_EQ(capitalised("more than 5 %"), "More than 5 %");
  EXPECT_EQ(capitalised("RDS CPU"), "RDS CPU");
  EXPECT_EQ(capitalised("pg_stat_statements is off"), "pg_stat_statements is off");
  EXPECT_EQ(capitalised("éa"), "éa");
  EXPECT_EQ(capitalised(""), "");
}

TEST(Listed, ReadsLikeASentence) {
  EXPECT_EQ(listed({}), "");
  EXPECT_EQ(listed({"a"}), "a");
  EXPECT_EQ(listed({"a", "b"}), "a and b");
  EXPECT_EQ(listed({"a", "b", "c"}), "a, b and c");
}

TEST(SaysTheSame, IgnoresFormAndSmallWords) {
  EXPECT_TRUE(says_the_same("Move the reports to a read replica.", "move reports to read replica"));
  EXPECT_FALSE(says_the_same("Alarm on RDS CPU above 70 %.", "Alarm on DatabaseConnections above 80."));
  EXPECT_FALSE(says_the_same("Keep it.", ""));
}

TEST(Traffic, DoesNoHarmByItself) {
  Signal s;
  s.name = "web.requests";
  EXPECT_TRUE(is_traffic(s));
  s.name = "web.failed_requests";
  EXPECT_FALSE(is_traffic(s));
}

}  // namespace
}  // namespace culprit
