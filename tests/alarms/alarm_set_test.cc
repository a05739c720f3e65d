// The alarms of the built-in system: the runbook's G1 to G3, with what it forgot.
#include "alarms/alarm_set.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "alarms/alarm_document.h"
#include "alarms/alarm_plan.h"
#include "alarms/export_alarms.h"
#include "logs/filter_pattern.h"
#include "system/load_system.h"

namespace culprit {
namespace {

using Action = PlannedItem::Action;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

AlarmSet chatwoot() {
  const auto system = load_system("chatwoot");
  if (!system) ADD_FAILURE() << system.error().message();
  auto set = alarms_of(*system);
  if (!set) ADD_FAILURE() << set.error().message();
  return set ? *set : AlarmSet{};
}

TEST(AlarmSet, HasTheRunbooksAlarmsWithDimensions) {
  const AlarmSet set = chatwoot();
  const auto* cpu = set.alarm("ECS-HighCPU-chatwoot-prod");
  ASSERT_NE(cpu, nullptr);
  EXPECT_EQ(to_string(cpu->stat.metric),
            "AWS/ECS CPUUtilization ClusterName=chatscomm-ecs-cluster-prod "
            "ServiceName=chatscomm-chatwoot-prod-web-service");
  EXPECT_EQ(cpu->stat.statistic, "Average");
  EXPECT_EQ(cpu->stat.period, std::chrono::seconds(300));
  EXPECT_EQ(cpu->threshold, 70);
  EXPECT_EQ(cpu->comparison, Comparison::kGreater);
  EXPECT_EQ(cpu->evaluation_periods, 2);
  EXPECT_EQ(cpu->needed(), 2);
  const auto* connections = set.alarm("RDS-HighConnections-chatwoot-prod");
  ASSERT_NE(connections, nullptr);
  EXPECT_EQ(to_string(connections->stat.metric),
            "AWS/RDS DatabaseConnections DBInstanceIdentifier=chatscomm-db-prod");
  EXPECT_EQ(connections->threshold, 80);
  EXPECT_EQ(set.origin("ECS-HighCPU-chatwoot-prod")->row, "G1");
  EXPECT_EQ(set.origin("RDS-HighConnections-chatwoot-prod")->row, "G2");
}

TEST(AlarmSet, MakesLogAlertsAMetricFilterAndAnAlarm) {
  const AlarmSet set = chatwoot();
  const auto* alarm = set.alarm("Log-StatementTimeouts-chatwoot-prod");
  ASSERT_NE(alarm, nullptr);
  EXPECT_EQ(alarm->stat.metric.name_space, "Culprit/chatwoot");
  EXPECT_EQ(alarm->stat.statistic, "Sum");
  EXPECT_EQ(alarm->threshold, 5);
  EXPECT_EQ(alarm->stat.period, std::chrono::seconds(60));
  const auto* filter = set.filter_of(alarm->stat.metric);
  ASSERT_NE(filter, nullptr);
  EXPECT_EQ(filter->log_group, "/aws/rds/instance/chatscomm-db-prod/postgresql");
  EXPECT_EQ(set.alarm("Log-ActiveStorageFailures-chatwoot-prod")->stat.period, std::chrono::hours(1));
  EXPECT_EQ(set.alarm("Log-MemoryAllocation-chatwoot-prod")->threshold, 0);
  for (const auto& f : set.filters) EXPECT_TRUE(FilterPattern::parse(f.pattern)) << f.pattern;
}

// One line that each alert must count, and lines of the same trouble that it must not count a second time.
struct LineCase {
  const char* id;
  const char* line;
  bool counts;
};
constexpr LineCase kLines[] = {
    {"statement-timeouts",
     "2025-08-21 23:03:11 UTC:10.0.1.5(43210):chatwoot@chatwoot_production:[12345]:ERROR:  canceling "
     "statement due to "
     "statement timeout",
     true},
    {"statement-timeouts",
     "2025-08-21 23:03:11 UTC:10.0.1.5(43210):chatwoot@chatwoot_production:[12345]:STATEMENT:  SELECT 1",
     false},
    {"rack-timeouts",
     "[a6010e4f-2f6c-4567-868e-4797e7878f12] Rack::Timeout::RequestTimeoutException (Request ran for longer "
     "than "
     "15000ms ):",
     true},
    {"rack-timeouts",
     "E, [2026-11-24T06:14:29.467169 #1] ERROR -- : source=rack-timeout id=a6010e4f timeout=15000ms "
     "service=15012ms "
     "state=timed_out",
     false},
    {"rack-timeouts", "[a6010e4f] vendor/bundle/rack-timeout/lib/rack/timeout/core.rb:165:in `block'", false},
    {"active-storage-failures",
     "F, [2025-08-21T23:00:00.1 #1] FATAL -- : [id] ActiveStorage::FileNotFoundError (x):", true},
    {"active-storage-failures",
     "E, [x] ERROR -- : [ActiveJob] Error performing ActiveStorage::AnalyzeJob (Job ID: 1) in 12ms", true},
    {"active-storage-failures", "I, [x] INFO -- : [ActiveJob] Performed ActiveStorage::AnalyzeJob in 12ms",
     false},
    {"worker-active-storage-failures",
     R"({"lvl":"WARN","msg":"Job raised exception","error_class":"ActiveStorage::IntegrityError"})", true},
    {"memory-allocation-failures", "[id] NoMemoryError (failed to allocate memory):", true},
    {"memory-allocation-failures", "Errno::ENOMEM: Cannot allocate memory - fork(2)", true},
    {"memory-allocation-failures", "I, [x] INFO -- : memory 300 MB", false},
    {"web-availability-bad",
     "I, [x] INFO -- : [id] Completed 500 Internal Server Error in 14999ms (ActiveRecord: 14599.1ms)", true},
    {"web-availability-bad", "I, [x] INFO -- : [id] Completed 200 OK in 5ms (Views: 0.1ms)", false},
    {"web-availability-all", "I, [x] INFO -- : [id] Completed 200 OK in 5ms (Views: 0.1ms)", true},
    {"web-availability-all", "I, [x] INFO -- : [id] Started GET \"/\" for 192.0.2.1", false},
    {"web-latency-bad", "I, [x] INFO -- : [id] Completed 200 OK in 2000ms (Views: 0.1ms)", true},
    {"web-latency-bad", "I, [x] INFO -- : [id] Completed 200 OK in 14999ms (Views: 0.1ms)", true},
    {"web-latency-bad", "I, [x] INFO -- : [id] Completed 200 OK in 1999ms (Views: 3000.1ms)", false},
};

TEST(AlarmSet, FiltersCountRealLinesOnce) {
  const AlarmSet set = chatwoot();
  for (const auto& c : kLines) {
    const auto filter =
        std::ranges::find(set.filters, std::string("culprit-chatwoot-") + c.id, &MetricFilter::name);
    ASSERT_NE(filter, set.filters.end()) << c.id;
    EXPECT_EQ(FilterPattern::parse(filter->pattern)->matches(c.line), c.counts) << filter->pattern << "\n"
                                                                                << c.line;
  }
}

TEST(AlarmSet, ObjectivesGiveTwoWindowsAStep) {
  const AlarmSet set = chatwoot();
  const auto* hour = set.alarm("SLO-WebAvailability-chatwoot-prod-burn14.4x-1h");
  ASSERT_NE(hour, nullptr);
  EXPECT_DOUBLE_EQ(hour->threshold, 7.2);  // 14.4 times the half percent that may fail
  EXPECT_EQ(hour->period(), std::chrono::hours(1));
  EXPECT_EQ(set.alarm("SLO-WebAvailability-chatwoot-prod-burn14.4x-5m")->period(), std::chrono::minutes(5));
  const auto both = std::ranges::find(set.composites, "SLO-WebAvailability-chatwoot-prod-page-14.4x",
                                      &CompositeAlarm::name);
  ASSERT_NE(both, set.composites.end());
  EXPECT_EQ(both->rule,
            "ALARM(\"SLO-WebAvailability-chatwoot-prod-burn14.4x-1h\") AND "
            "ALARM(\"SLO-WebAvailability-chatwoot-prod-burn14.4x-5m\")");
}

TEST(AlarmDocument, ReadsBackWhatItWrites) {
  const AlarmSet set = chatwoot();
  for (const auto& alarm : set.alarms) {
    const auto read = read_metric_alarm(document_of(alarm));
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(document_of(*read), document_of(alarm)) << alarm.name;
  }
  for (const auto& filter : set.filters) EXPECT_EQ(*read_metric_filter(document_of(filter)), filter);
  for (const auto& alarm : set.composites) EXPECT_EQ(*read_composite_alarm(document_of(alarm)), alarm);
}

TEST(AlarmDocument, RefusesOtherDocuments) {
  for (const auto* text :
       {R"({})", R"({"AlarmName":5})", R"({"AlarmName":"a","ComparisonOperator":"Near"})",
        R"({"AlarmName":"a","Period":"soon"})", R"({"AlarmName":"a","Metrics":[5]})",
        R"({"AlarmName":"a","Dimensions":"x"})", R"({"AlarmName":"a","EvaluationPeriods":1e99})"})
    EXPECT_FALSE(read_metric_alarm(boost::json::parse(text).as_object())) << text;
}

FoundItem found(const MetricAlarm& alarm, bool ours) {
  FoundItem out;
  out.kind = AlarmKind::kAlarm;
  out.name = alarm.name;
  out.ours = ours;
  out.document = document_of(alarm);
  return out;
}

TEST(AlarmPlan, CreatesUpdatesDeletesAndLeavesAlone) {
  AlarmSet wanted = chatwoot();
  FoundAlarms account;
  MetricAlarm changed = *wanted.alarm("ECS-HighCPU-chatwoot-prod");
  changed.threshold = 90;
  account.items.push_back(found(changed, true));
  account.items.push_back(found(*wanted.alarm("RDS-HighConnections-chatwoot-prod"), true));
  account.items.push_back(found(*wanted.alarm("ECS-HighCPU-chatwoot-prod-worker"), false));
  MetricAlarm old = changed;
  old.name = "Old";
  account.items.push_back(found(old, true));
  account.items.push_back(found(old, false));
  account.items.back().name = "Theirs";

  const AlarmPlan plan = plan_alarms(wanted, account);
  const auto item = [&](std::string_view name) {
    const auto it = std::ranges::find(plan.items, name, &PlannedItem::name);
    return it == plan.items.end() ? PlannedItem{} : *it;
  };
  EXPECT_EQ(item("ECS-HighCPU-chatwoot-prod").action, Action::kUpdate);
  EXPECT_THAT(item("ECS-HighCPU-chatwoot-prod").changes, Contains(FieldChange{"Threshold", "90", "70"}));
  EXPECT_EQ(item("ECS-HighCPU-chatwoot-prod").changes.size(), 1u);
  EXPECT_EQ(item("RDS-HighConnections-chatwoot-prod").action, Action::kSame);
  EXPECT_EQ(item("ECS-HighCPU-chatwoot-prod-worker").action, Action::kBlocked);
  EXPECT_EQ(item("Old").action, Action::kDelete);
  EXPECT_EQ(item("Theirs").name, "");
  EXPECT_EQ(item("Log-RackTimeouts-chatwoot-prod").action, Action::kCreate);
  const auto text = plan_text(plan, false);
  EXPECT_THAT(text, HasSubstr("~ Threshold: 90 -> 70"));
  EXPECT_THAT(text, HasSubstr("--adopt 'ECS-HighCPU-chatwoot-prod-worker'"));
  EXPECT_THAT(text, Not(HasSubstr("Theirs")));

  const AlarmPlan adopting = plan_alarms(wanted, account, {"ECS-HighCPU-chatwoot-prod-worker"});
  EXPECT_EQ(adopting.count(Action::kBlocked), 0u);
}

TEST(AlarmPlan, AFilterWithoutItsLogGroupIsBlockedAlone) {
  const AlarmSet wanted = chatwoot();
  FoundAlarms account;
  account.missing_log_groups = {"/aws/rds/instance/chatscomm-db-prod/postgresql"};
  const AlarmPlan plan = plan_alarms(wanted, account);
  EXPECT_EQ(plan.count(Action::kBlocked), 1u);
  EXPECT_THAT(plan_text(plan, false), HasSubstr("/chatscomm-db-prod/postgresql does not exist"));
}

TEST(Export, TerraformKeepsTemplateMarksLiteral) {
  AlarmSet set;
  set.system = "s";
  set.filters.push_back({"f", "/g", "%{x}% ${y} \"q\" \\d", {"N", "m", {}}, "1", std::nullopt});
  EXPECT_THAT(export_as_terraform(set), HasSubstr(R"(= "%%{x}% $${y} \"q\" \\d")"));
}

}  // namespace
}  // namespace culprit
