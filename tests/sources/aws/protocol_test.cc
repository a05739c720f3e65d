#include "sources/aws/protocol.h"

#include <gtest/gtest.h>

#include "fake_aws.h"

namespace culprit::aws {
namespace {

ApiError error_of(int status, std::string body, Headers headers = {}, Protocol protocol = Protocol::kJson) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  response.headers = std::move(headers);
  const auto answer = read_answer(protocol, response);
  EXPECT_FALSE(answer);
  return answer ? ApiError{} : answer.error();
}

TEST(Protocol, CutsErrorCodesToTheirName) {
  EXPECT_EQ(error_of(400, R"({"__type":"com.amazon.coral.validate#ValidationException","message":"m"})").code,
            "ValidationException");
  EXPECT_EQ(error_of(400, R"({"__type":"x#AccessDeniedException:http://z"})").kind, ApiError::Kind::kDenied);
}

TEST(Protocol, TheQueryErrorHeaderNamesTheError) {
  EXPECT_EQ(error_of(404, R"({"__type":"com.amazonaws.cloudwatch#ResourceNotFound"})",
                     {{"x-amzn-query-error", "ResourceNotFound;Sender"}})
                .code,
            "ResourceNotFound");
}

TEST(Protocol, SortsErrorsByMeaning) {
  using Kind = ApiError::Kind;
  const std::vector<std::pair<std::string, Kind>> cases{{"ThrottlingException", Kind::kThrottled},
                                                        {"Throttling", Kind::kThrottled},
                                                        {"RequestLimitExceeded", Kind::kThrottled},
                                                        {"TooManyRequestsException", Kind::kThrottled},
                                                        {"ExpiredTokenException", Kind::kCredentials},
                                                        {"ExpiredToken", Kind::kCredentials},
                                                        {"InvalidClientTokenId", Kind::kCredentials},
                                                        {"UnrecognizedClientException", Kind::kCredentials},
                                                        {"AccessDenied", Kind::kDenied},
                                                        {"ClusterNotFoundException", Kind::kMissing},
                                                        {"DBInstanceNotFound", Kind::kMissing},
                                                        {"RequestTimeTooSkewed", Kind::kSkew},
                                                        {"ServerException", Kind::kTransient},
                                                        {"InvalidParameterException", Kind::kInvalid}};
  for (const auto& [code, kind] : cases) {
    EXPECT_EQ(error_of(400, "{\"__type\":\"" + code + "\"}").kind, kind) << code;
    EXPECT_EQ(error_of(400, "<ErrorResponse><Error><Code>" + code + "</Code></Error></ErrorResponse>", {},
                       Protocol::kQuery)
                  .kind,
              kind)
        << code;
  }
  EXPECT_EQ(error_of(503, "<html>").kind, Kind::kTransient);
  EXPECT_EQ(error_of(429, "").kind, Kind::kThrottled);
  EXPECT_EQ(error_of(403, "").kind, Kind::kDenied);
}

TEST(Protocol, FormEncodesListsAsMembers) {
  const boost::json::object parameters{
      {"Namespace", "AWS/RDS"}, {"Dimensions", {{{"Name", "a b"}, {"Value", "c"}}}}, {"Period", 60}};
  EXPECT_EQ(form_encode("ListMetrics", "2010-08-01", parameters),
            "Action=ListMetrics&Version=2010-08-01&Namespace=AWS%2FRDS&Dimensions.member.1.Name=a%20b&"
            "Dimensions.member.1.Value=c&Period=60");
}

// The same request as a recorded one of the AWS CLI gets the same signature (cases of real clients, signed
// with the documentation's key pair).
TEST(Protocol, SignsJsonRequestsAsTheAwsCliDoes) {
  const SigningCredentials keys{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""};
  SigningRequest request;
  request.headers = {{"Host", "127.0.0.1:5902"},
                     {"X-Amz-Target", "Logs_20140328.FilterLogEvents"},
                     {"Content-Type", "application/x-amz-json-1.1"}};
  request.body =
      R"({"logGroupName": "/aws/ecs/chatscomm-chatwoot-prod-web", "startTime": 1755817200000, "endTime": 1755817800000, "filterPattern": "ERROR"})";
  SigningOptions options;
  options.service = "logs";
  options.region = "us-east-1";
  options.time = from_epoch_ms(1795478056000);  // 20261123T235416Z
  const auto signature = sign_headers(request, keys, options);
  EXPECT_EQ(signature.signature, "9e656834be1d79b3ad8a492cf03a751fc0eafbc78dbc7512160b0223cef1ab55");
}

TEST(Protocol, TheHostHeaderIsTheEndpointsAuthority) {
  const auto request = make_request(Service::kEcs, Protocol::kJson, "ListTasks", {},
                                    "http://127.0.0.1:99/base", "us-east-1", nullptr, Time{});
  EXPECT_EQ(header_of(request, "Host"), "127.0.0.1:99");
  EXPECT_EQ(request.url, "http://127.0.0.1:99/base/");
}

}  // namespace
}  // namespace culprit::aws
