// IAM Identity Center (`aws sso login`) and `aws login`: tokens that the AWS CLI keeps under ~/.aws.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html
#include <fmt/format.h>

#include "base/digest.h"
#include "base/file.h"
#include "sources/aws/credential_sources.h"
#include "sources/aws/protocol.h"

namespace culprit::aws {

namespace {

constexpr Duration kTooClose{60'000};  // a token about to expire counts as expired

struct SsoSettings {
  std::string session;  // sso_session, or empty in the old form
  std::string start_url, region, account, role;
};

Result<SsoSettings> read_settings(const CredentialContext& context, const Section& section,
                                  const std::string& profile) {
  SsoSettings out;
  Section merged = section;
  if (const auto name = section.get("sso_session")) {
    const auto it = context.session.files.sso_sessions.find(*name);
    if (it == context.session.files.sso_sessions.end())
      return fail(ErrorCode::kCredentials,
                  fmt::format("profile '{}' names sso-session '{}', which does not exist", profile, *name),
                  context.session.files.config_path, "run `aws configure sso`");
    out.session = *name;
    for (const auto& [key, value] : it->second.values) merged.values.insert_or_assign(key, value);
  }
  out.start_url = merged.get("sso_start_url").value_or("");
  out.region = merged.get("sso_region").value_or("");
  out.account = merged.get("sso_account_id").value_or("");
  out.role = merged.get("sso_role_name").value_or("");
  if (out.start_url.empty() || out.region.empty() || out.account.empty() || out.role.empty())
    return fail(
        ErrorCode::kCredentials,
        fmt::format("profile '{}' lacks one of sso_start_url, sso_region, sso_account_id, sso_role_name",
                    profile),
        context.session.files.config_path, fmt::format("run `aws configure sso --profile {}`", profile));
  return out;
}

tl::unexpected<Error> login_needed(const std::string& profile, std::string_view why,
                                   const std::string& where) {
  return fail(ErrorCode::kCredentials, fmt::format("{} (profile '{}')", why, profile), where,
              fmt::format("run `aws sso login --profile {}`", profile));
}

std::string text_member(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

// Old tokens end in "UTC" instead of "Z".
std::optional<Time> expiry(const boost::json::object& token) {
  std::string text = text_member(token, "expiresAt");
  if (text.ends_with("UTC")) text.replace(text.size() - 3, 3, "Z");
  const auto time = parse_iso8601(text);
  return time ? std::optional<Time>(*time) : std::nullopt;
}

// A fresh access token by the refresh token; written back, since the refresh token may change with it.
bool refresh_token(const CredentialContext& context, const SsoSettings& settings, boost::json::object& token,
                   const std::filesystem::path& file) {
  for (const char* needed : {"refreshToken", "clientId", "clientSecret"})
    if (text_member(token, needed).empty()) return false;
  HttpRequest request;
  request.url = endpoint_url(context.session, Service::kSsoOidc, settings.region) + "/token";
  request.headers = {{"Content-Type", "application/json"}};
  request.body =
      boost::json::serialize(boost::json::object{{"grantType", "refresh_token"},
                                                 {"clientId", text_member(token, "clientId")},
                                                 {"clientSecret", text_member(token, "clientSecret")},
                                                 {"refreshToken", text_member(token, "refreshToken")}});
  const auto response = context.transport.send(request);
  if (!response || response->status != 200) return false;
  const auto answer = parse_json_answer(response->body);
  if (!answer || !answer->is_object()) return false;
  const auto& fresh = answer->get_object();
  const std::string access = text_member(fresh, "accessToken");
  if (access.empty()) return false;
  const auto* seconds = fresh.if_contains("expiresIn");
  const std::int64_t lifetime = seconds != nullptr && seconds->is_int64() ? seconds->get_int64() : 3600;
  token["accessToken"] = access;
  token["expiresAt"] = format_utc(
      std::chrono::floor<std::chrono::seconds>(context.clock.now() + std::chrono::seconds{lifetime}));
  if (const auto next = text_member(fresh, "refreshToken"); !next.empty()) token["refreshToken"] = next;
  if (write_file_atomically(file, boost::json::serialize(token))) {
    std::error_code ignored;
    std::filesystem::permissions(
        file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, ignored);
  }
  return true;
}

Result<std::string> access_token(const CredentialContext& context, const SsoSettings& settings,
                                 const std::string& profile) {
  const std::string key = sha1_hex(settings.session.empty() ? settings.start_url : settings.session);
  const auto file = context.session.environment.expand("~/.aws/sso/cache/" + key + ".json");
  const auto text = read_file(file);
  if (!text) return login_needed(profile, "there is no SSO sign-in", file.string());
  auto json = parse_json_answer(*text);
  if (!json || !json->is_object() || text_member(json->get_object(), "accessToken").empty())
    return login_needed(profile, "the SSO token in the cache cannot be read", file.string());
  auto& token = json->get_object();
  const auto expires = expiry(token);
  const bool fresh = expires && *expires - context.clock.now() > kTooClose;
  if (!fresh && !(!settings.session.empty() && refresh_token(context, settings, token, file)))
    return login_needed(profile,
                        expires ? fmt::format("the SSO sign-in expired at {}", format_utc(*expires))
                                : "the SSO sign-in expired",
                        file.string());
  return text_member(token, "accessToken");
}

}  // namespace

bool is_sso_profile(const Section& profile) {
  return profile.get("sso_account_id") || profile.get("sso_role_name");
}

MaybeCredentials from_sso(const CredentialContext& context, const std::string& profile) {
  const Section section = context.session.files.profile(profile);
  if (!is_sso_profile(section)) return std::nullopt;
  const auto settings = read_settings(context, section, profile);
  if (!settings) return tl::unexpected(settings.error());
  const auto token = access_token(context, *settings, profile);
  if (!token) return tl::unexpected(token.error());
  HttpRequest request;
  request.method = "GET";
  request.url = fmt::format("{}/federation/credentials?account_id={}&role_name={}",
                            endpoint_url(context.session, Service::kSso, settings->region),
                            uri_encode(settings->account), uri_encode(settings->role));
  request.headers = {{"x-amz-sso_bearer_token", *token}};
  const auto response = context.transport.send(request);
  if (!response)
    return fail(ErrorCode::kUnreachable,
                fmt::format("IAM Identity Center gave no answer: {}", response.error().what), request.url);
  if (response->status == 401)
    return login_needed(profile, "the SSO sign-in is no longer valid", request.url);
  const auto answer = read_answer(Protocol::kRest, *response);
  if (!answer)
    return fail(ErrorCode::kCredentials,
                fmt::format("IAM Identity Center refused role '{}' in account {}: {}", settings->role,
                            settings->account, answer.error().text()),
                request.url, "check sso_account_id and sso_role_name");
  const auto* keys = answer->if_contains("roleCredentials");
  if (keys == nullptr || !keys->is_object())
    return fail(ErrorCode::kCredentials, "IAM Identity Center answered without roleCredentials", request.url);
  auto out = credentials_from_json(keys->get_object(),
                                   fmt::format("SSO role {} (profile '{}')", settings->role, profile));
  if (!out) return tl::unexpected(out.error());
  return std::move(*out);
}

MaybeCredentials from_login(const CredentialContext& context, const std::string& profile) {
  const auto session = context.session.files.profile(profile).get("login_session");
  if (!session) return std::nullopt;
  const auto directory =
      context.session.environment.get("AWS_LOGIN_CACHE_DIRECTORY").value_or("~/.aws/login/cache");
  const auto file = context.session.environment.expand(directory) / (to_hex(sha256(*session)) + ".json");
  const std::string hint = fmt::format("run `aws login --profile {}`", profile);
  const auto text = read_file(file);
  if (!text)
    return fail(ErrorCode::kCredentials, fmt::format("profile '{}' is not signed in", profile), file.string(),
                hint);
  const auto json = parse_json_answer(*text);
  const auto* token = json && json->is_object() ? json->get_object().if_contains("accessToken") : nullptr;
  if (token == nullptr || !token->is_object())
    return fail(ErrorCode::kCredentials, "the sign-in in the cache cannot be read", file.string(), hint);
  auto out = credentials_from_json(token->get_object(), fmt::format("aws login (profile '{}')", profile));
  if (!out) return tl::unexpected(out.error());
  if (out->expiration && *out->expiration <= context.clock.now())
    return fail(
        ErrorCode::kCredentials,
        fmt::format("the sign-in of profile '{}' expired at {}", profile, format_utc(*out->expiration)),
        file.string(), hint);
  return std::move(*out);
}

}  // namespace culprit::aws
