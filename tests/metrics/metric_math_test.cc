#include "metrics/metric_math.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace culprit {
namespace {

const Time kStart = *parse_iso8601("2025-08-21T23:00:00Z");

// One value a minute; NaN is missing.
MathSeries series(std::string id, std::vector<double> values) {
  MathSeries out{std::move(id), "", {}};
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isnan(values[i])) out.points.push_back({kStart + std::chrono::minutes(i), values[i]});
  return out;
}
constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

MathContext context() {
  MathContext out;
  out.window = {kStart, kStart + std::chrono::minutes(4)};
  out.values.emplace("a", series("a", {1, 2, kMissing, 4}));
  out.values.emplace("b", series("b", {10, 0, 30, 40}));
  out.metric_ids = {"a", "b"};
  return out;
}

// The answer as text: "1 2 - 4", or a number alone as "=3".
std::string answer(std::string_view text) {
  const auto parsed = MathExpression::parse(text);
  if (!parsed) return "refused";
  const auto in = context();
  const auto value = parsed->evaluate(in);
  if (!value) return "error";
  if (const auto* number = std::get_if<double>(&*value)) return fmt::format("={:g}", *number);
  const auto write = [&](const MathSeries& s) {
    std::string out;
    for (Time t = in.window.start; t < in.window.end; t += in.period) {
      const auto found = std::ranges::find(s.points, t, &Datapoint::time);
      out += (out.empty() ? "" : " ") + (found == s.points.end() ? "-" : fmt::format("{:g}", found->value));
    }
    return out;
  };
  if (const auto* one = std::get_if<MathSeries>(&*value)) return write(*one);
  std::string out;
  for (const auto& s : std::get<std::vector<MathSeries>>(*value))
    out += (out.empty() ? "" : " | ") + write(s);
  return out;
}

TEST(MetricMath, Expressions) {
  const std::pair<const char*, const char*> kCases[] = {
      {"1 + 2 * 3", "=7"},
      {"(1 + 2) * 3", "=9"},
      {"2 ^ 3 - 1", "=7"},
      {"-2 + 5", "=3"},
      {"a + 1", "2 3 - 5"},
      {"a + b", "11 2 - 44"},
      {"a / b", "0.1 - - 0.1"},  // a division by zero is missing
      {"100 * a / (a + b)", "9.09091 100 - 9.09091"},
      {"a > 1", "0 1 - 1"},
      {"a > 1 AND b > 1", "0 0 - 1"},
      {"a > 1 || b > 1", "1 1 - 1"},
      {"a == 2", "0 1 - 0"},
      {"SUM(a)", "=7"},
      {"AVG(b)", "=20"},
      {"MAX(METRICS())", "10 2 30 40"},
      {"SUM(METRICS())", "11 2 30 44"},
      {"SUM([a, b])", "11 2 30 44"},
      {"METRIC_COUNT(METRICS())", "=2"},
      {"DATAPOINT_COUNT(a)", "=3"},
      {"MIN(a)", "=1"},
      {"FILL(a, 0)", "1 2 0 4"},
      {"FILL(a, REPEAT)", "1 2 2 4"},
      {"FILL(a, LINEAR)", "1 2 3 4"},
      {"FILL(METRICS(), 0)", "1 2 0 4 | 10 0 30 40"},
      {"DIFF(b)", "- -10 30 10"},
      {"RATE(b)", "- -0.166667 0.5 0.166667"},
      {"DIFF_TIME(b)", "- 60 60 60"},
      {"RUNNING_SUM(a)", "1 3 - 7"},
      {"IF(b > 5, a, 0)", "1 0 - 4"},
      {"IF(b > 5, 1)", "1 - 1 1"},
      {"IF(1, a, b)", "1 2 - 4"},
      {"ABS(-3)", "=3"},
      {"CEIL(a / 3)", "1 1 - 2"},
      {"FLOOR(a / 3)", "0 0 - 1"},
      {"LOG10(b)", "1 - 1.47712 1.60206"},
      {"STDDEV(b)", "=15.8114"},
      {"PERIOD(a)", "=60"},
      {"TIME_SERIES(5)", "5 5 5 5"},
      {"HOUR(b)", "23 23 23 23"},
      {"DAY(b)", "4 4 4 4"},  // a Thursday
      {"SLICE(METRICS(), 1)", "10 0 30 40"},
      {"SLICE(METRICS(), 0, 2)", "1 2 - 4 | 10 0 30 40"},
      {"FIRST(METRICS())", "1 2 - 4"},
      {"LAST(METRICS())", "10 0 30 40"},
      {"SORT(METRICS(), MAX, DSC)", "10 0 30 40 | 1 2 - 4"},
      {"SORT(METRICS(), AVG, ASC, 1)", "1 2 - 4"},
      {"METRICS('b')", "10 0 30 40"},
      {"c + 1", "error"},
      {"1 +", "refused"},
      {"A + 1", "refused"},
      {"NOSUCH(a)", "refused"},
      {"(1", "refused"},
      {"1 2", "refused"},
      {"FILL(a)", "error"},
      {"SEARCH('x', 'Sum', 60)", "error"},
      {"ANOMALY_DETECTION_BAND(a, 2)", "error"},
  };
  for (const auto& [text, expected] : kCases) EXPECT_EQ(answer(text), expected) << text;
}

TEST(MetricMath, RefusesDeepNestingAndLongTexts) {
  EXPECT_EQ(answer(std::string(1000, '(')), "refused");
  EXPECT_EQ(answer(std::string(1000, '-') + "1"), "refused");
  EXPECT_EQ(answer(std::string(3000, ' ') + "1"), "refused");
}

TEST(MetricMath, ExpressionsMayUseEachOtherButNotInACircle) {
  auto in = context();
  std::map<std::string, MathExpression> expressions;
  expressions.emplace("e2", *MathExpression::parse("e1 * 2"));
  expressions.emplace("e1", *MathExpression::parse("a + 1"));
  ASSERT_TRUE(evaluate_expressions(expressions, in));
  EXPECT_EQ(std::get<MathSeries>(in.values.at("e2")).points.at(0).value, 4);
  expressions.insert_or_assign("e1", *MathExpression::parse("e2 + 1"));
  auto again = context();
  EXPECT_FALSE(evaluate_expressions(expressions, again));
}

}  // namespace
}  // namespace culprit
