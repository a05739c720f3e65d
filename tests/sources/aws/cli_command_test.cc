#include "sources/aws/cli_command.h"

#include <gtest/gtest.h>

namespace culprit::aws {
namespace {

TEST(CliCommand, NamesAsTheAwsCliDoes) {
  EXPECT_EQ(kebab_case("DescribeDBInstances"), "describe-db-instances");
  EXPECT_EQ(kebab_case("DBInstanceIdentifier"), "db-instance-identifier");
  EXPECT_EQ(kebab_case("logGroupNamePrefix"), "log-group-name-prefix");
  EXPECT_EQ(kebab_case("GetMetricData"), "get-metric-data");
}

TEST(CliCommand, QuotesForTheShell) {
  EXPECT_EQ(shell_quoted("/aws/ecs/web"), "/aws/ecs/web");
  EXPECT_EQ(shell_quoted("?\"a b\""), "'?\"a b\"'");
  EXPECT_EQ(shell_quoted("it's; rm -rf $HOME"), "'it'\\''s; rm -rf $HOME'");
  EXPECT_EQ(shell_quoted(""), "''");
}

TEST(CliCommand, ListsAreWordsAndStructuresAreJson) {
  EXPECT_EQ(cli_command(Service::kEcs, "DescribeServices",
                        {{"cluster", "c"}, {"services", {"a", "b c"}}, {"nextToken", "t"}}, " --region r"),
            "aws ecs describe-services --cluster c --services a 'b c' --region r");
  EXPECT_EQ(cli_command(Service::kCloudWatch, "ListMetrics", {{"Dimensions", {{{"Name", "n"}}}}}, ""),
            "aws cloudwatch list-metrics --dimensions '[{\"Name\":\"n\"}]'");
}

}  // namespace
}  // namespace culprit::aws
