// The official vectors (sigv4/README.md): every step of header and query signing is compared.
#include "sources/aws/sigv4.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>

#include "base/file.h"

namespace culprit::aws {
namespace {

const std::filesystem::path kVectors = std::filesystem::path(CULPRIT_SOURCE_DIR) / "tests/sources/aws/sigv4";

std::vector<std::string> vector_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kVectors))
    if (entry.is_directory()) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

std::string read(const std::string& name, const std::string& file) {
  auto bytes = read_file(kVectors / name / file);
  EXPECT_TRUE(bytes.has_value()) << name << "/" << file;
  return bytes.value_or("");
}

// "METHOD target HTTP/1.1", headers (folded lines belong to the one before), blank line, body.
SigningRequest parse_request(const std::string& text) {
  SigningRequest request;
  const auto body_at = text.find("\n\n");
  std::string head = text.substr(0, body_at);
  if (body_at != std::string::npos) request.body = text.substr(body_at + 2);
  std::vector<std::string> lines;
  for (std::size_t at = 0; at <= head.size();) {
    const auto end = std::min(head.find('\n', at), head.size());
    lines.push_back(head.substr(at, end - at));
    at = end + 1;
  }
  const std::string& first = lines.front();
  const auto space = first.find(' ');
  request.method = first.substr(0, space);
  const std::string target = first.substr(space + 1, first.rfind(" HTTP/") - space - 1);
  const auto question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string::npos) request.query = target.substr(question + 1);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (lines[i].empty()) continue;
    if (lines[i].front() == ' ') {
      request.headers.back().second += "\n" + lines[i];
    } else {
      const auto colon = lines[i].find(':');
      request.headers.emplace_back(lines[i].substr(0, colon), lines[i].substr(colon + 1));
    }
  }
  return request;
}

std::string render(const SigningRequest& request) {
  std::string out = request.method + " " + request.path;
  if (!request.query.empty()) out += "?" + request.query;
  out += " HTTP/1.1\n";
  for (const auto& [name, value] : request.headers) out += name + ":" + value + "\n";
  return out + "\n" + request.body;
}

struct Context {
  SigningCredentials credentials;
  SigningOptions options;
};

Context read_context(const std::string& name) {
  const auto json = boost::json::parse(read(name, "context.json")).as_object();
  const auto& keys = json.at("credentials").as_object();
  Context context;
  context.credentials.access_key_id = keys.at("access_key_id").as_string().c_str();
  context.credentials.secret_access_key = keys.at("secret_access_key").as_string().c_str();
  if (const auto* token = keys.if_contains("token"))
    context.credentials.session_token = token->as_string().c_str();
  context.options.service = json.at("service").as_string().c_str();
  context.options.region = json.at("region").as_string().c_str();
  context.options.time = std::chrono::sys_days{std::chrono::year{2015} / 8 / 30} + std::chrono::hours{12} +
                         std::chrono::minutes{36};
  EXPECT_EQ(json.at("timestamp").as_string(), "2015-08-30T12:36:00Z");
  context.options.normalise_path = json.at("normalize").as_bool();
  context.options.add_body_hash = json.at("sign_body").as_bool();
  context.options.expires = std::chrono::seconds{json.at("expiration_in_seconds").as_int64()};
  if (const auto* omit = json.if_contains("omit_session_token"))
    context.options.omit_session_token = omit->as_bool();
  return context;
}

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

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string out = info.param;
  std::replace(out.begin(), out.end(), '-', '_');
  return out;
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
