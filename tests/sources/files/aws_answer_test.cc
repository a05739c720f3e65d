// Saved `aws … --output json` answers, as the runbook's commands give them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support.h"

namespace culprit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr std::string_view kWeb = "/aws/ecs/shop-web";
const Time kFive = *parse_iso8601("2025-08-21T23:05:00Z");

TEST(AwsAnswer, StatesOfServicesTasksClustersAndInstances) {
  Folder in;
  in.file("describe-services.json", R"({
    "services": [{"serviceArn": "arn:s", "serviceName": "shop-web-service", "desiredCount": 3, "runningCount": 2,
                  "events": [{"createdAt": "2025-08-21T17:05:00-06:00", "message": "x"}]}],
    "failures": [{"arn": "arn:aws:ecs:us-east-1:1:service/prod/shop-ai", "reason": "MISSING"}]
})")
      .file("list-tasks.json", R"({"taskArns": ["arn:task/1", "arn:task/2"]})")
      .file(
          "describe-tasks-2025-08-21T23:05:00Z.json",
          R"({"tasks": [{"taskArn": "arn:task/1", "group": "service:shop-web-service", "createdAt": 1755800000.5}], "failures": []})")
      .file("describe-clusters.json", R"({"clusters": [{"clusterName": "prod", "status": "ACTIVE"}]})")
      .file("describe-db-instances.json",
            R"({"DBInstances": [{"DBInstanceIdentifier": "shop-db", "DBInstanceStatus": "available"}]})")
      .file("describe-events.json",
            R"({"Events": [{"SourceIdentifier": "shop-db", "SourceType": "db-instance",
            "Message": "DB instance restarted", "Date": "2025-08-21T23:05:00.000000+00:00"}]})")
      .file("describe-log-groups.json",
            R"({"logGroups": [{"logGroupName": "/aws/ecs/shop-web", "storedBytes": 5}]})")
      .file("describe-alarms.json",
            R"({"MetricAlarms": [{"AlarmName": "cpu"}], "CompositeAlarms": [{"AlarmName": "all"}]})");
  RememberingStore store;
  const auto report = collect(in.path(), store);
  ASSERT_TRUE(report) << report.error().message();
  std::vector<std::string> states;
  for (const auto& s : store.states) states.push_back(s.kind + " " + s.id);
  EXPECT_THAT(states, testing::UnorderedElementsAre("ecs:service shop-web-service", "ecs:task arn:task/1",
                                                    "ecs:cluster prod", "rds:db-instance shop-db",
                                                    "rds:event shop-db", "logs:log-group /aws/ecs/shop-web",
                                                    "cloudwatch:alarm cpu", "cloudwatch:alarm all"));
  for (const auto& s : store.states) {
    const bool dated = s.kind == "ecs:service" || s.kind == "ecs:task" || s.kind == "rds:event";
    EXPECT_EQ(s.observed_at == kFive, dated) << s.kind;
  }
  EXPECT_EQ(row_of(*report, "describe-services.json")->format, "aws ecs describe-services");
  EXPECT_EQ(row_of(*report, "list-tasks.json")->format, "aws ecs list-tasks");
  ASSERT_NE(store.gap_about("arn:aws:ecs:us-east-1:1:service/prod/shop-ai"), nullptr);
  bool undescribed = false;
  for (const auto& g : store.gaps)
    undescribed = undescribed || g.detail.find("arn:task/2") != std::string::npos;
  EXPECT_TRUE(undescribed);
}

TEST(AwsAnswer, MetricStatisticsNamedByFileAndLabel) {
  Folder in;
  in.file("metrics/rds-CPUUtilization.json", R"({"Label": "CPUUtilization", "Datapoints": [
      {"Timestamp": "2025-08-21T23:05:00+00:00", "Average": 91.5, "Maximum": 99, "Unit": "Percent",
       "ExtendedStatistics": {"p99": 98.5}},
      {"Timestamp": "2025-08-21T23:00:00+00:00", "Average": 20, "Maximum": 25, "Unit": "Percent"}]})")
      .file("vague.json",
            R"({"Datapoints": [{"Timestamp": 1755817200, "Average": 1}], "Label": "CPUUtilization"})");
  RememberingStore store;
  const auto report = collect(in.path(), store);
  ASSERT_TRUE(report);
  const auto* average = store.series_of("CPUUtilization", "Average");
  ASSERT_NE(average, nullptr);
  EXPECT_EQ(to_string(average->id), "AWS/RDS CPUUtilization DBInstanceIdentifier=shop-db");
  EXPECT_EQ(average->unit, "Percent");
  EXPECT_EQ(average->period, std::chrono::seconds{300});
  EXPECT_THAT(average->points,
              ElementsAre(Datapoint{kFive - std::chrono::minutes{5}, 20}, Datapoint{kFive, 91.5}));
  EXPECT_NE(store.series_of("CPUUtilization", "p99"), nullptr);
  EXPECT_THAT(row_of(*report, "vague.json")->note, HasSubstr("Name the file by component and metric"));
  ASSERT_NE(store.gap_about("vague.json"), nullptr);
}

TEST(AwsAnswer, MetricDataNamedByIdAndLabel) {
  Folder in;
  in.file("get-metric-data.json", R"({"MetricDataResults": [
      {"Id": "db_cpu_max", "Label": "CPUUtilization", "Timestamps": ["2025-08-21T23:05:00Z", "2025-08-21T23:04:00Z"],
       "Values": [91, 90], "StatusCode": "Complete"},
      {"Id": "m2", "Label": "DatabaseConnections", "Timestamps": [1755817500], "Values": [70], "StatusCode": "PartialData"}],
      "Messages": []})");
  RememberingStore store;
  const auto report = collect(in.path(), store);
  ASSERT_TRUE(report);
  ASSERT_NE(store.series_of("CPUUtilization", "Maximum"), nullptr);
  EXPECT_EQ(store.series_of("CPUUtilization", "Maximum")->points.front().value, 90);
  ASSERT_NE(store.series_of("DatabaseConnections", "Average"), nullptr);
  EXPECT_THAT(report->files[0].target, HasSubstr("db.connections Average assumed"));
  EXPECT_THAT(report->files[0].note, HasSubstr("not complete (PartialData)"));
}

constexpr std::string_view kErrors = R"({"events": [
    {"logStreamName": "web/shop/1", "timestamp": 1755817500000, "message": "ERROR a\n", "ingestionTime": 1755817501000, "eventId": "e1"},
    {"logStreamName": "web/shop/1", "timestamp": 1755817500001, "message": "ERROR timeout b", "ingestionTime": 1755817501000, "eventId": "e2"}],
    "searchedLogStreams": []})";
constexpr std::string_view kTimeouts = R"({"events": [
    {"logStreamName": "web/shop/1", "timestamp": 1755817500001, "message": "ERROR timeout b", "ingestionTime": 1755817501000, "eventId": "e2"}]})";

TEST(AwsAnswer, EventsOfSeveralPatternsAreKeptOnce) {
  Folder in;
  in.file("filter-log-events-web-ERROR.json", kErrors).file("filter-log-events-web-timeout.json", kTimeouts);
  RememberingStore store;
  const auto report = collect(in.path(), store);
  ASSERT_TRUE(report);
  EXPECT_THAT(store.messages(kWeb), ElementsAre("ERROR a", "ERROR timeout b"));
  EXPECT_EQ(store.events[0].stream, "web/shop/1");
  EXPECT_EQ(store.events[0].time, kFive);
  EXPECT_EQ(store.events[0].ingestion, kFive + std::chrono::seconds{1});
  EXPECT_THAT(row_of(*report, "filter-log-events-web-timeout.json")->note,
              HasSubstr("1 events were met before"));
  ASSERT_NE(store.gap_about(kWeb), nullptr);
  EXPECT_EQ(store.gap_about(kWeb)->reason, GapReason::kNotAsked);
}

TEST(AwsAnswer, EventsAreNotReadAgainBesideTheRawLog) {
  Folder in;
  in.file("filter-log-events-web-ERROR.json", kErrors)
      .file("web.log",
            "I, [2025-08-21T23:05:00.000000 #1] ERROR -- : a\nI, [2025-08-21T23:05:00.001000 #1] ERROR -- : "
            "timeout b\n");
  RememberingStore store;
  const auto report = collect(in.path(), store);
  ASSERT_TRUE(report);
  EXPECT_THAT(store.messages(kWeb), SizeIs(2));
  EXPECT_THAT(row_of(*report, "filter-log-events-web-ERROR.json")->note,
              HasSubstr("2 events not read again"));
  const auto* gap = store.gap_about("filter-log-events-web-ERROR.json");
  ASSERT_NE(gap, nullptr);
  EXPECT_EQ(gap->component, "web");
  EXPECT_THAT(gap->detail, HasSubstr("the input holds the raw log of /aws/ecs/shop-web"));
  EXPECT_EQ(gap->window->start, kFive);
  EXPECT_EQ(store.gap_about(kWeb), nullptr);  // the raw log itself can be relied on
}

TEST(AwsAnswer, EventsOfGetLogEventsAndOfQueriesTakeTheStreamFromThePath) {
  Folder in;
  in.file(
        "logs/aws/ecs/shop-worker/w%2F1.json",
        R"({"events": [{"timestamp": 1755817500000, "message": "x", "ingestionTime": 1755817500000}], "nextForwardToken": "f/1"})")
      .file("ai-events.json", R"([{"timestamp": 1755817500000, "message": "y"}])");
  RememberingStore store;
  const auto report = collect(in.path(), store);
  ASSERT_TRUE(report);
  ASSERT_THAT(store.events, SizeIs(2));
  EXPECT_EQ(store.events[0].group + " " + store.events[0].stream, "/aws/ecs/shop-ai ai-events");
  EXPECT_EQ(store.events[1].group + " " + store.events[1].stream, "/aws/ecs/shop-worker w/1");
  EXPECT_EQ(row_of(*report, "ai-events.json")->format, "aws logs get-log-events");
}

TEST(AwsAnswer, EmptyAndOddItemsAreNoReasonToFail) {
  Folder in;
  in.file("a.json", R"({"services": []})")
      .file("b.json", R"({"services": [{"status": "ACTIVE"}, 5, null, {"serviceName": "ok"}]})")
      .file("c.json", R"({"events": [{"timestamp": "when", "message": 3}]})")
      .file("d.json", "{\"tasks\": [{\"taskArn\": \"t\xff\", \"group\": \"\xff\"}]}");
  RememberingStore store;
  const auto report = collect(in.path(), store);
  ASSERT_TRUE(report);
  EXPECT_EQ(row_of(*report, "a.json")->note, "the answer is empty");
  EXPECT_THAT(row_of(*report, "b.json")->note, HasSubstr("an item without serviceName (and 2 more"));
  EXPECT_THAT(row_of(*report, "c.json")->note, HasSubstr("a log event without timestamp or message"));
  EXPECT_THAT(store.states, SizeIs(2));
}

}  // namespace
}  // namespace culprit
