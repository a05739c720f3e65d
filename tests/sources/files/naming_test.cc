// What the names of files tell: log groups, metrics, times.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/printable.h"
#include "sources/files/answer_time.h"
#include "sources/files/file_names.h"
#include "sources/files/log_target.h"
#include "sources/files/metric_name.h"
#include "support.h"

namespace culprit {
namespace {

using testing::HasSubstr;

TEST(LogTarget, IsFoundByPathThenNameThenFormat) {
  struct Case {
    std::string path;
    LogFormat format;
    std::string expected;  // "group stream (because)"
  };
  const std::vector<Case> cases{
      {"logs/aws/ecs/shop-web/web/shop/4a1b.log.gz", LogFormat::kRails,
       "/aws/ecs/shop-web web/shop/4a1b (path)"},
      {"logs/aws/ecs/shop-web/web%2Fshop%2F4a1b.log.gz", LogFormat::kRails,
       "/aws/ecs/shop-web web/shop/4a1b (path)"},
      {"aws/rds/instance/shop-db/postgresql/shop-db.0.log", LogFormat::kPostgres,
       "/aws/rds/instance/shop-db/postgresql shop-db.0 (path)"},
      {"incident/logs/shop-worker/a.log.zst", LogFormat::kRails, "/aws/ecs/shop-worker a (path)"},
      {"shop-web.log", LogFormat::kTimestamped, "/aws/ecs/shop-web shop-web (name)"},
      {"dumps/shop-web-service-2025.txt", LogFormat::kTimestamped,
       "/aws/ecs/shop-web dumps/shop-web-service-2025 (name)"},
      {"postgresql.log.2025-08-21-23", LogFormat::kTimestamped,
       "/aws/rds/instance/shop-db/postgresql postgresql.log.2025-08-21-23 (name)"},
      {"worker.log", LogFormat::kRails, "/aws/ecs/shop-worker worker (name)"},
      {"ai-3.log", LogFormat::kRails, "/aws/ecs/shop-ai ai-3 (name)"},
      {"airport.log", LogFormat::kSidekiqJson, "/aws/ecs/shop-worker airport (format)"},
      {"x/y.log", LogFormat::kLograge, "/aws/ecs/shop-web x/y (format)"},
      {"y.log", LogFormat::kPostgres, "/aws/rds/instance/shop-db/postgresql y (format)"},
      {"y.log", LogFormat::kTimestamped, "file:y.log y ()"},
      {"shop-web-and-shop-worker/shop-cron.log", LogFormat::kTimestamped,
       "/aws/ecs/shop-worker shop-web-and-shop-worker/shop-cron (name)"},
  };
  const auto system = four_components();
  for (const auto& c : cases) {
    const auto t = find_log_target(system, c.path, c.format);
    EXPECT_EQ(t.group + " " + t.stream + " (" + t.because + ")", c.expected) << c.path;
  }
}

TEST(LogTarget, DoesNotGuessBetweenComponentsAlike) {
  auto system = four_components();
  system.components[1].log_format = "rails";
  EXPECT_EQ(find_log_target(system, "y.log", LogFormat::kRails).group, "file:y.log");
  auto second = system.components[2];
  second.id = "replica";
  second.name = "shop-replica";
  second.log_group = "/aws/rds/instance/shop-replica/postgresql";
  system.components.push_back(second);
  EXPECT_EQ(find_log_target(system, "postgresql.log", LogFormat::kPostgres).group, "file:postgresql.log");
  EXPECT_EQ(find_log_target(system, "logs/shop-replica/postgresql/a.log", LogFormat::kPostgres).component,
            "replica");
}

TEST(MetricName, IsFoundFromNameAndLabel) {
  struct Case {
    std::string words, label, expected;
  };
  const auto system = four_components();
  for (const auto& c : std::vector<Case>{
           {"metrics/rds-CPUUtilization.json", "", "db.cpu "},
           {"rds_cpu_utilization-max.json", "", "db.cpu Maximum"},
           {"ecs-web-cpu.json", "CPUUtilization", "web.cpu "},
           {"ecs-web-cpu_p99.csv", "", "web.cpu p99"},
           {"web/memory.json", "MemoryUtilization", "web.memory "},
           {"ecs-shop-worker.json", "CPUUtilization", "worker.cpu "},
           {"answer.json", "DatabaseConnections", "db.connections "},
           {"get-metric-data.json db_connections_average", "x", "db.connections Average"},
       }) {
    const auto named = name_metric(system, c.words, c.label);
    ASSERT_TRUE(named) << c.words << ": " << named.error().message();
    EXPECT_EQ(named->metric->id + " " + named->statistic, c.expected) << c.words;
  }
}

TEST(MetricName, SaysHowToNameAFileThatTellsTooLittle) {
  const auto system = four_components();
  const auto vague = name_metric(system, "answer.json", "CPUUtilization");
  ASSERT_FALSE(vague);
  EXPECT_THAT(vague.error().what, HasSubstr("web.cpu or worker.cpu or db.cpu"));
  EXPECT_THAT(vague.error().hint, HasSubstr("web-CPUUtilization.json"));
  const auto unknown = name_metric(system, "rds-FreeSpace.json", "FreeSpace");
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().hint, HasSubstr("component and metric"));
}

TEST(AnswerTime, IsReadFromNamesAndDocuments) {
  const Time t = *parse_iso8601("2025-08-21T23:05:00Z");
  for (const auto* name : {"describe-tasks-2025-08-21T23:05:00Z.json", "tasks_20250821-2305.json",
                           "tasks-20250821T230500Z.json", "2025-08-21_23-05 services.json"})
    EXPECT_EQ(time_in_name(name), t) << name;
  for (const auto* name :
       {"describe-tasks.json", "tasks-20250821.json", "4a1b202508212305.json", "2025-13-41T00:00.json"})
    EXPECT_FALSE(time_in_name(name)) << name;
  const auto document = boost::json::parse(
      R"({"createdAt":"2025-08-20T00:00:00Z","deployments":[{"updatedAt":1755817500}],"ValidTill":"2061-01-01T00:00:00Z"})");
  EXPECT_EQ(newest_time(document), t);
  EXPECT_FALSE(newest_time(boost::json::parse("{}")));
}

TEST(FileNames, LoseTheirEndings) {
  EXPECT_EQ(without_extension("web.log.gz"), "web");
  EXPECT_EQ(without_extension("a.b.json"), "a.b");
  EXPECT_EQ(without_extension(".log"), ".log");
  EXPECT_EQ(without_extension("postgresql.log.2025"), "postgresql.log.2025");
}

TEST(PrintableText, IsCleanUtf8WhateverCame) {
  EXPECT_EQ(printable_text("día\x1b[1m\xff\n", 100), "día\\x1b[1m\\xff\\x0a");
  EXPECT_EQ(printable_text("\xc0\xaf\xed\xa0\x80\xf5", 100), "\\xc0\\xaf\\xed\\xa0\\x80\\xf5");
  EXPECT_EQ(printable_text("abcdef", 3), "abc…");
}

}  // namespace
}  // namespace culprit
