// How CloudWatch evaluates alarms, from collected cases.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <sstream>

#include "alarms/evaluate.h"

namespace culprit {
namespace {

const std::string kCases = CULPRIT_SHARED_DIR "/cases/alarm_evaluation.json";
const Time kStart = *parse_iso8601("2025-08-21T23:00:00Z");

boost::json::value cases() {
  std::ifstream file(kCases);
  std::stringstream text;
  text << file.rdbuf();
  return file ? boost::json::parse(text.str()) : boost::json::value{};
}

std::string text_at(const boost::json::value& value, std::string_view key) {
  return std::string(value.at(key).as_string());
}
double number_at(const boost::json::value& value, std::string_view key) {
  return value.at(key).to_number<double>();
}

MetricAlarm sample_alarm() {
  MetricAlarm alarm;
  alarm.name = "a";
  alarm.stat.metric = {"N", "M", {}};
  alarm.threshold = 70;
  return alarm;
}

class AlarmCases : public testing::Test {
 protected:
  void SetUp() override {
    document_ = cases();
    if (document_.is_null()) GTEST_SKIP() << "no cases at " << kCases;
  }
  boost::json::value document_;
};

AlarmState state_of(const boost::json::value& text) {
  return *parse_alarm_state(std::string(text.as_string()));
}

void check_missing_data(const boost::json::value& c) {
  SCOPED_TRACE(text_at(c, "id"));
  MetricAlarm alarm = sample_alarm();
  alarm.evaluation_periods = static_cast<int>(number_at(c, "evaluation_periods"));
  alarm.datapoints_to_alarm = static_cast<int>(number_at(c, "datapoints_to_alarm"));
  alarm.missing = *parse_missing_data(text_at(c, "treat_missing_data"));
  std::vector<AlarmDatapoint> range;
  for (const auto& d : c.at("datapoints").as_array()) {
    AlarmDatapoint point{kStart + std::chrono::minutes(range.size()), {}, {}, {}, {}};
    if (d.as_string() != "-") point.value = d.as_string() == "X" ? 99.0 : 1.0;
    range.push_back(point);
  }
  ASSERT_EQ(static_cast<int>(range.size()), evaluation_range(alarm));
  const auto& previous = c.at("previous_state");
  for (const auto before : {AlarmState::kInsufficientData, AlarmState::kOk, AlarmState::kAlarm}) {
    if (!previous.is_null() && state_of(previous) != before) continue;
    const auto e = evaluate(alarm, range, before);
    if (const auto* expected = c.as_object().if_contains("expected")) {
      EXPECT_EQ(to_string(e.state), std::string(expected->as_string())) << "from " << to_string(before);
    } else {
      EXPECT_NE(to_string(e.state), text_at(c, "expected_not")) << "from " << to_string(before);
    }
    if (const auto* filled = c.as_object().if_contains("filled"); filled != nullptr && !filled->is_null()) {
      EXPECT_EQ(e.filled, filled->to_number<int>());
    }
  }
}

TEST_F(AlarmCases, MissingData) {
  const auto& all = document_.at("missing_data").as_array();
  EXPECT_GE(all.size(), 69u);
  for (const auto& c : all) check_missing_data(c);
}

TEST_F(AlarmCases, PercentilesOfFewSamples) {
  const auto& all = document_.at("percentile_low_sample").as_array();
  EXPECT_GE(all.size(), 40u);
  for (const auto& c : all) {
    const double percentile = number_at(c, "percentile");
    EXPECT_EQ(samples_needed(percentile / 100), number_at(c, "samples_needed")) << percentile;
    MetricAlarm alarm = sample_alarm();
    alarm.stat.statistic = fmt::format("p{}", percentile);
    alarm.ignore_low_samples = text_at(c, "evaluate_low_sample_count_percentile") == "ignore";
    const AlarmDatapoint breaching{kStart, 99, number_at(c, "samples"), {}, {}};
    const auto e = evaluate(alarm, std::vector{breaching}, AlarmState::kOk);
    EXPECT_EQ(e.state, text_at(c, "expected") == "evaluate" ? AlarmState::kAlarm : AlarmState::kOk)
        << percentile << " of " << *breaching.samples;
  }
}

TEST_F(AlarmCases, Comparisons) {
  const auto& all = document_.at("comparison").as_array();
  EXPECT_GE(all.size(), 17u);
  for (const auto& c : all) {
    MetricAlarm alarm = sample_alarm();
    alarm.comparison = *parse_comparison(text_at(c, "comparison_operator"));
    AlarmDatapoint d{kStart, number_at(c, "value"), {}, {}, {}};
    if (alarm.watches_band()) {
      d.lower = number_at(c, "lower");
      d.upper = number_at(c, "upper");
    } else {
      alarm.threshold = number_at(c, "threshold");
    }
    EXPECT_EQ(breaches(alarm, d), c.at("breaching").as_bool()) << boost::json::serialize(c);
  }
}

TEST_F(AlarmCases, Periods) {
  const auto& all = document_.at("period_rules").as_array();
  EXPECT_GE(all.size(), 12u);
  for (const auto& c : all)
    EXPECT_EQ(check_period(std::chrono::seconds(c.at("period_s").to_number<int>()),
                           c.at("evaluation_periods").to_number<int>())
                  .has_value(),
              c.at("valid").as_bool())
        << text_at(c, "why");
}

TEST_F(AlarmCases, CapturedReasons) {
  const auto& all = document_.at("captured").as_array();
  MetricAlarm alarm = sample_alarm();
  alarm.evaluation_periods = 2;
  alarm.missing = MissingData::kBreaching;
  EXPECT_EQ(evaluate(alarm, {}, AlarmState::kInsufficientData).reason, text_at(all.at(0), "reason"));
  EXPECT_EQ(kInitialReason, text_at(all.at(1), "reason"));
}

}  // namespace
}  // namespace culprit
