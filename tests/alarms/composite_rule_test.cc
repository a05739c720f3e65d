#include "alarms/composite_rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace culprit {
namespace {

using testing::ElementsAre;
using enum AlarmState;

AlarmState with(std::string_view rule, std::map<std::string, AlarmState, std::less<>> states) {
  const auto parsed = CompositeRule::parse(rule);
  if (!parsed) {
    ADD_FAILURE() << parsed.error().message();
    return kInsufficientData;
  }
  return parsed->evaluate([&](std::string_view name) -> std::optional<AlarmState> {
    const auto found = states.find(name);
    return found == states.end() ? std::nullopt : std::optional(found->second);
  });
}

TEST(CompositeRule, BindsNotBeforeAndBeforeOr) {
  const std::string_view rule = R"(ALARM("a") OR ALARM(b) AND NOT ALARM('c'))";
  EXPECT_EQ(with(rule, {{"a", kAlarm}, {"b", kOk}, {"c", kAlarm}}), kAlarm);
  EXPECT_EQ(with(rule, {{"a", kOk}, {"b", kAlarm}, {"c", kAlarm}}), kOk);
  EXPECT_EQ(with(rule, {{"a", kOk}, {"b", kAlarm}, {"c", kOk}}), kAlarm);
  EXPECT_EQ(with("(ALARM(a) OR ALARM(b)) AND ALARM(c)", {{"a", kAlarm}, {"c", kOk}}), kOk);
}

TEST(CompositeRule, KnowsEachStateAndTheConstants) {
  EXPECT_EQ(with("OK(a)", {{"a", kOk}}), kAlarm);
  EXPECT_EQ(with("INSUFFICIENT_DATA(a)", {{"a", kInsufficientData}}), kAlarm);
  EXPECT_EQ(with("INSUFFICIENT_DATA(a)", {}), kOk);
  EXPECT_EQ(with("TRUE", {}), kAlarm);
  EXPECT_EQ(with("false or true", {}), kAlarm);
}

TEST(CompositeRule, TakesNamesWithSpacesAndArns) {
  const auto rule = CompositeRule::parse(
      R"x(ALARM("High CPU (web)") AND ALARM(arn:aws:cloudwatch:us-east-1:123456789012:alarm:db) AND ALARM(db))x");
  ASSERT_TRUE(rule) << rule.error().message();
  EXPECT_THAT(rule->children(), ElementsAre("High CPU (web)", "db"));
}

TEST(CompositeRule, SaysWhatIsWrongAndWhere) {
  for (const std::string_view bad : {"", "ALARM", "ALARM()", "ALARM(a", "ALARM(\"a)", "ALARM(a) ALARM(b)",
                                     "NOT", "(ALARM(a)", "ALARM(a) XOR ALARM(b)", "HIGH(a)"})
    EXPECT_FALSE(CompositeRule::parse(bad)) << bad;
  EXPECT_NE(CompositeRule::parse("ALARM(a) AND x").error().what.find("character 14"), std::string::npos);
  EXPECT_FALSE(CompositeRule::parse(std::string(5000, '(')));
}

const Time kStart = *parse_iso8601("2025-08-21T23:00:00Z");
Time minute(int m) { return kStart + std::chrono::minutes(m); }
constexpr std::chrono::minutes kTwo{2};

TEST(ActionSuppression, WaitsForTheSuppressorThenActs) {
  ActionSuppression actions(kTwo, kTwo, kOk);
  EXPECT_EQ(actions.update(minute(0), kAlarm, kOk), std::nullopt);
  EXPECT_EQ(actions.update(minute(1), kAlarm, kOk), std::nullopt);
  EXPECT_EQ(actions.update(minute(2), kAlarm, kOk), kAlarm);
  EXPECT_EQ(actions.update(minute(3), kAlarm, kOk), std::nullopt);
}

TEST(ActionSuppression, HoldsActionsBackWhileTheSuppressorIsInAlarmAndForTheExtension) {
  ActionSuppression actions(kTwo, kTwo, kOk);
  EXPECT_EQ(actions.update(minute(0), kAlarm, kOk), std::nullopt);
  EXPECT_EQ(actions.update(minute(1), kAlarm, kAlarm), std::nullopt);
  EXPECT_EQ(actions.update(minute(9), kAlarm, kAlarm), std::nullopt);
  EXPECT_TRUE(actions.suppressing());
  EXPECT_EQ(actions.update(minute(10), kAlarm, kOk), std::nullopt);
  EXPECT_EQ(actions.update(minute(11), kAlarm, kOk), std::nullopt);
  EXPECT_EQ(actions.update(minute(12), kAlarm, kOk), kAlarm);
}

TEST(ActionSuppression, AnAlarmThatEndedWhileSuppressedSaysNothing) {
  ActionSuppression actions(kTwo, kTwo, kOk);
  EXPECT_EQ(actions.update(minute(0), kAlarm, kAlarm), std::nullopt);
  EXPECT_EQ(actions.update(minute(5), kOk, kAlarm), std::nullopt);
  EXPECT_EQ(actions.update(minute(6), kOk, kOk), std::nullopt);
  EXPECT_EQ(actions.update(minute(60), kOk, kOk), std::nullopt);
}

}  // namespace
}  // namespace culprit
