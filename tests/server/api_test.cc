// Captured requests from first byte to answer, with signatures checked at the time they were made.
#include "server/api.h"

#include <gtest/gtest.h>

#include "account_builder.h"
#include "base/file.h"
#include "wire_capture.h"

namespace culprit::server {
namespace {

class CapturedRequests : public testing::Test {
 protected:
  void SetUp() override {
    if (capture_names().empty()) GTEST_SKIP() << "the shared cases are not here";
    const auto file = folder_.path() / "keys.json";
    const std::string keys = std::string(R"({"keys":[{"access_key_id":")") + kCaptureKey +
                             R"(","secret_access_key":")" + kCaptureSecret + R"(","access":"full"}]})";
    ASSERT_TRUE(write_file_atomically(file, keys).has_value());
    std::filesystem::permissions(file, std::filesystem::perms(0600));
    options_.keys = *AccessKeys::open_or_create(file);
    options_.clock = [this] { return now_; };
    builder_.event("/aws/ecs/chatscomm-chatwoot-prod-web", "web/1", 1'755'817'300'000, "ERROR in the window");
    builder_.event("/aws/rds/instance/chatscomm-db-prod/postgresql", "db", 1'755'817'300'000,
                   "duration: 5 ms");
  }
  HttpReply answer(const HttpCall& call) {
    if (!api_) api_.emplace(builder_.account(), options_);
    now_ = time_of(call);
    return api_->answer(call);
  }

  TemporaryDirectory folder_ = *TemporaryDirectory::create("culprit-api-test");
  AccountBuilder builder_;
  ApiOptions options_;
  Time now_{};
  std::optional<Api> api_;
};

TEST_F(CapturedRequests, NoneFailsInTheServerAndNoneIsUnsigned) {
  for (const auto& name : capture_names()) {
    const HttpReply reply = answer(read_capture(name));
    EXPECT_LT(reply.status, 500) << name << ": " << reply.body;
    EXPECT_EQ(reply.body.find("InvalidSignature"), std::string::npos) << name << ": " << reply.body;
    EXPECT_EQ(reply.body.find("SerializationException"), std::string::npos) << name << ": " << reply.body;
  }
}

TEST_F(CapturedRequests, AChangedBodyIsRefusedInTheFormOfTheRequest) {
  for (const auto& [name, code] :
       {std::pair("aws-cli__filter-log-events", "InvalidSignatureException"),
        std::pair("aws-cli__describe-db-instances", "SignatureDoesNotMatch"),
        std::pair("boto3-forced-cbor__describe-alarms", "InvalidSignatureException")}) {
    HttpCall call = read_capture(name);
    call.body[0] ^= 1;
    const HttpReply reply = answer(call);
    EXPECT_GE(reply.status, 400);
    EXPECT_NE(reply.body.find(code), std::string::npos) << reply.body;
  }
}

TEST_F(CapturedRequests, AStaleOneIsRefused) {
  const HttpCall call = read_capture("aws-cli__filter-log-events");
  answer(call);
  now_ += std::chrono::minutes{6};
  EXPECT_NE(api_->answer(call).body.find("Signature expired"), std::string::npos);
}

TEST_F(CapturedRequests, ARequestSignedForAnotherServiceIsRefused) {
  // The signature covers X-Amz-Target, so another service can only be reached by another path.
  HttpCall call = read_capture("aws-cli__describe-db-instances");
  call.body = "Action=GetCallerIdentity&Version=2011-06-15";
  EXPECT_NE(answer(call).body.find("SignatureDoesNotMatch"), std::string::npos);
}

TEST_F(CapturedRequests, AGzipBombIsRefused) {
  options_.keys.reset();
  HttpCall call = read_capture("boto3__put-metric-data-large-gzip");
  call.body = std::string(reinterpret_cast<const char*>("\x1f\x8b\x08\0\0\0\0\0\0\x03"), 10);
  EXPECT_GE(answer(call).status, 400);
}

TEST(Api, HealthAndMetricsAreForEverybody) {
  AccountBuilder builder;
  builder.event("/g", "s", 1'795'500'000'000, "x");
  Api api(builder.account(), {});
  HttpCall call;
  call.method = "GET";
  for (const char* path : {"/healthz", "/readyz", "/metrics"}) {
    call.path = path;
    EXPECT_EQ(api.answer(call).status, 200) << path;
  }
  call.path = "/";
  EXPECT_EQ(api.answer(call).status, 404);
}

}  // namespace
}  // namespace culprit::server
