// ~/.aws/config and ~/.aws/credentials:
// https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "sources/aws/environment.h"

namespace culprit::aws {

using Settings = std::map<std::string, std::string, std::less<>>;

// One [section]. `nested` holds indented settings below a key without a value ("s3 =").
struct Section {
  Settings values;
  std::map<std::string, Settings, std::less<>> nested;

  std::optional<std::string> get(std::string_view key) const;  // empty counts as absent
};

// Sections by their full header ("profile x", "sso-session y", "default"). Later values win. Any bytes are
// taken; a line that is none of header, comment, setting is kInput with file:line.
Result<std::map<std::string, Section, std::less<>>> parse_ini(std::string_view text, const std::string& file);

struct ConfigFiles {
  std::map<std::string, Section, std::less<>> config_profiles;       // without "profile "
  std::map<std::string, Section, std::less<>> credentials_profiles;  // from the credentials file
  std::map<std::string, Section, std::less<>> sso_sessions;
  std::map<std::string, Section, std::less<>> services;
  std::string config_path, credentials_path;

  bool has_profile(std::string_view name) const;
  // Settings of both files; those of the credentials file win, as in botocore.
  Section profile(std::string_view name) const;
  std::string profile_names() const;  // "a, b, c"
};

// AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE or the usual places; a missing file is empty.
Result<ConfigFiles> read_config_files(const Environment& environment);

}  // namespace culprit::aws
