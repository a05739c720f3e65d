// ECS and RDS as of a moment, from states that were gathered later.
#include <gtest/gtest.h>

#include "account_builder.h"

namespace culprit::server {
namespace {

constexpr std::int64_t kNoon = 1'795'521'600'000;  // 2026-11-24T12:00:00Z
constexpr const char* kService =
    R"({"serviceArn":"arn:aws:ecs:eu-west-1:111122223333:service/c/web","serviceName":"web",
  "clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/c","status":"ACTIVE",
  "events":[{"id":"2","createdAt":"2026-11-24T12:30:00+00:00","message":"later"},
            {"id":"1","createdAt":"2026-11-24T11:00:00+00:00","message":"before"}]})";
constexpr const char* kTask =
    R"({"taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/c/t1","group":"service:web",
  "clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/c","lastStatus":"STOPPED","desiredStatus":"STOPPED",
  "taskDefinitionArn":"arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7","cpu":"256","memory":"512",
  "createdAt":"2026-11-24T10:00:00+00:00","stoppedAt":"2026-11-24T12:10:00+00:00","stopCode":"EssentialContainerExited",
  "containers":[{"name":"app","image":"repo/web:1","exitCode":137,"lastStatus":"STOPPED"}]})";

AccountBuilder& gathered(AccountBuilder& builder) {
  return builder.state("ecs:service", "web", kNoon + 3'600'000, kService)
      .state("ecs:task", "t1", kNoon + 3'600'000, kTask);
}

TEST(Ecs, ServiceEventsThatCameLaterAreNotSeen) {
  AccountBuilder builder;
  gathered(builder).at(kNoon);
  const auto answer =
      builder.answer(aws::Service::kEcs, "DescribeServices", R"({"cluster":"c","services":["web","none"]})");
  const auto& service = answer.at("services").as_array().at(0).as_object();
  ASSERT_EQ(service.at("events").as_array().size(), 1u);
  EXPECT_EQ(service.at("events").as_array()[0].as_object().at("createdAt").as_double(), 1'795'518'000.0);
  EXPECT_EQ(answer.at("failures").as_array().at(0).as_object().at("reason").as_string(), "MISSING");
}

TEST(Ecs, ATaskThatStoppedLaterStillRuns) {
  AccountBuilder before, after;
  gathered(before).at(kNoon);
  gathered(after).at(kNoon + 1'800'000);
  const std::string running = R"({"cluster":"c","serviceName":"web"})";
  const std::string stopped = R"({"cluster":"c","serviceName":"web","desiredStatus":"STOPPED"})";
  const auto tasks = [](AccountBuilder& b, const std::string& p) {
    return b.answer(aws::Service::kEcs, "ListTasks", p).at("taskArns").as_array().size();
  };
  EXPECT_EQ(tasks(before, running), 1u);
  EXPECT_EQ(tasks(before, stopped), 0u);
  EXPECT_EQ(tasks(after, running), 0u);
  EXPECT_EQ(tasks(after, stopped), 1u);
  const auto task = before.answer(aws::Service::kEcs, "DescribeTasks", R"({"cluster":"c","tasks":["t1"]})")
                        .at("tasks")
                        .as_array()
                        .at(0)
                        .as_object();
  EXPECT_FALSE(task.contains("stopCode"));
  EXPECT_FALSE(task.at("containers").as_array()[0].as_object().contains("exitCode"));
}

TEST(Ecs, RefusesInTheServicesWords) {
  AccountBuilder builder;
  gathered(builder);
  const auto asked = [&](std::string_view operation, const std::string& p) {
    return builder.call(aws::Service::kEcs, operation, p);
  };
  EXPECT_EQ(asked("DescribeServices", R"({"cluster":"x","services":["web"]})"),
            "ClusterNotFoundException: Cluster not found.");
  EXPECT_EQ(asked("ListTasks", R"({"cluster":"c","serviceName":"x"})"),
            "ServiceNotFoundException: Service not found.");
  EXPECT_EQ(asked("DescribeServices", R"({"cluster":"c"})"),
            "InvalidParameterException: Services cannot be empty.");
  EXPECT_EQ(asked("DescribeTaskDefinition", R"({"taskDefinition":"x:1"})"),
            "ClientException: Unable to describe task definition.");
}

TEST(Ecs, ATaskDefinitionIsToldFromItsTasks) {
  AccountBuilder builder;
  gathered(builder);
  const auto definition =
      builder.answer(aws::Service::kEcs, "DescribeTaskDefinition", R"({"taskDefinition":"web"})")
          .at("taskDefinition")
          .as_object();
  EXPECT_EQ(definition.at("revision").as_int64(), 7);
  EXPECT_EQ(definition.at("containerDefinitions").as_array()[0].as_object().at("image").as_string(),
            "repo/web:1");
}

TEST(Rds, EventsOfTheLastHourUnlessAsked) {
  AccountBuilder builder;
  for (const int minutes : {-120, -30, 30})
    builder.state("rds:event", "db " + std::to_string(minutes), kNoon,
                  R"({"SourceIdentifier":"db","SourceType":"db-instance","Message":"m","Date":")" +
                      format_utc(from_epoch_ms(kNoon + minutes * 60'000)) + "\"}");
  builder.at(kNoon);
  const auto events = [&](const std::string& p) {
    return builder.answer(aws::Service::kRds, "DescribeEvents", p).at("Events").as_array().size();
  };
  EXPECT_EQ(events("{}"), 1u);
  EXPECT_EQ(events(R"({"Duration":"180"})"), 2u);
  EXPECT_EQ(events(R"({"Duration":"180","SourceIdentifier":"other","SourceType":"db-instance"})"), 0u);
  EXPECT_EQ(builder.call(aws::Service::kRds, "DescribeEvents", R"({"SourceIdentifier":"db"})"),
            "InvalidParameterCombination: SourceType must be given with SourceIdentifier.");
}

TEST(Rds, InstancesByNameAndFilter) {
  AccountBuilder builder;
  builder.state("rds:db-instance", "db", kNoon, R"({"DBInstanceIdentifier":"db","Engine":"postgres"})");
  const auto count = [&](const std::string& p) {
    return builder.answer(aws::Service::kRds, "DescribeDBInstances", p).at("DBInstances").as_array().size();
  };
  EXPECT_EQ(count(R"({"DBInstanceIdentifier":"DB"})"), 1u);
  EXPECT_EQ(count(R"({"Filters":[{"Name":"engine","Values":["mysql"]}]})"), 0u);
  EXPECT_EQ(builder.call(aws::Service::kRds, "DescribeDBInstances", R"({"DBInstanceIdentifier":"x"})"),
            "DBInstanceNotFound: DBInstance x not found.");
}

TEST(Rds, ALogFileComesInPortions) {
  AccountBuilder builder;
  builder.state("rds:db-instance", "db", kNoon, R"({"DBInstanceIdentifier":"db"})");
  for (int i = 0; i < 5; ++i)
    builder.event("/aws/rds/instance/db/postgresql", "db.0", kNoon + i, "line " + std::to_string(i));
  const auto portion = [&](const std::string& more) {
    return builder.answer(
        aws::Service::kRds, "DownloadDBLogFilePortion",
        R"({"DBInstanceIdentifier":"db","LogFileName":"error/postgresql.log.2026-11-24-12")" + more + "}");
  };
  EXPECT_EQ(portion("").at("LogFileData").as_string(), "line 0\nline 1\nline 2\nline 3\nline 4\n");
  EXPECT_EQ(portion(R"(,"NumberOfLines":2)").at("LogFileData").as_string(), "line 3\nline 4\n");
  const auto first = portion(R"(,"Marker":"0","NumberOfLines":2)");
  EXPECT_EQ(first.at("LogFileData").as_string(), "line 0\nline 1\n");
  EXPECT_TRUE(first.at("AdditionalDataPending").as_bool());
  EXPECT_EQ(portion(R"(,"NumberOfLines":3,"Marker":")" + std::string(first.at("Marker").as_string()) + "\"")
                .at("LogFileData")
                .as_string(),
            "line 2\nline 3\nline 4\n");
}

}  // namespace
}  // namespace culprit::server
