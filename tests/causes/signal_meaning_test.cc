#include "causes/signal_meaning.h"

#include <gtest/gtest.h>

namespace culprit {
namespace {

struct Named {
  const char* name;
  SignalKind kind;
  double factor;
  const char* statistic;
};

class Meanings : public testing::TestWithParam<Named> {};

TEST_P(Meanings, AreToldFromWords) {
  const auto found = meaning_of(GetParam().name);
  EXPECT_EQ(found.meaning.kind, GetParam().kind) << name_of(found.meaning.kind);
  if (found.meaning.kind != SignalKind::kOther) {
    EXPECT_DOUBLE_EQ(found.meaning.factor, GetParam().factor);
  }
  EXPECT_EQ(found.statistic, GetParam().statistic);
}

INSTANTIATE_TEST_SUITE_P(
    Names, Meanings,
    testing::Values(Named{"latency", SignalKind::kLatency, 1, ""},
                    Named{"http_request_duration_ms_p99", SignalKind::kLatency, 1e-3, "p99"},
                    Named{"TargetResponseTime", SignalKind::kLatency, 1, ""},
                    Named{"ReadLatency", SignalKind::kLatency, 1, ""},
                    Named{"query time us", SignalKind::kLatency, 1e-6, ""},
                    Named{"availability", SignalKind::kFailureShare, -1, ""},
                    Named{"SuccessRate(%)", SignalKind::kFailureShare, -0.01, ""},
                    Named{"error_ratio", SignalKind::kFailureShare, 1, ""},
                    Named{"errors percent", SignalKind::kFailureShare, 0.01, ""},
                    Named{"HTTPCode_Target_5XX_Count", SignalKind::kFailureCount, 1, "count"},
                    Named{"errors", SignalKind::kFailureCount, 1, ""},
                    Named{"requests", SignalKind::kTraffic, 1, ""},
                    Named{"RequestCount", SignalKind::kTraffic, 1, "count"},
                    Named{"workload(Ops)", SignalKind::kTraffic, 1, ""},
                    Named{"CPUUtilization", SignalKind::kResource, 1, ""},
                    Named{"FreeableMemory", SignalKind::kResource, -1, ""},
                    Named{"DatabaseConnections", SignalKind::kResource, 1, ""},
                    Named{"NetworkReceiveBytes", SignalKind::kOther, 1, ""},
                    Named{"temperature", SignalKind::kOther, 1, ""}, Named{"", SignalKind::kOther, 1, ""}));

TEST(Percentages, AShareBeyondOneIsAPercentage) {
  const auto availability = meaning_of("availability").meaning;
  const std::vector<Datapoint> percent{{Time{}, 100}, {Time{}, 97}};
  const std::vector<Datapoint> ratio{{Time{}, 1}, {Time{}, 0.97}};
  EXPECT_DOUBLE_EQ(settle_percentage(availability, percent).factor, -0.01);
  EXPECT_DOUBLE_EQ(settle_percentage(availability, ratio).factor, -1);
}

TEST(LatencyStatistics, AveragesStandBeforeTails) {
  EXPECT_LT(latency_statistic_rank("Average"), latency_statistic_rank("p50"));
  EXPECT_LT(latency_statistic_rank("p50"), latency_statistic_rank("p90"));
  EXPECT_LT(latency_statistic_rank("p90"), latency_statistic_rank("p99"));
  EXPECT_LT(latency_statistic_rank("p95"), latency_statistic_rank("Minimum"));
}

}  // namespace
}  // namespace culprit
