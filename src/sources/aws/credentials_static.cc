// Keys that lie ready: environment variables, credentials file, config file.
#include <fmt/format.h>

#include "sources/aws/credential_sources.h"

namespace culprit::aws {

namespace {

MaybeCredentials from_section(const Section& section, const std::string& profile, const std::string& file) {
  const auto id = section.get("aws_access_key_id");
  if (!id) return std::nullopt;
  const auto secret = section.get("aws_secret_access_key");
  if (!secret)
    return fail(ErrorCode::kCredentials,
                fmt::format("profile '{}' has aws_access_key_id but no aws_secret_access_key", profile), file,
                fmt::format("run `aws configure --profile {}`", profile));
  Credentials out;
  out.keys = {*id, *secret, section.get("aws_session_token").value_or("")};
  out.source = fmt::format("profile '{}' in {}", profile, file);
  return out;
}

}  // namespace

MaybeCredentials from_environment(const CredentialContext& context) {
  const Environment& environment = context.session.environment;
  const auto id = environment.get("AWS_ACCESS_KEY_ID");
  if (!id) return std::nullopt;
  const auto secret = environment.get("AWS_SECRET_ACCESS_KEY");
  if (!secret)
    return fail(ErrorCode::kCredentials, "AWS_ACCESS_KEY_ID is set but AWS_SECRET_ACCESS_KEY is not",
                "environment", "set both, or unset both to use a profile");
  Credentials out;
  out.keys = {
      *id, *secret,
      environment.get("AWS_SESSION_TOKEN").value_or(environment.get("AWS_SECURITY_TOKEN").value_or(""))};
  out.source = "environment variables";
  if (const auto expiration = environment.get("AWS_CREDENTIAL_EXPIRATION"))
    if (const auto time = parse_iso8601(*expiration)) out.expiration = *time;
  return out;
}

MaybeCredentials from_credentials_file(const CredentialContext& context, const std::string& profile) {
  const auto& profiles = context.session.files.credentials_profiles;
  const auto it = profiles.find(profile);
  if (it == profiles.end()) return std::nullopt;
  return from_section(it->second, profile, context.session.files.credentials_path);
}

MaybeCredentials from_config_file(const CredentialContext& context, const std::string& profile) {
  const auto& profiles = context.session.files.config_profiles;
  const auto it = profiles.find(profile);
  if (it == profiles.end()) return std::nullopt;
  return from_section(it->second, profile, context.session.files.config_path);
}

Result<Credentials> credentials_from_json(const boost::json::object& object, std::string source) {
  const auto text = [&object](std::string_view name) -> std::string {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
  };
  const auto either = [&text](std::string_view a, std::string_view b) {
    return text(a).empty() ? text(b) : text(a);
  };
  Credentials out;
  out.keys = {either("AccessKeyId", "accessKeyId"), either("SecretAccessKey", "secretAccessKey"),
              either("SessionToken", "sessionToken")};
  if (out.keys.session_token.empty()) out.keys.session_token = text("Token");
  if (out.keys.access_key_id.empty() || out.keys.secret_access_key.empty())
    return fail(ErrorCode::kCredentials, "the answer holds no AccessKeyId and SecretAccessKey", source);
  const std::string expiration = either("Expiration", "expiresAt");
  if (const auto time = parse_iso8601(expiration)) out.expiration = *time;
  if (const auto* ms = object.if_contains("expiration"); ms != nullptr && ms->is_int64())
    out.expiration = from_epoch_ms(ms->get_int64());
  out.source = std::move(source);
  return out;
}

}  // namespace culprit::aws
