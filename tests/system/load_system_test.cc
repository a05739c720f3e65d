// What the cases cannot say in a file: values read, limits, variables from the caller, reuse.
#include "system/load_system.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/file.h"

namespace culprit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string kHead =
    "system: shop\ncomponents:\n  - {id: web, kind: ecs-service, cluster: \"${cluster}\", name: shop-web}\n";

System parse(const std::string& yaml, const std::map<std::string, std::string>& variables = {}) {
  auto system = parse_system(yaml, "shop.yaml", variables);
  if (!system) ADD_FAILURE() << system.error().message();
  return system ? *system : System{};
}

Error error_of(const std::string& yaml, const std::map<std::string, std::string>& variables = {}) {
  const auto system = parse_system(yaml, "shop.yaml", variables);
  EXPECT_FALSE(system.has_value());
  return system ? Error{} : system.error();
}

std::string every_key() {
  return read_file(std::filesystem::path(CULPRIT_SOURCE_DIR) / "tests/system/cases/good_every_key.yaml")
      .value();
}

TEST(LoadSystem, ReadsEveryKey) {
  const System system = parse(every_key());
  EXPECT_EQ(system.name, "shop");
  EXPECT_EQ(system.title, "Shop");
  EXPECT_EQ(system.zone, "Europe/Madrid");
  EXPECT_EQ(system.aws_profile, "shop");
  EXPECT_EQ(system.aws_region, "eu-west-1");
  const Component& web = system.components.at(0);
  EXPECT_EQ(web.kind, ComponentKind::kEcsService);
  EXPECT_EQ(web.cluster, "prod");
  EXPECT_EQ(web.log_format, "rails");
  EXPECT_TRUE(web.critical);
  EXPECT_THAT(web.depends_on, ElementsAre("db"));

  const SystemMetric& queue = system.metrics.at(0);
  EXPECT_EQ(to_string(queue.metric), "Sidekiq QueueSize QueueName=default");
  EXPECT_THAT(queue.extra_statistics, ElementsAre("p99", "TM(2%:98%)"));
  EXPECT_EQ(queue.period, std::chrono::minutes(5));
  EXPECT_EQ(queue.range.normal_above, -1);
  EXPECT_EQ(queue.range.high_above, 1000.5);
  EXPECT_EQ(queue.range.high_over_baseline, 10);
  EXPECT_EQ(queue.long_view, std::chrono::hours(24));

  const LogPattern& pattern = system.patterns.at(0);
  EXPECT_EQ(pattern.component, "web");
  EXPECT_TRUE(pattern.ignore_case);
  EXPECT_THAT(pattern.all_regex, ElementsAre("\\bfailed\\b"));
  EXPECT_EQ(system.log_alerts.at(0).per, std::chrono::hours(1));
  EXPECT_EQ(system.contacts.at(0).reach, "+34 600 000 000");
  EXPECT_THAT(system.stakeholders, SizeIs(1));
  EXPECT_EQ(system.severity_rules.at(0).all.at(0).aggregate, Predicate::Aggregate::kSum);
}

TEST(LoadSystem, ReadsKnownIssues) {
  const System system = parse(every_key());
  const KnownIssue& issue = system.known_issues.at(0);
  EXPECT_EQ(issue.prior, -2.5);
  EXPECT_THAT(issue.explains, ElementsAre("slow-jobs"));
  const Symptom& first = issue.symptoms.at(0);
  EXPECT_EQ(first.when.signal, "web.queue");
  EXPECT_EQ(first.when.aggregate, Predicate::Aggregate::kP95);
  EXPECT_EQ(first.when.above, 1000);
  EXPECT_EQ(first.weight, 3);
  EXPECT_EQ(first.absent, -1);
  EXPECT_TRUE(first.required);
  EXPECT_EQ(issue.symptoms.at(1).when.above_baseline, 3);
  EXPECT_EQ(issue.symptoms.at(1).when.min_value, 50);
  EXPECT_EQ(issue.against.at(0).weight, -1);
  EXPECT_EQ(issue.against.at(0).when.below, 1);
  EXPECT_EQ(issue.checks.at(0).aws_command, "aws ecs describe-services --cluster prod --services shop-web");
  EXPECT_EQ(issue.recommendations.at(0).horizon, "24h");
  EXPECT_EQ(issue.prevention.at(0).area, "monitoring");
  EXPECT_EQ(system.known_issues.at(1).prior, -3);
}

TEST(LoadSystem, OneProblemIsTheErrorItself) {
  const Error error = error_of("system: shop\nzone: Mars\ncomponents: [{id: web, kind: other}]\n");
  EXPECT_EQ(error.code, ErrorCode::kInput);
  EXPECT_EQ(error.where, "shop.yaml:2:7");
  EXPECT_EQ(error.what, "there is no time zone 'Mars'");
}

TEST(LoadSystem, SeveralProblemsAreListedOneALine) {
  const Error error =
      error_of("system: shop\ncomponents:\n  - {id: web, kind: other, dependson: []}\n  - {}\n");
  EXPECT_EQ(error.message(),
            "shop.yaml: 3 problems\n"
            "shop.yaml:3:28: unknown key 'dependson' in component 'web'. Did you mean 'depends_on'?\n"
            "shop.yaml:4:5: the key 'id' is missing in component\n"
            "shop.yaml:4:5: the key 'kind' is missing in component");
}

TEST(LoadSystem, ListsAtMostAHundredProblems) {
  std::string yaml = "system: shop\ncomponents:\n";
  for (int i = 0; i < 150; ++i) yaml += "  - {id: web, kind: other, " + std::string("zzzzzzzz") + ": 1}\n";
  const std::string message = error_of(yaml).message();
  EXPECT_THAT(message, HasSubstr("more"));
  EXPECT_LE(std::ranges::count(message, '\n'), 101);
}

TEST(LoadSystem, VariablesOfTheCallerGoBeforeDefaults) {
  const std::string yaml = kHead + "variables: {cluster: staging}\n";
  EXPECT_EQ(parse(yaml).components.at(0).cluster, "staging");
  EXPECT_EQ(parse(yaml, {{"cluster", "prod"}}).components.at(0).cluster, "prod");
}

TEST(LoadSystem, ValuesOfVariablesAreNotReplacedAgain) {
  EXPECT_EQ(parse(kHead + "variables: {cluster: x}\n", {{"cluster", "${cluster}"}}).components.at(0).cluster,
            "${cluster}");
}

TEST(LoadSystem, ARequiredVariableMustBeGiven) {
  const std::string yaml = kHead + "variables:\n  cluster: {description: ECS cluster}\n";
  const Error error = error_of(yaml);
  EXPECT_EQ(
      error.message(),
      "shop.yaml:5:3: the variable 'cluster' has no value\n  Give it one: --set cluster=…  (ECS cluster)");
  EXPECT_THAT(check_system(yaml, "shop.yaml"), IsEmpty());
  EXPECT_EQ(parse(yaml, {{"cluster", "prod"}}).components.at(0).cluster, "prod");
}

TEST(LoadSystem, AVariableThatIsNotThereCannotBeSet) {
  EXPECT_THAT(error_of(kHead + "variables: {cluster: prod}\n", {{"clutser", "x"}}).message(),
              HasSubstr("there is no variable 'clutser' to set\n  Did you mean 'cluster'?"));
}

TEST(LoadSystem, SourceTextKeepsOddTexts) {
  const std::string yaml =
      "system: \"yes\"\ntitle: \"a: b # c \\\"d\\\" \\\\ \\t\\n\\x07 é $${x} - 'e'\"\n"
      "components: [{id: web, kind: other, title: \"-\", name: \"null\"}]\n";
  const System once = parse(yaml);
  EXPECT_EQ(once.title, "a: b # c \"d\" \\ \t\n\x07 é ${x} - 'e'");
  const System twice = parse(once.source_text);
  EXPECT_EQ(twice.title, once.title);
  EXPECT_EQ(twice.name, "yes");
  EXPECT_EQ(twice.components.at(0).title, "-");
  EXPECT_EQ(twice.source_text, once.source_text);
}

TEST(LoadSystem, JsonHasNumbersAndBooleansAsSuch) {
  const auto json = system_as_json(parse(every_key()));
  EXPECT_EQ(json.at("components").at(0).at("critical"), boost::json::value(true));
  EXPECT_EQ(json.at("metrics").at(0).at("high").at("above"), boost::json::value(1000.5));
  EXPECT_EQ(json.at("components").at(0).at("cluster"), boost::json::value("prod"));
  EXPECT_FALSE(json.as_object().contains("variables"));
}

TEST(LoadSystem, RefusesWhatIsNoText) {
  EXPECT_EQ(error_of(std::string("system: \xff\n")).what, "not UTF-8 text");
  EXPECT_EQ(error_of(std::string("system: a\0b\n", 12)).what, "a binary file, not YAML");
  EXPECT_THAT(error_of("# " + std::string(kMaxSystemBytes, 'x')).what, HasSubstr("too many"));
}

TEST(LoadSystem, RefusesMoreNodesThanItsLimit) {
  std::string yaml = "system: shop\ncomponents: [";
  for (int i = 0; i < 30'000; ++i) yaml += "a,";
  EXPECT_THAT(error_of(yaml + "]\n").what, HasSubstr("more than 20000 values"));
}

TEST(LoadSystem, RefusesDeepNestingWithoutUsingUpTheStack) {
  EXPECT_THAT(error_of("system: " + std::string(200'000, '[')).what, HasSubstr("nested deeper"));
  EXPECT_THAT(error_of("system: " + std::string(200'000, '{')).what, HasSubstr("nested deeper"));
  std::string yaml;
  for (int i = 0; i < 1000; ++i) yaml += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  EXPECT_THAT(error_of(yaml).what, HasSubstr("nested deeper"));
}

TEST(LoadSystem, AnAliasMayNotHoldItself) { EXPECT_FALSE(error_of("system: &a [*a]\n").what.empty()); }

TEST(LoadSystem, AnUnknownNameListsTheBuiltInOnes) {
  const auto system = load_system("shop-that-is-not-there");
  ASSERT_FALSE(system);
  EXPECT_EQ(system.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(system.error().message(),
            "there is no system file and no built-in system 'shop-that-is-not-there'\n"
            "  Built in are chatwoot, rails.");
  EXPECT_THAT(load_system("chatwot").error().hint, HasSubstr("Did you mean 'chatwoot'?"));
}

TEST(LoadSystem, ReadsAFileByItsPath) {
  const auto directory = TemporaryDirectory::create().value();
  const auto file = directory.path() / "shop.yaml";
  std::ofstream(file) << "system: shop\ncomponents: [{id: web, kind: other}]\n";
  const auto system = load_system(file.string());
  ASSERT_TRUE(system) << system.error().message();
  EXPECT_EQ(system->name, "shop");
  EXPECT_EQ(load_system(directory.path().string()).error().what, "a directory, not a system file");
}

TEST(LoadSystem, ReuseChangesItemsKeyByKey) {
  const System system = parse(
      "system: shop\nuse: rails\nmetrics:\n  - {id: db.connections, high: {above: 400}}\n"
      "known_issues:\n  - {id: traffic-surge, prior: -4}\nprevention:\n  - {area: monitoring, text: "
      "Mine.}\n");
  EXPECT_EQ(system.name, "shop");
  EXPECT_EQ(system.metric("db.connections")->range.high_above, 400);
  EXPECT_EQ(system.metric("db.connections")->range.normal_below, 50);
  EXPECT_EQ(system.metric("db.connections")->title, "RDS connections");
  const auto surge = std::ranges::find(system.known_issues, "traffic-surge", &KnownIssue::id);
  ASSERT_NE(surge, system.known_issues.end());
  EXPECT_EQ(surge->prior, -4);
  EXPECT_FALSE(surge->symptoms.empty());
  EXPECT_EQ(system.prevention.back().text, "Mine.");
  EXPECT_GT(system.prevention.size(), 1u);
}

TEST(LoadSystem, WithoutAComponentNothingSpeaksOfIt) {
  const System system = parse("system: shop\nuse: rails\nwithout: [worker]\n");
  EXPECT_EQ(system.component("worker"), nullptr);
  EXPECT_EQ(system.source_text.find("worker."), std::string::npos);
  const auto has_issue = [&](std::string_view id) {
    return std::ranges::find(system.known_issues, id, &KnownIssue::id) != system.known_issues.end();
  };
  EXPECT_FALSE(has_issue("worker-memory-exhaustion"));
  EXPECT_FALSE(has_issue("redis-unavailable")) << "its defining symptom was the worker's";
  EXPECT_TRUE(has_issue("memory-exhaustion"));
}

}  // namespace
}  // namespace culprit
