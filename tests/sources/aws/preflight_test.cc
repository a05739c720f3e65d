#include "sources/aws/preflight.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_aws.h"
#include "system/load_system.h"

namespace culprit::aws {
namespace {

const Time kStart = from_epoch_ms(1755817200000);

Preflight preflight(std::uint64_t max_log_bytes = 512u << 20) {
  const auto system = load_system("chatwoot");
  EXPECT_TRUE(system);
  CollectAwsOptions options;
  options.window = {kStart, kStart + std::chrono::minutes{10}};
  options.baseline = {kStart - std::chrono::hours{3}, kStart};
  options.tail = std::chrono::minutes{30};
  options.max_log_bytes = max_log_bytes;
  return make_preflight(*system, options, session_with(with_keys()), kStart + std::chrono::hours{10});
}

TEST(Preflight, CountsCallsBytesDollarsAndPermissions) {
  const auto plan = preflight();
  std::uint64_t calls = 0, bytes = 0;
  double usd = 0;
  for (const auto& call : plan.calls) calls += call.calls, bytes += call.bytes, usd += call.usd;
  EXPECT_EQ(plan.total_calls, calls);
  EXPECT_EQ(plan.total_bytes, bytes);
  EXPECT_DOUBLE_EQ(plan.total_usd, usd);
  EXPECT_GT(plan.total_usd, 0.0001);
  EXPECT_LT(plan.total_usd, 0.01);
  EXPECT_TRUE(std::ranges::is_sorted(plan.permissions));
  EXPECT_THAT(plan.permissions, testing::Contains("logs:FilterLogEvents"));
  EXPECT_THAT(plan.permissions, testing::Not(testing::Contains("sts:GetCallerIdentity")));
}

TEST(Preflight, LogBytesStayWithinTheLimit) {
  const auto plan = preflight(1000);
  const auto logs = std::ranges::find(plan.calls, "logs:FilterLogEvents", &PlannedCall::action);
  ASSERT_NE(logs, plan.calls.end());
  EXPECT_EQ(logs->bytes, 1000u);
}

TEST(Preflight, TextSaysWhatAndHowMuch) {
  auto plan = preflight();
  plan.credential_source = "environment variables";
  const std::string text = plan.text();
  EXPECT_THAT(text, testing::HasSubstr("us-east-1"));
  EXPECT_THAT(text, testing::HasSubstr("cloudwatch:GetMetricData"));
  EXPECT_THAT(text, testing::HasSubstr("in all, about"));
  EXPECT_THAT(text, testing::HasSubstr("guessed at 0.5 MB a minute"));
}

}  // namespace
}  // namespace culprit::aws
