// Alarms over recorded evidence: replay, tuning, lint.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alarms/lint.h"
#include "alarms/tune.h"
#include "base/file.h"
#include "store/embedded_store.h"

namespace culprit {
namespace {

using testing::Contains;
using testing::ElementsAre;

const Time kStart = *parse_iso8601("2025-08-21T23:00:00Z");
Time minute(int m) { return kStart + std::chrono::minutes(m); }
const MetricId kCpu{"AWS/RDS", "CPUUtilization", {{"DBInstanceIdentifier", "db"}}};
const MetricId kErrors{"Culprit/s", "errors", {}};

// A store of an hour: CPU at 20 % and 90 % from minute 30 on; one log line a minute, and from minute 31 on
// seven errors in each.
class RecordedAlarms : public testing::Test {
 protected:
  void SetUp() override {
    auto directory = TemporaryDirectory::create();
    ASSERT_TRUE(directory);
    directory_.emplace(std::move(*directory));
    auto writer = create_store(directory_->path() / "store");
    ASSERT_TRUE(writer);
    Series cpu{kCpu, "Average", "Percent", std::chrono::seconds(60), {}};
    for (int m = 0; m < 60; ++m) cpu.points.push_back({minute(m), m < 30 ? 20.0 + m % 3 : 90.0});
    ASSERT_TRUE((*writer)->put_series(cpu));
    for (int m = 0; m < 60; ++m)
      for (int i = 0; i < (m > 30 ? 8 : 1); ++i) {
        const Time t = minute(m) + std::chrono::seconds(i);
        ASSERT_TRUE((*writer)->append({0, "/g", "s", t, t, i == 0 ? "fine" : "ERROR broken"}));
      }
    ASSERT_TRUE((*writer)->commit());
    writer->reset();
    auto store = open_store(directory_->path() / "store");
    ASSERT_TRUE(store);
    store_ = std::move(*store);

    set_.system = "s";
    set_.filters = {{"f", "/g", "ERROR", kErrors, "1", 0}};
    MetricAlarm errors;
    errors.name = "errors";
    errors.stat = {kErrors, "Sum", std::chrono::seconds(60), ""};
    errors.threshold = 5;
    errors.missing = MissingData::kNotBreaching;
    MetricAlarm high;
    high.name = "cpu";
    high.stat = {kCpu, "Average", std::chrono::seconds(300), ""};
    high.threshold = 70;
    high.evaluation_periods = 2;
    set_.alarms = {errors, high};
    set_.composites = {{"both", "", "ALARM(errors) AND ALARM(cpu)", {}, "", {}, {}}};
  }

  RecordedMetrics load() {
    auto metrics = RecordedMetrics::load(*store_, set_, window_);
    if (!metrics) ADD_FAILURE() << metrics.error().message();
    return std::move(*metrics);
  }

  std::optional<TemporaryDirectory> directory_;
  std::unique_ptr<Store> store_;
  AlarmSet set_;
  Window window_{kStart, minute(60)};
};

TEST_F(RecordedAlarms, CountsMatchesAndZeroesOfQuietMinutes) {
  auto metrics = load();
  const auto sums = metrics.read(set_.alarms[0].stat, {minute(30), minute(33)});
  ASSERT_TRUE(sums);
  EXPECT_EQ((*sums)[0].value, 0);
  EXPECT_EQ((*sums)[1].value, 7);
  EXPECT_FALSE((*metrics.read(set_.alarms[0].stat, {minute(70), minute(71)}))[0].value);
  const auto average = metrics.read(set_.alarms[1].stat, {minute(26), minute(31)});
  EXPECT_DOUBLE_EQ(*(*average)[0].value, (22 + 20 + 21 + 22 + 90) / 5.0);
}

TEST_F(RecordedAlarms, FireWhenTheirPeriodsAreOver) {
  auto metrics = load();
  const auto result = backtest(set_, metrics, window_, minute(30));
  ASSERT_TRUE(result);
  const auto& errors = result->alarms[0];
  EXPECT_EQ(errors.fired, minute(32));  // minute 31 is over then
  EXPECT_EQ(errors.delay, std::chrono::minutes(2));
  EXPECT_TRUE(errors.false_alarms.empty());
  // Two periods of five minutes whose averages pass 70: from minute 34 on the older holds four of five.
  EXPECT_EQ(result->alarms[1].fired, minute(39));
  EXPECT_EQ(result->alarms[2].fired, minute(39));
  EXPECT_EQ(result->first_to_fire()->alarm, "errors");
}

TEST_F(RecordedAlarms, AnAlarmBeforeTheOnsetIsFalse) {
  auto metrics = load();
  const auto result = backtest(set_, metrics, window_, minute(50));
  EXPECT_THAT(result->alarms[0].false_alarms, ElementsAre(minute(32)));
  EXPECT_FALSE(result->alarms[0].fired);
}

TEST_F(RecordedAlarms, TuningPutsTheThresholdBetweenQuietAndIncident) {
  auto metrics = load();
  const auto result = tune(set_.alarms[1], {{&metrics, window_, minute(30)}}, {});
  ASSERT_TRUE(result);
  EXPECT_FALSE(result->as_it_is.slowest && *result->as_it_is.slowest <= std::chrono::minutes(3));
  ASSERT_FALSE(result->proposals.empty()) << result->why_none;
  for (const auto& p : result->proposals) {
    EXPECT_GE(p.alarm.threshold, 22);
    EXPECT_LT(p.alarm.threshold, 90);
    EXPECT_EQ(p.false_alarms, 0u);
    EXPECT_LE(*p.slowest, std::chrono::minutes(3));
  }
}

TEST_F(RecordedAlarms, TuningSaysWhenThereIsNoThreshold) {
  auto metrics = load();
  const auto late = tune(set_.alarms[1], {{&metrics, window_, minute(50)}}, {});
  EXPECT_TRUE(late->proposals.empty());
  EXPECT_NE(late->why_none.find("quiet time reaches"), std::string::npos);
  MetricAlarm elsewhere = set_.alarms[1];
  elsewhere.stat.metric.name = "Nothing";
  EXPECT_NE(tune(elsewhere, {{&metrics, window_, minute(30)}}, {})->why_none.find("no datapoints"),
            std::string::npos);
  EXPECT_NE(tune(set_.alarms[1], {{&metrics, window_, std::nullopt}}, {})->why_none.find("no recording"),
            std::string::npos);
}

std::vector<std::string> rules_of(const std::vector<LintFinding>& findings, std::string_view alarm) {
  std::vector<std::string> out;
  for (const auto& f : findings)
    if (f.alarm == alarm) out.push_back(f.rule);
  return out;
}

TEST_F(RecordedAlarms, LintNamesEachFault) {
  auto named = [&](std::string name, auto change) {
    MetricAlarm alarm = set_.alarms[1];
    alarm.name = std::move(name);
    alarm.threshold += static_cast<double>(set_.alarms.size());  // so that it is no duplicate
    alarm.actions.alarm = {"arn:aws:sns:us-east-1:1:t"};
    change(alarm);
    set_.alarms.push_back(alarm);
  };
  named("good", [](MetricAlarm&) {});
  named("bare", [](MetricAlarm& a) { a.stat.metric.dimensions.clear(); });
  named("silent", [](MetricAlarm& a) { a.actions.alarm.clear(); });
  named("off", [](MetricAlarm& a) { a.actions.enabled = false; });
  named("hides", [](MetricAlarm& a) { a.missing = MissingData::kNotBreaching; });
  named("always", [](MetricAlarm& a) { a.threshold = 1; });
  named("never", [](MetricAlarm& a) { a.threshold = 1000; });
  named("fine", [](MetricAlarm& a) { a.stat.period = std::chrono::seconds(10); });
  named("twice", [&](MetricAlarm& a) { a.threshold = set_.alarms[2].threshold; });
  named("refused", [](MetricAlarm& a) { a.datapoints_to_alarm = 9; });
  set_.composites.push_back({"lost", "", "ALARM(gone)", {}, "", {}, {}});
  auto metrics = load();
  const auto findings = lint_alarms(set_, &metrics, window_);
  EXPECT_THAT(rules_of(findings, "good"), ElementsAre());
  EXPECT_THAT(rules_of(findings, "bare"), ElementsAre("missing-dimensions", "no-data"));
  EXPECT_THAT(rules_of(findings, "silent"), ElementsAre("no-action"));
  EXPECT_THAT(rules_of(findings, "off"), ElementsAre("no-action"));
  EXPECT_THAT(rules_of(findings, "hides"), ElementsAre("hides-outage"));
  EXPECT_THAT(rules_of(findings, "always"), ElementsAre("always-crossed"));
  EXPECT_THAT(rules_of(findings, "never"), ElementsAre("never-crossed"));
  EXPECT_THAT(rules_of(findings, "fine"), Contains("period-too-fine"));
  EXPECT_THAT(rules_of(findings, "fine"), Contains("cost"));
  EXPECT_THAT(rules_of(findings, "twice"), ElementsAre("duplicate"));
  EXPECT_THAT(rules_of(findings, "refused"), Contains("refused"));
  EXPECT_THAT(rules_of(findings, "lost"), Contains("unknown-child"));
  EXPECT_THAT(rules_of(findings, "cpu"), ElementsAre());  // its composite tells
}

}  // namespace
}  // namespace culprit
