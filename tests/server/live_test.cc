// Writing: sums of datapoints, alarms by the clock, and every captured request on an account that may be
// changed.
#include "server/live.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/file.h"
#include "server/api.h"
#include "wire_capture.h"

namespace culprit::server {
namespace {

class LiveAccount : public testing::Test {
 protected:
  void SetUp() override { open(); }
  void open() {
    live_.reset();
    live_ = *Live::open(folder_.path() / "store");
  }
  std::vector<boost::json::object> states(std::string_view kind) {
    std::vector<boost::json::object> out;
    const Evidence evidence = *live_->store->current();
    const auto found = evidence->states(kind);
    for (const auto& state : *found) out.push_back(state.document.as_object());
    return out;
  }
  void put(double value, Time time) {
    live_->metrics.put({{{"App", "load", {}}, "None", time, std::chrono::seconds{60}, {{value, 1.0}}, {}}});
  }
  void put_alarm() {
    const boost::json::object description{
        {"AlarmName", "high"},  {"Namespace", "App"},
        {"MetricName", "load"}, {"Statistic", "Average"},
        {"Period", 60},         {"EvaluationPeriods", 2},
        {"Threshold", 70.0},    {"ComparisonOperator", "GreaterThanThreshold"}};
    live_->alarms.put(description, alarm_of(description), kStart);
  }
  static constexpr Time kStart = Time{Duration{1'795'500'000'000}};
  static Time minute(int n) { return kStart + std::chrono::minutes{n}; }

  TemporaryDirectory folder_ = *TemporaryDirectory::create("culprit-live-test");
  std::unique_ptr<Live> live_;
};

TEST_F(LiveAccount, AnAlarmFollowsItsMetricWithHistory) {
  put_alarm();
  for (int i = 0; i < 3; ++i) put(90, minute(i));
  live_->alarms.tick(minute(3));
  EXPECT_EQ(states("cloudwatch:alarm").back().at("StateValue").as_string(), "ALARM");
  EXPECT_NE(
      std::string(states("cloudwatch:alarm").back().at("StateReason").as_string()).find("Threshold Crossed"),
      std::string::npos);
  for (int i = 3; i < 6; ++i) put(10, minute(i));
  live_->alarms.tick(minute(6));
  EXPECT_EQ(states("cloudwatch:alarm").back().at("StateValue").as_string(), "OK");
  EXPECT_EQ(states("cloudwatch:alarm-history").size(), 3u);  // made, ALARM, OK
}

TEST_F(LiveAccount, AnAlarmKeepsItsStateOverARestart) {
  put_alarm();
  live_->alarms.set_state("high", AlarmState::kAlarm, "by hand", "", minute(1));
  open();
  EXPECT_TRUE(live_->alarms.known("high"));
  live_->alarms.remove("high", minute(2));
  open();
  EXPECT_FALSE(live_->alarms.known("high"));
}

TEST_F(LiveAccount, ACompositeAlarmFollowsItsChildren) {
  put_alarm();
  const boost::json::object description{{"AlarmName", "both"}, {"AlarmRule", "ALARM(high)"}};
  live_->alarms.put(description, *CompositeRule::parse("ALARM(high)"), kStart);
  live_->alarms.set_state("high", AlarmState::kAlarm, "by hand", "", minute(1));
  // Without datapoints the child is INSUFFICIENT_DATA again after its next evaluation; the rule is asked
  // before.
  for (int i = 0; i < 3; ++i) put(90, minute(i));
  live_->alarms.tick(minute(3));
  std::string last;  // states come by alarm and time
  for (const auto& state : states("cloudwatch:alarm"))
    if (state.at("AlarmName").as_string() == "both") last = state.at("StateValue").as_string().c_str();
  EXPECT_EQ(last, "ALARM");
}

TEST_F(LiveAccount, DatapointsOfManyThreadsAddUpOverARestart) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([this] {
      for (int i = 0; i < 25; ++i) put(1, minute(i % 2));
    });
  for (auto& thread : threads) thread.join();
  open();
  put(1, minute(0));
  double count = 0;
  const Evidence evidence = *live_->store->current();
  const auto found = evidence->series({"App", "load", {}}, {kStart, minute(10)});
  for (const auto& series : *found)
    if (series.statistic == "SampleCount")
      for (const auto& point : series.points) count += point.value;
  EXPECT_EQ(count, 101);
}

TEST_F(LiveAccount, EveryCapturedRequestIsAnsweredOrRefusedAsTheServiceWould) {
  if (capture_names().empty()) GTEST_SKIP() << "the shared cases are not here";
  const Time now = *parse_iso8601("2025-08-21T23:30:00Z");  // the captures put datapoints of that hour
  Account account(live_evidence(*live_), AccountClock(now, 0), {"123456789012", "us-east-1", "arn"});
  account.make_live(*live_);
  for (const char* group :
       {"/aws/ecs/chatscomm-chatwoot-prod-web", "/aws/rds/instance/chatscomm-db-prod/postgresql"})
    live_->logs.create_group(group, {}, now);
  Api api(account, {});
  std::map<std::string, std::string> refused;
  for (const auto& name : capture_names()) {
    const HttpReply reply = api.answer(read_capture(name));
    EXPECT_LT(reply.status, 500) << name << reply.body;
    if (reply.status != 200) refused[name] = reply.body;
  }
  // What is not there on a new account, or is not served.
  for (const auto& [name, body] : refused) {
    const bool expected =
        name.find("describe-services") != name.npos || name.find("describe-tasks") != name.npos ||
        name.find("list-tasks") != name.npos || name.find("describe-db-instances") != name.npos ||
        name.find("start-query") != name.npos || name.find("get-query-results") != name.npos ||
        name.find("start-live-tail") != name.npos || name.find("in-paren") != name.npos ||
        name.find("create-log-group") != name.npos || name.find("log-events") != name.npos ||
        name.find("create-log-stream") != name.npos;
    EXPECT_TRUE(expected) << name << ": " << body;
  }
  EXPECT_LT(refused.size(), 36u);
}

}  // namespace
}  // namespace culprit::server
