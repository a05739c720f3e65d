// The official vectors (sigv4/README.md): every step of header and query signing is compared.
#include "aws_wire/sigv4.h"

#include <gtest/gtest.h>

#include "sigv4_vectors.h"

namespace culprit::aws {
namespace {

class OfficialVector : public testing::TestWithParam<std::string> {};

TEST_P(OfficialVector, HeaderSigning) {
  const Context context = read_context(GetParam());
  SigningRequest request = parse_request(read(GetParam(), "request.txt"));
  const Signature signature = sign_headers(request, context.credentials, context.options);
  EXPECT_EQ(signature.canonical_request, read(GetParam(), "header-canonical-request.txt"));
  EXPECT_EQ(signature.string_to_sign, read(GetParam(), "header-string-to-sign.txt"));
  EXPECT_EQ(signature.signature, read(GetParam(), "header-signature.txt"));
  EXPECT_EQ(render(request), read(GetParam(), "header-signed-request.txt"));
}

TEST_P(OfficialVector, QuerySigning) {
  const Context context = read_context(GetParam());
  SigningRequest request = parse_request(read(GetParam(), "request.txt"));
  const Signature signature = sign_query(request, context.credentials, context.options);
  EXPECT_EQ(signature.canonical_request, read(GetParam(), "query-canonical-request.txt"));
  EXPECT_EQ(signature.string_to_sign, read(GetParam(), "query-string-to-sign.txt"));
  EXPECT_EQ(signature.signature, read(GetParam(), "query-signature.txt"));
  EXPECT_EQ(render(request), read(GetParam(), "query-signed-request.txt"));
}

INSTANTIATE_TEST_SUITE_P(SigV4, OfficialVector, testing::ValuesIn(vector_names()), test_name);

TEST(SigV4, AllOfficialVectorsAreHere) { EXPECT_EQ(vector_names().size(), 38u); }

TEST(SigV4, UserAgentIsNeverSigned) {
  SigningRequest request;
  request.headers = {{"Host", "h"}, {"User-Agent", "culprit"}};
  SigningOptions options;
  options.service = "logs";
  options.region = "us-east-1";
  const auto signature = sign_headers(request, {"AK", "SK", ""}, options);
  EXPECT_EQ(signature.canonical_request.find("culprit"), std::string::npos);
}

}  // namespace
}  // namespace culprit::aws
