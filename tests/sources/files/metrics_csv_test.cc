#include "sources/files/metrics_csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace culprit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

MetricsCsvReader read(std::string_view text, std::size_t block_bytes = 1 << 20) {
  MetricsCsvReader reader;
  for (std::size_t i = 0; i < text.size(); i += block_bytes) reader.feed(text.substr(i, block_bytes));
  reader.finish();
  return reader;
}

const std::string kHeader = std::string(kMetricsHeader) + "\n";

TEST(MetricsCsv, GroupsRowsIntoSeries) {
  auto reader =
      read(kHeader +
           "2025-08-21T23:01:00Z,AWS/RDS,CPUUtilization,DBInstanceIdentifier=db,Average,Percent,60,91.5\n"
           "1755817200,AWS/RDS,CPUUtilization,DBInstanceIdentifier=db,Average,Percent,60,20\n"
           "2025-08-21 23:00,AWS/ECS,CPUUtilization,ServiceName=web;ClusterName=prod,p99,Percent,300,1e1\n"
           "2025-08-21T23:01:00Z,AWS/RDS,CPUUtilization,DBInstanceIdentifier=db,Average,Percent,60,92\n");
  const auto series = reader.take_series();
  ASSERT_EQ(series.size(), 2u);
  EXPECT_EQ(to_string(series[0].id), "AWS/RDS CPUUtilization DBInstanceIdentifier=db");
  const Time t = *parse_iso8601("2025-08-21T23:00:00Z");
  EXPECT_THAT(series[0].points, ElementsAre(Datapoint{t, 20}, Datapoint{t + std::chrono::minutes{1}, 92}));
  EXPECT_EQ(to_string(series[1].id), "AWS/ECS CPUUtilization ClusterName=prod ServiceName=web");
  EXPECT_EQ(series[1].statistic, "p99");
  EXPECT_EQ(series[1].period, std::chrono::seconds{300});
  EXPECT_EQ(reader.wrong_lines(), 0u);
}

TEST(MetricsCsv, TakesColumnsInAnyOrderAndQuotedCells) {
  auto reader = read("value,timestamp\n");
  EXPECT_EQ(recognise_csv("timestamp,value,metric,namespace,dimensions,statistic\r\n"), CsvKind::kMetrics);
  auto other = read(
      "timestamp,value,metric,namespace,dimensions,statistic\r\n"
      "1755817200000,3,\"My, \"\"own\"\"\",App,,Sum\r\n");
  const auto series = other.take_series();
  ASSERT_EQ(series.size(), 1u);
  EXPECT_EQ(series[0].id.name, "My, \"own\"");
  EXPECT_EQ(series[0].period, std::chrono::seconds{60});
}

TEST(MetricsCsv, NamesWrongLinesAndReadsTheOthers) {
  auto reader = read(kHeader +
                     "yesterday,AWS/RDS,CPU,,Average,,60,1\n"
                     "1755817200,AWS/RDS,CPU,,Average,,60,lots\n"
                     "1755817200,AWS/RDS,CPU,oops,Average,,60,1\n"
                     "1755817200,AWS/RDS,CPU,,Average,,60\n"
                     "1755817200,AWS/RDS,CPU,,Average,,-1,1\n"
                     "1755817200,AWS/RDS,CPU,,Average,,60,NaN\n"
                     "1755817200,AWS/RDS,CPU,,Average,,60,5\n");
  EXPECT_EQ(reader.wrong_lines(), 6u);
  EXPECT_THAT(reader.complaints(),
              ElementsAre("line 2: 'yesterday' is not a time", "line 3: value 'lots' is not a number",
                          "line 4: dimension 'oops' is not NAME=VALUE"));
  EXPECT_EQ(reader.take_series().at(0).points.size(), 1u);
}

TEST(MetricsCsv, DoesNotCareWhereBlocksEndNorHowLongALineIs) {
  const std::string text =
      kHeader + "1755817200,A,M,,Sum,,60,1\n" + std::string(200'000, 'x') + "\n1755817260,A,M,,Sum,,60,2";
  for (const std::size_t n : {std::size_t{1}, std::size_t{7}, std::size_t{4096}, std::size_t{1} << 20}) {
    auto reader = read(text, n);
    EXPECT_THAT(reader.complaints(), ElementsAre("line 3: the line is longer than 64 KB"));
    EXPECT_EQ(reader.take_series().at(0).points.size(), 2u) << n;
  }
}

TEST(MetricsCsv, TellsKindsApart) {
  EXPECT_EQ(recognise_csv(kHeader), CsvKind::kMetrics);
  EXPECT_EQ(recognise_csv("timestamp,CPUUtilization\n1,2\n"), CsvKind::kPoints);
  EXPECT_EQ(recognise_csv("2025-08-21T23:00:00Z,3.5\n2025-08-21T23:01:00Z,4\n"), CsvKind::kPoints);
  EXPECT_EQ(recognise_csv("1755817200,3.5"), CsvKind::kPoints);
  EXPECT_EQ(recognise_csv("timestamp,host,cpu\n"), CsvKind::kOther);
  EXPECT_EQ(recognise_csv("2025-08-21 23:00:00,123 INFO started\n"), CsvKind::kNone);
  EXPECT_EQ(recognise_csv("LineId,Content,Event_Id\n1,2,3\n"), CsvKind::kOther);
  EXPECT_EQ(recognise_csv("{\"a\":1,\"b\":2,\"c\":3}\n"), CsvKind::kNone);
  EXPECT_EQ(recognise_csv("hello, world\n"), CsvKind::kNone);
  EXPECT_EQ(recognise_csv("now,3\n"), CsvKind::kNone);
  EXPECT_EQ(recognise_csv(""), CsvKind::kNone);
}

TEST(MetricsCsv, FindsThePeriodOfPoints) {
  std::vector<Datapoint> points;
  for (const int s : {0, 300, 600, 1500, 1800}) points.push_back({from_epoch_ms(s * 1000), 1});
  EXPECT_EQ(period_of(points, std::chrono::seconds{60}), std::chrono::seconds{300});
  EXPECT_EQ(period_of({}, std::chrono::seconds{60}), std::chrono::seconds{60});
}

}  // namespace
}  // namespace culprit
