// The systems compiled into the program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "system/load_system.h"

namespace culprit {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;

System load(const std::string& name, const std::map<std::string, std::string>& variables = {}) {
  auto system = load_system(name, variables);
  if (!system) ADD_FAILURE() << system.error().message();
  return system ? *system : System{};
}

std::vector<std::string> rows_of(const System& system, std::string_view id) {
  std::vector<std::string> rows;
  for (const auto& metric : system.metrics)
    if (metric.id == id) rows.push_back(metric.row);
  return rows;
}

TEST(BuiltInSystems, AreListedByName) {
  EXPECT_THAT(built_in_systems(),
              ElementsAre(Field(&BuiltInSystem::name, "chatwoot"), Field(&BuiltInSystem::name, "rails")));
}

TEST(BuiltInSystems, CheckClean) {
  for (const auto& system : built_in_systems())
    for (const auto& problem : check_system(system.yaml, std::string(system.name)))
      ADD_FAILURE() << problem.where() << ": " << problem.what;
}

TEST(BuiltInSystems, ChatwootHasTheNamesOfTheRunbook) {
  const System system = load("chatwoot");
  EXPECT_EQ(system.zone, "America/Costa_Rica");
  EXPECT_EQ(system.aws_profile, "chatscomm");
  ASSERT_NE(system.component("web"), nullptr);
  EXPECT_EQ(system.component("web")->cluster, "chatscomm-ecs-cluster-prod");
  EXPECT_EQ(system.component("web")->name, "chatscomm-chatwoot-prod-web-service");
  EXPECT_EQ(system.component("web")->log_group, "/aws/ecs/chatscomm-chatwoot-prod-web");
  EXPECT_EQ(system.component("worker")->name, "chatscomm-chatwoot-prod-worker");
  EXPECT_EQ(system.component("worker")->log_group, "/aws/ecs/chatscomm-chatwoot-prod-worker");
  EXPECT_EQ(system.component("db")->name, "chatscomm-db-prod");
  EXPECT_EQ(system.component("db")->log_group, "/aws/rds/instance/chatscomm-db-prod/postgresql");
  EXPECT_EQ(system.component("ai")->name, "chatscomm-ai-backend-prod");
  EXPECT_EQ(system.component("ai")->log_group, "/aws/ecs/chatscomm-ai-backend-prod");
  EXPECT_THAT(system.component("web")->depends_on, ElementsAre("db", "ai"));
}

TEST(BuiltInSystems, ChatwootHasTheMetricRowsOfTheRunbook) {
  const System system = load("chatwoot");
  const std::map<std::string, std::string> rows = {
      {"web.cpu", "B1"},          {"worker.cpu", "B1"},     {"ai.cpu", "B1"},
      {"web.memory", "B2"},       {"worker.memory", "B2"},  {"ai.memory", "B2"},
      {"db.cpu", "B3"},           {"db.connections", "B4"}, {"db.read_latency", "B5"},
      {"db.write_latency", "B5"}, {"web.error_rate", "B6"}};
  for (const auto& [id, row] : rows) EXPECT_THAT(rows_of(system, id), ElementsAre(row)) << id;

  const SystemMetric& cpu = *system.metric("web.cpu");
  EXPECT_EQ(to_string(cpu.metric),
            "AWS/ECS CPUUtilization ClusterName=chatscomm-ecs-cluster-prod "
            "ServiceName=chatscomm-chatwoot-prod-web-service");
  EXPECT_THAT(cpu.statistics, ElementsAre("Average", "Maximum"));
  EXPECT_EQ(cpu.range.normal_below, 20);
  EXPECT_EQ(cpu.range.high_above, 70);
  const SystemMetric& memory = *system.metric("web.memory");
  EXPECT_EQ(memory.range.normal_below, 60);
  EXPECT_FALSE(memory.range.high_above.has_value());
  EXPECT_EQ(memory.long_view, std::chrono::hours(2));
  EXPECT_EQ(memory.long_period, std::chrono::seconds(300));
  EXPECT_EQ(to_string(system.metric("db.connections")->metric),
            "AWS/RDS DatabaseConnections DBInstanceIdentifier=chatscomm-db-prod");
  EXPECT_EQ(system.metric("db.connections")->range.high_above, 80);
  EXPECT_TRUE(system.metric("db.read_latency")->range.elevated_over_baseline.has_value());
  EXPECT_EQ(system.metric("web.error_rate")->signal, "web.error_rate");
  EXPECT_TRUE(system.metric("web.error_rate")->metric.name.empty());
}

// Rows C2 to C6, and G3's four thresholds.
TEST(BuiltInSystems, ChatwootHasThePatternsAndAlertsOfTheRunbook) {
  const System system = load("chatwoot");
  for (const std::string row : {"C2", "C3", "C4", "C5", "C6"})
    EXPECT_THAT(system.patterns, Contains(Field(&LogPattern::row, row)));
  const std::map<std::string, std::pair<double, int>> thresholds = {
      {"db.statement_timeouts", {5, 1}},
      {"web.rack_timeouts", {2, 1}},
      {"web.active_storage_failures", {10, 60}},
      {"web.memory_allocation_failures", {0, 1}}};
  for (const auto& [signal, rule] : thresholds) {
    const auto alert = std::ranges::find(system.log_alerts, signal, &LogAlert::signal);
    ASSERT_NE(alert, system.log_alerts.end()) << signal;
    EXPECT_EQ(alert->above, rule.first) << signal;
    EXPECT_EQ(alert->per.count(), rule.second) << signal;
  }
}

// Row C3': forms that CloudWatch accepts, with the reason.
TEST(BuiltInSystems, PatternsThatDifferFromTheRunbookSayWhy) {
  for (const auto& pattern : load("chatwoot").patterns)
    EXPECT_TRUE(pattern.filter == pattern.runbook || !pattern.note.empty()) << pattern.id;
}

TEST(BuiltInSystems, RailsTakesItsNamesFromVariables) {
  const System system = load("rails", {{"app", "shop"}, {"cluster", "production"}});
  EXPECT_EQ(system.component("web")->cluster, "production");
  EXPECT_EQ(system.component("web")->name, "shop-web");
  EXPECT_EQ(system.component("web")->log_group, "/aws/ecs/shop-web");
  EXPECT_EQ(system.source_text.find("chatscomm"), std::string::npos);
  EXPECT_EQ(system.source_text.find("${"), std::string::npos);
}

// What the header of systems/rails.yaml promises about the weights.
TEST(BuiltInSystems, WeightsOfKnownIssuesAreBalanced) {
  for (const auto& issue : load("chatwoot").known_issues) {
    double all = issue.prior;
    bool has_required = false;
    for (const auto& symptom : issue.symptoms) {
      all += symptom.weight;
      has_required = has_required || symptom.required;
      double alone = issue.prior + symptom.weight;
      for (const auto& other : issue.symptoms)
        if (&other != &symptom) alone += other.absent;
      EXPECT_LE(alone, symptom.required ? 0 : -0.5) << issue.id << ": " << symptom.says;
    }
    EXPECT_GE(all, 3.0) << issue.id;
    EXPECT_LE(all, 5.0) << issue.id;
    EXPECT_TRUE(has_required || issue.family == "memory" || issue.family == "ai-backend") << issue.id;
  }
}

TEST(BuiltInSystems, KnownIssuesSayWhatToDo) {
  for (const auto& issue : load("chatwoot").known_issues) {
    EXPECT_FALSE(issue.checks.empty()) << issue.id;
    EXPECT_FALSE(issue.refute.text.empty()) << issue.id;
    for (const std::string horizon : {"24h", "1w", "1m"})
      EXPECT_THAT(issue.recommendations, Contains(Field(&Recommendation::horizon, horizon))) << issue.id;
    for (const std::string area : {"monitoring", "code-review", "infrastructure"})
      EXPECT_THAT(issue.prevention, Contains(Field(&Prevention::area, area))) << issue.id;
  }
}

// The text kept in a capsule needs neither the built-in system nor the variables.
TEST(BuiltInSystems, SourceTextReadsBackToItself) {
  for (const auto& built_in : built_in_systems()) {
    const System system = load(std::string(built_in.name));
    const auto again = parse_system(system.source_text, "again");
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_EQ(again->source_text, system.source_text);
    EXPECT_EQ(again->known_issues.size(), system.known_issues.size());
    EXPECT_EQ(again->metrics.size(), system.metrics.size());
    EXPECT_EQ(again->metric("db.cpu")->metric, system.metric("db.cpu")->metric);
  }
}

}  // namespace
}  // namespace culprit
