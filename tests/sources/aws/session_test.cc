#include "sources/aws/session.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "fake_aws.h"

namespace culprit::aws {
namespace {

class Sessions : public testing::Test {
 protected:
  void config(const std::string& text) {
    ASSERT_TRUE(write_file_atomically(directory.path() / "config", text));
    variables["AWS_CONFIG_FILE"] = (directory.path() / "config").string();
  }
  Result<Session> open() { return open_session(Environment(variables), options, system); }

  TemporaryDirectory directory = std::move(*TemporaryDirectory::create());
  Variables variables{{"HOME", "/nonexistent"}};
  AwsOptions options;
  System system;
};

TEST_F(Sessions, RegionInOrder) {
  config("[default]\nregion = from-profile-1\n");
  system.aws_region = "from-system-1";
  EXPECT_EQ(open()->region, "from-profile-1");
  variables["AWS_DEFAULT_REGION"] = "from-default-1";
  EXPECT_EQ(open()->region, "from-default-1");
  variables["AWS_REGION"] = "from-env-1";
  EXPECT_EQ(open()->region, "from-env-1");
  options.region = "from-flag-1";
  EXPECT_EQ(open()->region, "from-flag-1");
}

TEST_F(Sessions, AgeCountsFromNowOnAwsAndFromTheWindowOnAReplay) {
  const Time now{std::chrono::hours{24 * 365}}, then = now - std::chrono::hours{24 * 100};
  options.region = "us-east-1";
  EXPECT_TRUE(is_aws(*open(), Service::kRds));
  EXPECT_EQ(account_time(*open(), Service::kRds, then, now), now);
  variables["AWS_ENDPOINT_URL"] = "http://127.0.0.1:4580";
  EXPECT_FALSE(is_aws(*open(), Service::kRds));
  EXPECT_EQ(account_time(*open(), Service::kRds, then, now), then);
  EXPECT_EQ(account_time(*open(), Service::kRds, now + std::chrono::hours{1}, now), now);
}

TEST_F(Sessions, NoRegionAndStrangeRegionsAreUsageErrors) {
  EXPECT_EQ(open().error().code, ErrorCode::kUsage);
  options.region = "evil.example.com/";
  EXPECT_EQ(open().error().code, ErrorCode::kUsage);
}

TEST_F(Sessions, AnUnknownProfileListsTheKnown) {
  config("[profile one]\n[profile two]\n");
  options.profile = "three";
  options.region = "us-east-1";
  const auto session = open();
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, ErrorCode::kCredentials);
  EXPECT_NE(session.error().hint.find("one, two"), std::string::npos);
}

TEST_F(Sessions, TheSystemsProfileIsTakenUnlessKeysAreGivenOrNoProfileExists) {
  options.region = "us-east-1";
  system.aws_profile = "team";
  EXPECT_EQ(open()->profile, "default");  // an instance with a role has no profiles
  EXPECT_EQ(open()->profile_wanted, "team");
  config("[profile other]\nregion = eu-west-1\n");
  ASSERT_FALSE(open());
  EXPECT_NE(open().error().what.find("named by the system file"), std::string::npos);
  variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/token";
  EXPECT_EQ(open()->profile, "default");
  variables.erase("AWS_WEB_IDENTITY_TOKEN_FILE");
  config("[profile team]\nregion = eu-west-1\n");
  EXPECT_EQ(open()->profile, "team");
  EXPECT_FALSE(open()->profile_flag);
  variables["AWS_ACCESS_KEY_ID"] = "A";
  EXPECT_EQ(open()->profile, "default");
}

TEST_F(Sessions, AnEndpointWithAPasswordIsRefusedSinceEndpointsAreWrittenDown) {
  options.region = "us-east-1";
  variables["AWS_ENDPOINT_URL_ECS"] = "https://user:hunter2@proxy.example/aws";
  const auto session = open();
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, ErrorCode::kUsage);
  EXPECT_EQ(session.error().message().find("hunter2"), std::string::npos);
  variables["AWS_ENDPOINT_URL_ECS"] = "https://proxy.example/a@b";  // an @ in the path is no password
  EXPECT_TRUE(open());
  variables["AWS_ENDPOINT_URL_ECS"] = "proxy.example";
  EXPECT_EQ(open().error().code, ErrorCode::kUsage);
}

TEST_F(Sessions, EndpointInOrder) {
  options.region = "eu-central-1";
  EXPECT_EQ(endpoint_url(*open(), Service::kCloudWatch), "https://monitoring.eu-central-1.amazonaws.com");
  config("[default]\nendpoint_url = http://profile\nservices = dev\n");
  EXPECT_EQ(endpoint_url(*open(), Service::kLogs), "http://profile");
  config(
      "[default]\nendpoint_url = http://profile\nservices = dev\n[services dev]\ncloudwatch_logs =\n  "
      "endpoint_url = http://section/\n");
  EXPECT_EQ(endpoint_url(*open(), Service::kLogs), "http://section");
  EXPECT_EQ(endpoint_url(*open(), Service::kEcs), "http://profile");
  variables["AWS_ENDPOINT_URL"] = "http://all";
  EXPECT_EQ(endpoint_url(*open(), Service::kLogs), "http://all");
  variables["AWS_ENDPOINT_URL_CLOUDWATCH_LOGS"] = "http://logs";
  EXPECT_EQ(endpoint_url(*open(), Service::kLogs), "http://logs");
  variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true";
  EXPECT_EQ(endpoint_url(*open(), Service::kLogs), "https://logs.eu-central-1.amazonaws.com");
  options.endpoint_url = "http://flag:1/";
  EXPECT_EQ(endpoint_url(*open(), Service::kLogs), "http://flag:1");
}

TEST_F(Sessions, ChinaHasItsOwnHosts) {
  options.region = "cn-north-1";
  EXPECT_EQ(endpoint_url(*open(), Service::kLogs), "https://logs.cn-north-1.amazonaws.com.cn");
}

TEST_F(Sessions, AnEndpointWithoutSchemeIsAUsageError) {
  options.region = "us-east-1";
  options.endpoint_url = "127.0.0.1:5000";
  EXPECT_EQ(open().error().code, ErrorCode::kUsage);
}

}  // namespace
}  // namespace culprit::aws
