#include "sources/aws/metric_queries.h"

#include <gtest/gtest.h>

namespace culprit::aws {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Time kStart = from_epoch_ms(1755817200000);

System system_with(int metrics) {
  System system;
  for (int i = 0; i < metrics; ++i) {
    SystemMetric metric;
    metric.metric = {"N", "m" + std::to_string(i), {}};
    metric.statistics = {"Average", "Maximum"};
    system.metrics.push_back(metric);
  }
  return system;
}

TEST(MetricQueries, AskAtMost500AtOnce) {
  const auto queries = plan_metric_queries(system_with(300), {kStart, kStart + hours{1}},
                                           {kStart, kStart + hours{1}}, kStart + hours{2});
  const auto batches = batches_of(queries);
  ASSERT_EQ(batches.size(), 2u);
  EXPECT_EQ(batches[0].size(), 500u);
  EXPECT_EQ(batches[1].size(), 100u);
}

TEST(MetricQueries, TheLongViewEndsWithTheSpanAndLooksBackFromTheIncident) {
  System system = system_with(1);
  system.metrics[0].long_view = hours{2};
  system.metrics[0].long_period = seconds{300};
  const Window incident{kStart, kStart + minutes{10}};
  const auto queries =
      plan_metric_queries(system, {kStart - minutes{30}, kStart + minutes{20}}, incident, kStart + hours{1});
  ASSERT_EQ(queries.size(), 4u);
  EXPECT_TRUE(queries[2].long_view);
  EXPECT_EQ(queries[2].period, seconds{300});
  EXPECT_LE(queries[2].window.start, incident.end - hours{2});
  EXPECT_EQ(queries[2].window.end, kStart + minutes{20});
}

TEST(MetricQueries, PeriodsFollowWhatIsKept) {
  const System system = system_with(1);
  const auto period_at = [&](hours age) {
    return plan_metric_queries(system, {kStart, kStart + hours{1}}, {kStart, kStart + hours{1}},
                               kStart + age)[0]
        .period;
  };
  EXPECT_EQ(period_at(hours{24 * 14}), seconds{60});
  EXPECT_EQ(period_at(hours{24 * 16}), seconds{300});
  EXPECT_EQ(period_at(hours{24 * 64}), seconds{3600});
}

TEST(MetricQueries, RangesOnLogSignalsAreNotAsked) {
  System system = system_with(1);
  system.metrics[0].metric = {};
  EXPECT_TRUE(
      plan_metric_queries(system, {kStart, kStart + hours{1}}, {kStart, kStart + hours{1}}, kStart).empty());
}

TEST(MetricQueries, ExtraStatisticsAreAskedOnce) {
  System system = system_with(1);
  system.metrics[0].extra_statistics = {"p99", "Average"};
  const auto queries =
      plan_metric_queries(system, {kStart, kStart + hours{1}}, {kStart, kStart + hours{1}}, kStart);
  ASSERT_EQ(queries.size(), 3u);
  EXPECT_TRUE(queries[2].extra);
  EXPECT_EQ(metric_request(queries).at("MetricDataQueries").at(2).at("MetricStat").at("Stat"), "p99");
}

}  // namespace
}  // namespace culprit::aws
