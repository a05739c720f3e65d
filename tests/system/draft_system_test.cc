// `culprit system new`: a start of a system file from answers of the AWS CLI.
#include "system/draft_system.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "system/load_system.h"

namespace culprit {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string service(const std::string& name) {
  return R"({"serviceName": ")" + name +
         R"(", "clusterArn": "arn:aws:ecs:us-east-1:123456789012:cluster/chatscomm-ecs-cluster-prod"})";
}

DraftInput chatwoot() {
  DraftInput input;
  input.services = "{\"services\": [" + service("chatscomm-chatwoot-prod-web-service") + "," +
                   service("chatscomm-chatwoot-prod-worker") + "," + service("chatscomm-ai-backend-prod") +
                   "], \"failures\": []}";
  input.databases =
      R"({"DBInstances": [{"DBInstanceIdentifier": "chatscomm-db-prod", "Engine": "postgres"}]})";
  input.log_groups =
      R"({"logGroups": [{"logGroupName": "/aws/ecs/chatscomm-chatwoot-prod-web"},
                        {"logGroupName": "/aws/ecs/chatscomm-chatwoot-prod"},
                        {"logGroupName": "/aws/rds/instance/chatscomm-db-prod/postgresql"}]})";
  return input;
}

System drafted(const DraftInput& input) {
  const auto draft = draft_system(input);
  if (!draft) ADD_FAILURE() << draft.error().message();
  auto system = parse_system(draft.value_or(""), "draft.yaml");
  if (!system) ADD_FAILURE() << system.error().message() << "\n" << draft.value_or("");
  return system ? *system : System{};
}

TEST(DraftSystem, FindsTheComponentsOfARailsApplication) {
  const System system = drafted(chatwoot());
  EXPECT_EQ(system.name, "chatscomm");
  EXPECT_EQ(system.aws_region, "us-east-1");
  ASSERT_NE(system.component("web"), nullptr);
  EXPECT_EQ(system.component("web")->name, "chatscomm-chatwoot-prod-web-service");
  EXPECT_EQ(system.component("web")->cluster, "chatscomm-ecs-cluster-prod");
  EXPECT_EQ(system.component("web")->log_group, "/aws/ecs/chatscomm-chatwoot-prod-web");
  ASSERT_NE(system.component("worker"), nullptr);
  EXPECT_EQ(system.component("worker")->name, "chatscomm-chatwoot-prod-worker");
  ASSERT_NE(system.component("chatscomm-ai-backend-prod"), nullptr);
  EXPECT_EQ(system.component("db")->log_group, "/aws/rds/instance/chatscomm-db-prod/postgresql");
  EXPECT_EQ(system.component("db")->log_format, "postgres");
  EXPECT_NE(system.metric("chatscomm-ai-backend-prod.cpu"), nullptr);
  EXPECT_GT(system.known_issues.size(), 5u) << "inherited from rails";
}

TEST(DraftSystem, LeavesOutWorkersThatAreNotThere) {
  DraftInput input = chatwoot();
  input.services = "{\"services\": [" + service("shop-web") + "]}";
  EXPECT_THAT(draft_system(input).value_or(""), HasSubstr("without: [worker]"));
  EXPECT_EQ(drafted(input).component("worker"), nullptr);
}

TEST(DraftSystem, CanStandOnItsOwn) {
  DraftInput input = chatwoot();
  input.use = "none";
  EXPECT_THAT(draft_system(input).value_or(""), Not(HasSubstr("use:")));
  const System system = drafted(input);
  EXPECT_NE(system.metric("web.cpu"), nullptr);
  EXPECT_NE(system.metric("db.connections"), nullptr);
  EXPECT_EQ(system.known_issues.size(), 1u);
}

TEST(DraftSystem, DoesNotTakeAnotherDatabaseForRails) {
  DraftInput input;
  input.databases =
      R"({"DBInstances": [{"DBInstanceIdentifier": "a-one", "Engine": "mysql"}, {"DBInstanceIdentifier": "a-two"}]})";
  input.zone = "Europe/Madrid";
  const System system = drafted(input);
  EXPECT_EQ(system.components.size(), 2u);
  EXPECT_EQ(system.component("a-one")->log_group, "/aws/rds/instance/a-one/error");
  EXPECT_EQ(system.zone, "Europe/Madrid");
}

TEST(DraftSystem, GivesEachComponentANameOfItsOwn) {
  DraftInput input = chatwoot();
  input.databases.reset();
  input.log_groups.reset();
  input.services = "{\"services\": [" + service("a-web") + "," + service("b-web") + "," + service("ÿ") + "," +
                   service("\\n: {") + "," + service("---") + "]}";
  const System system = drafted(input);
  ASSERT_EQ(system.components.size(), 3u) << "names that no AWS resource can have are left out";
  EXPECT_EQ(system.components.at(1).id, "web-2");
  EXPECT_EQ(system.components.at(2).id, "component");
}

TEST(DraftSystem, SaysWhatAnswerItWanted) {
  DraftInput input = chatwoot();
  input.databases.reset();
  input.services = "{\"serviceArns\": []}";
  EXPECT_EQ(draft_system(input).error().message(),
            "there is no list 'services' in what should be the answer of `aws ecs describe-services`\n"
            "  Save it with: aws ecs describe-services --output json > FILE");
  input.services = "services:\n";
  EXPECT_THAT(draft_system(input).error().what, HasSubstr("is not JSON"));
  input.services = "{\"services\": [1, {}]}";
  EXPECT_EQ(draft_system(input).error().what, "the answers name neither a service nor a database");
  EXPECT_EQ(draft_system(input).error().code, ErrorCode::kInput);
}

}  // namespace
}  // namespace culprit
