// What a server accepts and refuses: the official vectors, and requests as real clients sent them.
#include "aws_wire/sigv4_check.h"

#include <gtest/gtest.h>

#include "sigv4_vectors.h"

namespace culprit::aws {
namespace {

const std::filesystem::path kWire = std::filesystem::path(CULPRIT_SHARED_DIR) / "cases/wire";
constexpr const char* kCaptureKey = "AKIAIOSFODNN7EXAMPLE";
constexpr const char* kCaptureSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

SecretOf knows(std::string id, std::string secret) {
  return [id = std::move(id), secret = std::move(secret)](std::string_view asked) {
    return asked == id ? std::optional(secret) : std::nullopt;
  };
}

class AcceptedVector : public testing::TestWithParam<std::string> {};

TEST_P(AcceptedVector, HeaderSigned) {
  const Context context = read_context(GetParam());
  SigningRequest request = parse_request(read(GetParam(), "header-signed-request.txt"));
  if (context.options.omit_session_token)
    std::erase_if(request.headers, [](const auto& header) { return header.first == "X-Amz-Security-Token"; });
  const auto signer =
      check_signature(request, context.options.service, context.options.time,
                      knows(context.credentials.access_key_id, context.credentials.secret_access_key));
  ASSERT_TRUE(signer.has_value()) << signer.error().message;
  EXPECT_EQ(signer->access_key_id, context.credentials.access_key_id);
  EXPECT_EQ(signer->region, context.options.region);
}

TEST_P(AcceptedVector, QuerySigned) {
  const Context context = read_context(GetParam());
  SigningRequest request = parse_request(read(GetParam(), "query-signed-request.txt"));
  if (context.options.omit_session_token) {
    const auto token = request.query.find("&X-Amz-Security-Token=");
    request.query.erase(token, request.query.find('&', token + 1) - token);
  }
  const auto signer =
      check_signature(request, context.options.service, context.options.time,
                      knows(context.credentials.access_key_id, context.credentials.secret_access_key));
  ASSERT_TRUE(signer.has_value()) << signer.error().message;
}

// Only S3 takes paths as they are.
std::vector<std::string> vectors_with_normal_paths() {
  auto names = vector_names();
  std::erase_if(names, [](const std::string& name) { return !read_context(name).options.normalise_path; });
  return names;
}
INSTANTIATE_TEST_SUITE_P(SigV4, AcceptedVector, testing::ValuesIn(vectors_with_normal_paths()), test_name);

// A raw HTTP/1.1 request with CRLF, as captured.
SigningRequest parse_capture(const std::string& text) {
  SigningRequest request;
  const auto head_end = text.find("\r\n\r\n");
  request.body = text.substr(head_end + 4);
  std::size_t at = text.find("\r\n");
  const std::string first = text.substr(0, at);
  request.method = first.substr(0, first.find(' '));
  request.path = first.substr(first.find(' ') + 1, first.rfind(' ') - first.find(' ') - 1);
  for (at += 2; at < head_end;) {
    const auto end = text.find("\r\n", at);
    const std::string line = text.substr(at, end - at);
    request.headers.emplace_back(line.substr(0, line.find(": ")), line.substr(line.find(": ") + 2));
    at = end + 2;
  }
  return request;
}

Time time_of(const SigningRequest& request) {
  for (const auto& [name, value] : request.headers)
    if (name == "X-Amz-Date" || name == "x-amz-date")
      return *parse_iso8601(value.substr(0, 4) + "-" + value.substr(4, 2) + "-" + value.substr(6, 2) + "T" +
                            value.substr(9, 2) + ":" + value.substr(11, 2) + ":" + value.substr(13, 2) + "Z");
  return {};
}

std::vector<std::filesystem::path> captures() {
  std::vector<std::filesystem::path> out;
  if (std::filesystem::exists(kWire))
    for (const auto& entry : std::filesystem::directory_iterator(kWire))
      if (entry.path().extension() == ".http") out.push_back(entry.path());
  return out;
}

TEST(SignatureCheck, EveryCapturedRequestIsAccepted) {
  if (captures().empty()) GTEST_SKIP() << "the shared cases are not here";
  for (const auto& path : captures()) {
    const SigningRequest request = parse_capture(*read_file(path));
    const auto signer = check_signature(request, "", time_of(request), knows(kCaptureKey, kCaptureSecret));
    EXPECT_TRUE(signer.has_value()) << path << ": " << signer.error().message;
  }
  EXPECT_EQ(captures().size(), 68u);
}

TEST(SignatureCheck, EveryChangedByteOfACapturedRequestIsRefused) {
  if (captures().empty()) GTEST_SKIP() << "the shared cases are not here";
  for (const auto& path : captures()) {
    SigningRequest request = parse_capture(*read_file(path));
    const Time now = time_of(request);
    request.body[request.body.size() / 2] ^= 1;
    const auto signer = check_signature(request, "", now, knows(kCaptureKey, kCaptureSecret));
    ASSERT_FALSE(signer.has_value()) << path;
    EXPECT_EQ(signer.error().fault, SignatureFault::kWrong) << path;
  }
}

class OneRequest : public testing::Test {
 protected:
  void SetUp() override {
    request_.headers = {{"Host", "127.0.0.1:4580"}, {"X-Amz-Target", "Logs_20140328.DescribeLogGroups"}};
    request_.body = "{}";
    options_.service = "logs";
    options_.region = "us-east-1";
    options_.time = now_;
  }
  tl::expected<Signer, SignatureRefusal> check(Time now) {
    return check_signature(request_, "logs", now, knows("AK", "secret"));
  }
  SignatureFault fault(Time now) {
    const auto checked = check(now);
    EXPECT_FALSE(checked.has_value());
    return checked ? SignatureFault::kMissing : checked.error().fault;
  }
  const Time now_ = from_epoch_ms(1'795'500'000'000);
  SigningRequest request_;
  SigningOptions options_;
};

TEST_F(OneRequest, HoldsForFiveMinutesOfSkewEitherWay) {
  sign_headers(request_, {"AK", "secret", ""}, options_);
  EXPECT_TRUE(check(now_ + kSkewMax).has_value());
  EXPECT_TRUE(check(now_ - kSkewMax).has_value());
  EXPECT_EQ(fault(now_ + kSkewMax + std::chrono::seconds{1}), SignatureFault::kOutOfTime);
  EXPECT_EQ(fault(now_ - kSkewMax - std::chrono::seconds{1}), SignatureFault::kOutOfTime);
}

TEST_F(OneRequest, APresignedOneHoldsAsLongAsItSays) {
  options_.expires = std::chrono::seconds{900};
  sign_query(request_, {"AK", "secret", ""}, options_);
  EXPECT_TRUE(check(now_ + std::chrono::seconds{899}).has_value());
  EXPECT_EQ(fault(now_ + std::chrono::seconds{900}), SignatureFault::kExpired);
}

TEST_F(OneRequest, APresignedOneMayNotHoldForLongerThanAWeek) {
  options_.expires = kExpiresMax + std::chrono::seconds{1};
  sign_query(request_, {"AK", "secret", ""}, options_);
  EXPECT_EQ(fault(now_), SignatureFault::kIncomplete);
}

TEST_F(OneRequest, UnsignedIsMissing) { EXPECT_EQ(fault(now_), SignatureFault::kMissing); }

TEST_F(OneRequest, AnotherSecretIsWrongAndAnotherKeyUnknown) {
  SigningRequest unsigned_request = request_;
  sign_headers(request_, {"AK", "other", ""}, options_);
  EXPECT_EQ(fault(now_), SignatureFault::kWrong);
  request_ = unsigned_request;
  sign_headers(request_, {"AK2", "secret", ""}, options_);
  EXPECT_EQ(fault(now_), SignatureFault::kUnknownKey);
}

TEST_F(OneRequest, AnotherServiceIsForeign) {
  options_.service = "ecs";
  sign_headers(request_, {"AK", "secret", ""}, options_);
  EXPECT_EQ(fault(now_), SignatureFault::kForeignScope);
}

TEST_F(OneRequest, AHeaderAddedOnTheWayIsRefused) {
  sign_headers(request_, {"AK", "secret", ""}, options_);
  request_.headers.emplace_back("X-Amz-Security-Token", "smuggled");
  EXPECT_EQ(fault(now_), SignatureFault::kWrong);
}

TEST_F(OneRequest, AFalseBodyHashIsRefused) {
  options_.add_body_hash = true;
  sign_headers(request_, {"AK", "secret", ""}, options_);
  EXPECT_TRUE(check(now_).has_value());
  request_.body = "{ }";
  EXPECT_EQ(fault(now_), SignatureFault::kWrong);
}

TEST_F(OneRequest, HalfAnAuthorizationIsIncomplete) {
  for (const char* authorization : {"AWS4-HMAC-SHA256", "Basic YTpi",
                                    "AWS4-HMAC-SHA256 Credential=AK/20261124/us-east-1/logs/aws4_request",
                                    "AWS4-HMAC-SHA256 Credential=AK, SignedHeaders=host, Signature=00",
                                    "AWS4-HMAC-SHA256 Credential=AK/20261124/us-east-1/logs/aws4_request, "
                                    "SignedHeaders=x-amz-date, Signature=0"}) {
    request_.headers = {{"Host", "h"}, {"X-Amz-Date", "20261124T053320Z"}, {"Authorization", authorization}};
    EXPECT_EQ(fault(now_), SignatureFault::kIncomplete) << authorization;
  }
}

}  // namespace
}  // namespace culprit::aws
