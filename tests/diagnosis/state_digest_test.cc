#include "diagnosis/state_digest.h"

#include <gtest/gtest.h>

namespace culprit {
namespace {

TEST(StateDigest, KeepsTheFieldsThatMatterInOneOrder) {
  const auto document = boost::json::parse(R"({
    "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}},
    "runningCount": 2, "desiredCount": 3, "serviceName": "web",
    "deployments": [{"id": "ecs-svc/1", "status": "PRIMARY", "failedTasks": 1, "networkConfiguration": {}}],
    "events": [{"message": "a"}, {"message": "b"}, {"message": "c"}, {"message": "d"}]})");
  EXPECT_EQ(state_digest("ecs:service", document), R"({
  "serviceName": "web",
  "desiredCount": 3,
  "runningCount": 2,
  "deployments": [
    {"status":"PRIMARY","failedTasks":1}
  ],
  "events": [
    {"message":"a"},
    {"message":"b"},
    {"message":"c"}
  ]
})");
}

TEST(StateDigest, OddDocumentsAreShownAsTheyAre) {
  EXPECT_EQ(state_digest("ecs:service", boost::json::parse("[1]")), "[1]");
  EXPECT_EQ(state_digest("ecs:task", boost::json::parse(R"({"containers": "none"})")),
            "{\n  \"containers\": \"none\"\n}");
  EXPECT_EQ(state_digest("rds:event", boost::json::parse(R"({"Message": "x"})")),
            "{\n  \"Message\": \"x\"\n}");
}

}  // namespace
}  // namespace culprit
