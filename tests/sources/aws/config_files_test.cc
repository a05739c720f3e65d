#include "sources/aws/config_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "fake_aws.h"

namespace culprit::aws {
namespace {

TEST(Ini, ReadsSectionsCommentsAndNestedSettings) {
  const auto ini = parse_ini(
      "\xEF\xBB\xBF# comment\n[default]\r\nregion = eu-west-1 ; why\nOutput=json\n\n[profile  \"my name\"]\n"
      "s3 =\n  max_concurrent_requests = 20\n  endpoint_url = http://a#b\n[services dev]\n"
      "cloudwatch_logs =\n\tendpoint_url = http://127.0.0.1:1\n[ empty ]\n",
      "config");
  ASSERT_TRUE(ini) << ini.error().message();
  EXPECT_EQ(ini->at("default").get("region"), "eu-west-1");
  EXPECT_EQ(ini->at("default").get("output"), "json");
  EXPECT_EQ(ini->at("profile my name").nested.at("s3").at("max_concurrent_requests"), "20");
  EXPECT_EQ(ini->at("profile my name").nested.at("s3").at("endpoint_url"), "http://a#b");
  EXPECT_EQ(ini->at("services dev").nested.at("cloudwatch_logs").at("endpoint_url"), "http://127.0.0.1:1");
  EXPECT_TRUE(ini->contains("empty"));
}

TEST(Ini, IndentedKeysUnderAPlainSectionAreSettings) {
  const auto ini = parse_ini("[x]\n  aws_access_key_id = A\n  aws_secret_access_key = b=c\n", "c");
  ASSERT_TRUE(ini);
  EXPECT_EQ(ini->at("x").get("aws_access_key_id"), "A");
  EXPECT_EQ(ini->at("x").get("aws_secret_access_key"), "b=c");
}

TEST(Ini, SaysFileAndLineOfWhatItCannotRead) {
  for (const auto& [text, line] : std::vector<std::pair<std::string, std::string>>{
           {"key = value\n", "f:1"}, {"[a]\nnonsense\n", "f:2"}, {"[a\n", "f:1"}}) {
    const auto ini = parse_ini(text, "f");
    ASSERT_FALSE(ini) << text;
    EXPECT_EQ(ini.error().where, line);
    EXPECT_EQ(ini.error().code, ErrorCode::kInput);
  }
}

TEST(Ini, BinaryRubbishIsNoCrash) {
  std::string rubbish;
  for (int i = 0; i < 4096; ++i) rubbish += static_cast<char>(i * 131 % 256);
  static_cast<void>(parse_ini(rubbish, "f"));
  static_cast<void>(parse_ini(std::string_view("[\0]\n\0=\0", 8), "f"));
}

TEST(ConfigFiles, CredentialsFileWinsOverConfigFile) {
  auto directory = TemporaryDirectory::create();
  ASSERT_TRUE(directory);
  ASSERT_TRUE(write_file_atomically(directory->path() / "config",
                                    "[profile a]\nregion = r1\naws_access_key_id = C\n"));
  ASSERT_TRUE(write_file_atomically(directory->path() / "credentials",
                                    "[a]\naws_access_key_id = K\n[b]\naws_access_key_id = B\n"));
  const auto files = read_config_files(
      Environment(Variables{{"AWS_CONFIG_FILE", (directory->path() / "config").string()},
                            {"AWS_SHARED_CREDENTIALS_FILE", (directory->path() / "credentials").string()}}));
  ASSERT_TRUE(files);
  EXPECT_EQ(files->profile("a").get("aws_access_key_id"), "K");
  EXPECT_EQ(files->profile("a").get("region"), "r1");
  EXPECT_EQ(files->profile_names(), "a, b");
}

TEST(ConfigFiles, MissingFilesAreEmpty) {
  const auto files = read_config_files(Environment(Variables{{"HOME", "/nonexistent"}}));
  ASSERT_TRUE(files);
  EXPECT_EQ(files->profile_names(), "");
}

}  // namespace
}  // namespace culprit::aws
