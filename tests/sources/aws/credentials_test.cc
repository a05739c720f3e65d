// Every source of credentials, in the AWS CLI's order, each with the answers that it may get.
#include "sources/aws/credentials.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/file.h"
#include "fake_aws.h"

namespace culprit::aws {
namespace {

using testing::HasSubstr;

const Time kNow = from_epoch_ms(1755817200000);  // 2025-08-21T23:00:00Z

std::string sts_answer(std::string_view operation, std::string_view key) {
  return fmt::format(
      "<{0}Response><{0}Result><Credentials><AccessKeyId>{1}</AccessKeyId><SecretAccessKey>s</"
      "SecretAccessKey>"
      "<SessionToken>t</SessionToken><Expiration>2025-08-22T00:00:00Z</Expiration></Credentials></"
      "{0}Result></{0}Response>",
      operation, key);
}

class CredentialChain : public testing::Test {
 protected:
  CredentialChain() {
    variables["HOME"] = home.path().string();
    variables["AWS_EC2_METADATA_DISABLED"] = "true";
    std::filesystem::create_directories(home.path() / ".aws/sso/cache");
    std::filesystem::create_directories(home.path() / ".aws/login/cache");
    aws.otherwise = [](const Call&) { return no_answer(); };
  }
  void write(const std::string& name, const std::string& text) {
    ASSERT_TRUE(write_file_atomically(home.path() / name, text));
  }
  Result<Credentials> load() {
    const Session session = session_with(variables, options);
    return load_credentials({session, aws, clock});
  }
  std::string key() {
    const auto found = load();
    return found ? found->keys.access_key_id : found.error().message();
  }
  std::string named() {
    const Session session = session_with(variables, options);
    return name_credential_source(session).value_or("none");
  }

  TemporaryDirectory home = std::move(*TemporaryDirectory::create());
  Variables variables;
  AwsOptions options;
  FakeAws aws;
  FakeClock clock{kNow};
};

TEST_F(CredentialChain, Environment) {
  variables = with_keys(variables);
  variables["AWS_SESSION_TOKEN"] = "token";
  EXPECT_EQ(key(), "AKENV");
  EXPECT_EQ(load()->keys.session_token, "token");
  EXPECT_EQ(named(), "environment variables");
}

TEST_F(CredentialChain, HalfOfAnEnvironmentPairIsAnErrorNotSkipped) {
  variables["AWS_ACCESS_KEY_ID"] = "AKENV";
  EXPECT_THAT(key(), HasSubstr("AWS_SECRET_ACCESS_KEY is not"));
}

TEST_F(CredentialChain, TheProfileFlagSilencesTheEnvironmentButAwsProfileDoesNot) {
  write(".aws/credentials", "[ops]\naws_access_key_id = AKOPS\naws_secret_access_key = s\n");
  variables = with_keys(variables);
  variables["AWS_PROFILE"] = "ops";
  EXPECT_EQ(key(), "AKENV");
  options.profile = "ops";
  EXPECT_EQ(key(), "AKOPS");
}

TEST_F(CredentialChain, CredentialsFileBeforeProcessBeforeConfigFile) {
  write(".aws/config",
        "[default]\naws_access_key_id = AKCONFIG\naws_secret_access_key = s\n"
        "credential_process = /bin/echo "
        "'{\"Version\":1,\"AccessKeyId\":\"AKPROC\",\"SecretAccessKey\":\"s\"}'\n");
  EXPECT_EQ(key(), "AKPROC");
  write(".aws/credentials", "[default]\naws_access_key_id = AKFILE\naws_secret_access_key = s\n");
  EXPECT_EQ(key(), "AKFILE");
  write(".aws/credentials", "");
  write(".aws/config", "[default]\naws_access_key_id = AKCONFIG\naws_secret_access_key = s\n");
  EXPECT_EQ(key(), "AKCONFIG");
}

TEST_F(CredentialChain, ProcessThatFailsSaysWhich) {
  write(".aws/config", "[default]\ncredential_process = /bin/false now\n");
  EXPECT_THAT(key(), HasSubstr("credential_process '/bin/false' failed with status 1"));
  write(".aws/config", "[default]\ncredential_process = /bin/echo hello\n");
  EXPECT_THAT(key(), HasSubstr("did not print a JSON object"));
  write(".aws/config", "[default]\ncredential_process = /bin/echo '{\"Version\":2}'\n");
  EXPECT_THAT(key(), HasSubstr("another Version"));
  write(".aws/config", "[default]\ncredential_process = /no/such/program\n");
  EXPECT_THAT(key(), HasSubstr("could not be started"));
}

TEST_F(CredentialChain, AssumedRoleIsSignedWithItsSourceProfile) {
  write(".aws/config",
        "[profile app]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = base\nexternal_id = "
        "x7\nrole_session_name = me\n");
  write(".aws/credentials", "[base]\naws_access_key_id = AKBASE\naws_secret_access_key = s\n");
  options.profile = "app";
  aws.on("AssumeRole", [](const Call& call) {
    EXPECT_THAT(header_of(call.request, "Authorization"),
                HasSubstr("Credential=AKBASE/20250821/us-east-1/sts/aws4_request"));
    EXPECT_THAT(call.request.body, HasSubstr("ExternalId=x7"));
    EXPECT_THAT(call.request.body, HasSubstr("RoleSessionName=me"));
    EXPECT_EQ(call.request.url, "https://sts.us-east-1.amazonaws.com/");
    return ok(sts_answer("AssumeRole", "AKROLE"));
  });
  EXPECT_EQ(key(), "AKROLE");
  EXPECT_EQ(load()->expiration, kNow + std::chrono::hours{1});
}

TEST_F(CredentialChain, RolesChain) {
  write(
      ".aws/config",
      "[profile a]\nrole_arn = arn:a\nsource_profile = b\n[profile b]\nrole_arn = arn:b\nsource_profile = c\n"
      "[profile c]\naws_access_key_id = AKC\naws_secret_access_key = s\n");
  options.profile = "a";
  std::string signers;
  aws.on("AssumeRole", [&](const Call& call) {
    const std::string header = header_of(call.request, "Authorization");
    signers += header.substr(header.find("Credential=") + 11, 3) + " ";
    return ok(
        sts_answer("AssumeRole", call.request.body.find("arn%3Ab") != std::string::npos ? "AKB" : "AKA"));
  });
  EXPECT_EQ(key(), "AKA");
  EXPECT_EQ(signers, "AKC AKB ");
}

TEST_F(CredentialChain, RolesInACircleAreRefused) {
  write(".aws/config",
        "[profile a]\nrole_arn = arn:a\nsource_profile = b\n[profile b]\nrole_arn = arn:b\nsource_profile = "
        "a\n");
  options.profile = "a";
  EXPECT_THAT(key(), HasSubstr("goes in a circle"));
}

TEST_F(CredentialChain, RoleFromTheEnvironmentAsCredentialSource) {
  write(".aws/config", "[default]\nrole_arn = arn:r\ncredential_source = Environment\n");
  variables = with_keys(variables);
  options.profile = "default";
  aws.on("AssumeRole", sts_answer("AssumeRole", "AKROLE"));
  EXPECT_EQ(key(), "AKROLE");
  EXPECT_THAT(header_of(aws.calls[0].request, "Authorization"), HasSubstr("AKENV"));
}

TEST_F(CredentialChain, RoleWithMfaAndNoTerminalSaysSo) {
  write(".aws/config",
        "[profile app]\nrole_arn = arn:r\nsource_profile = base\nmfa_serial = arn:mfa\n[profile "
        "base]\naws_access_key_id = A\n"
        "aws_secret_access_key = s\n");
  options.profile = "app";
  EXPECT_THAT(key(), HasSubstr("needs an MFA code for arn:mfa"));
}

TEST_F(CredentialChain, ADeniedRoleNamesThePermission) {
  write(".aws/config",
        "[profile app]\nrole_arn = arn:r\nsource_profile = base\n[profile base]\naws_access_key_id = "
        "A\naws_secret_access_key = s\n");
  options.profile = "app";
  aws.on("AssumeRole", [](const Call&) {
    return answer(
        403,
        "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>");
  });
  EXPECT_THAT(key(), HasSubstr("sts:AssumeRole"));
}

TEST_F(CredentialChain, WebIdentityIsUnsigned) {
  write("token", "web-token\n");
  variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = (home.path() / "token").string();
  variables["AWS_ROLE_ARN"] = "arn:web";
  aws.on("AssumeRoleWithWebIdentity", [](const Call& call) {
    EXPECT_EQ(header_of(call.request, "Authorization"), "");
    EXPECT_THAT(call.request.body, HasSubstr("WebIdentityToken=web-token"));
    return ok(sts_answer("AssumeRoleWithWebIdentity", "AKWEB"));
  });
  EXPECT_EQ(key(), "AKWEB");
}

class SsoChain : public CredentialChain {
 protected:
  SsoChain() {
    options.profile = "team";
    write(".aws/config",
          "[profile team]\nsso_session = corp\nsso_account_id = 123\nsso_role_name = Reader\n"
          "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n");
    aws.on("GET /federation/credentials", [](const Call& call) {
      EXPECT_EQ(call.request.url,
                "https://portal.sso.eu-west-1.amazonaws.com/federation/"
                "credentials?account_id=123&role_name=Reader");
      const bool known = header_of(call.request, "x-amz-sso_bearer_token").starts_with("good");
      if (!known) return answer(401, "{}");
      return ok(
          R"({"roleCredentials":{"accessKeyId":"AKSSO","secretAccessKey":"s","sessionToken":"t","expiration":1755820800000}})");
    });
  }
  void sign_in(const std::string& json) { write(".aws/sso/cache/" + sha1_hex("corp") + ".json", json); }
};

TEST_F(SsoChain, TokenOfTheCache) {
  sign_in(R"({"accessToken":"good","expiresAt":"2025-08-22T05:00:00Z"})");
  EXPECT_EQ(key(), "AKSSO");
  EXPECT_EQ(load()->expiration, kNow + std::chrono::hours{1});
}

TEST_F(SsoChain, OldFormWithStartUrlInTheProfile) {
  write(".aws/config",
        "[profile team]\nsso_start_url = https://old\nsso_region = eu-west-1\nsso_account_id = "
        "123\nsso_role_name = Reader\n");
  write(".aws/sso/cache/" + sha1_hex("https://old") + ".json",
        R"({"accessToken":"good","expiresAt":"2025-08-22T05:00:00UTC"})");
  EXPECT_EQ(key(), "AKSSO");
}

TEST_F(SsoChain, NoOrExpiredSignInSaysWhatToRun) {
  EXPECT_THAT(key(), HasSubstr("run `aws sso login --profile team`"));
  sign_in(R"({"accessToken":"good","expiresAt":"2025-08-21T22:00:00Z"})");
  EXPECT_THAT(key(), HasSubstr("expired at 2025-08-21T22:00:00Z"));
  sign_in(R"({"accessToken":"bad","expiresAt":"2025-08-22T22:00:00Z"})");
  EXPECT_THAT(key(), HasSubstr("no longer valid"));
  sign_in("{ not json");
  EXPECT_THAT(key(), HasSubstr("cannot be read"));
}

TEST_F(SsoChain, ExpiredTokenIsRefreshedAndWrittenBack) {
  sign_in(
      R"({"accessToken":"old","expiresAt":"2025-08-21T22:00:00Z","refreshToken":"r1","clientId":"c","clientSecret":"cs"})");
  aws.on("POST /token", [](const Call& call) {
    EXPECT_EQ(call.request.url, "https://oidc.eu-west-1.amazonaws.com/token");
    EXPECT_EQ(call.parameters.at("refreshToken"), "r1");
    return ok(R"({"accessToken":"good2","expiresIn":3600,"refreshToken":"r2"})");
  });
  EXPECT_EQ(key(), "AKSSO");
  const std::string kept = read_file(home.path() / ".aws/sso/cache" / (sha1_hex("corp") + ".json")).value();
  EXPECT_THAT(kept, HasSubstr("\"refreshToken\":\"r2\""));
  EXPECT_THAT(kept, HasSubstr("\"expiresAt\":\"2025-08-22T00:00:00Z\""));
}

TEST_F(CredentialChain, AwsLogin) {
  write(".aws/config", "[default]\nlogin_session = arn:aws:iam::1:user/u\n");
  const std::string file = ".aws/login/cache/" + to_hex(sha256("arn:aws:iam::1:user/u")) + ".json";
  EXPECT_THAT(key(), HasSubstr("aws login --profile default"));
  write(
      file,
      R"({"accessToken":{"accessKeyId":"AKLOGIN","secretAccessKey":"s","sessionToken":"t","expiresAt":"2025-08-22T05:00:00Z"}})");
  EXPECT_EQ(key(), "AKLOGIN");
}

TEST_F(CredentialChain, ContainerByRelativeUri) {
  variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/v2/credentials/x";
  aws.on("GET /v2/credentials/x", [](const Call& call) {
    EXPECT_EQ(call.request.url, "http://169.254.170.2/v2/credentials/x");
    EXPECT_TRUE(call.request.direct);
    return ok(
        R"({"AccessKeyId":"AKECS","SecretAccessKey":"s","Token":"t","Expiration":"2025-08-22T00:00:00Z"})");
  });
  EXPECT_EQ(key(), "AKECS");
}

TEST_F(CredentialChain, ContainerByFullUriWithTokenFile) {
  write("auth", "token-from-file\n");
  variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://127.0.0.1:81/creds";
  variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = (home.path() / "auth").string();
  variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "token-from-variable";
  aws.on("GET /creds", [](const Call& call) {
    EXPECT_EQ(header_of(call.request, "Authorization"), "token-from-file");
    return ok(R"({"AccessKeyId":"AKEKS","SecretAccessKey":"s","Token":"t"})");
  });
  EXPECT_EQ(key(), "AKEKS");
}

TEST_F(CredentialChain, ContainerKeysDoNotTravelInTheClear) {
  for (const char* url : {"http://example.com/c", "http://127.0.0.1@example.com/c", "ftp://127.0.0.1/c",
                          "http://1270.0.0.1/c"}) {
    variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url;
    EXPECT_THAT(key(), HasSubstr("neither https nor on this machine")) << url;
  }
  EXPECT_TRUE(aws.calls.empty());
}

TEST_F(CredentialChain, InstanceMetadataVersionTwo) {
  variables.erase("AWS_EC2_METADATA_DISABLED");
  variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "http://127.0.0.1:82/";
  aws.on("PUT /latest/api/token", "imds-token");
  aws.on("GET /latest/meta-data/iam/security-credentials/", "role-x\n");
  aws.on("GET /latest/meta-data/iam/security-credentials/role-x", [](const Call& call) {
    EXPECT_EQ(header_of(call.request, "x-aws-ec2-metadata-token"), "imds-token");
    return ok(
        R"({"Code":"Success","AccessKeyId":"AKEC2","SecretAccessKey":"s","Token":"t","Expiration":"2025-08-22T00:00:00Z"})");
  });
  EXPECT_EQ(key(), "AKEC2");
  variables["AWS_EC2_METADATA_DISABLED"] = "true";
  EXPECT_THAT(key(), HasSubstr("no AWS credentials were found"));
}

TEST_F(CredentialChain, NothingAtAllSaysWhatToRun) {
  EXPECT_THAT(key(), HasSubstr("aws configure"));
  EXPECT_EQ(load().error().code, ErrorCode::kCredentials);
  EXPECT_EQ(named(), "none");
}

TEST_F(CredentialChain, ProviderRenewsBeforeExpiry) {
  variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/c";
  aws.on("GET /c", [this, n = 0](const Call&) mutable {
    return ok(fmt::format(R"({{"AccessKeyId":"AK{}","SecretAccessKey":"s","Token":"t","Expiration":"{}"}})",
                          ++n, format_utc(clock.now() + std::chrono::hours{1})));
  });
  const Session session = session_with(variables);
  CredentialProvider provider({session, aws, clock});
  EXPECT_EQ(provider.get()->keys.access_key_id, "AK1");
  clock.sleep(std::chrono::minutes{54});
  EXPECT_EQ(provider.get()->keys.access_key_id, "AK1");
  clock.sleep(std::chrono::minutes{2});
  EXPECT_EQ(provider.get()->keys.access_key_id, "AK2");
}

}  // namespace
}  // namespace culprit::aws
