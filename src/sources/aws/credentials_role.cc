// Roles: STS AssumeRole and AssumeRoleWithWebIdentity.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>

#include "base/file.h"
#include "sources/aws/credential_sources.h"
#include "sources/aws/protocol.h"

namespace culprit::aws {

namespace {

constexpr int kStsAttempts = 4;

// STS by its own endpoint; transport faults and throttling are tried again.
Result<boost::json::object> ask_sts(const CredentialContext& context, std::string_view operation,
                                    const boost::json::object& parameters, const SigningCredentials* keys,
                                    const std::string& source) {
  const std::string endpoint = endpoint_url(context.session, Service::kSts);
  std::string problem;
  for (int attempt = 1; attempt <= kStsAttempts; ++attempt) {
    if (attempt > 1) context.clock.sleep(Duration{100 << attempt});
    const auto response =
        context.transport.send(make_request(Service::kSts, Protocol::kQuery, operation, parameters, endpoint,
                                            context.session.region, keys, context.clock.now()));
    if (!response) {
      problem = response.error().what;
      if (!response.error().retryable) break;
      continue;
    }
    auto answer = read_answer(Protocol::kQuery, *response);
    if (answer) return std::move(*answer);
    problem = answer.error().text();
    const auto kind = answer.error().kind;
    if (kind == ApiError::Kind::kThrottled || kind == ApiError::Kind::kTransient) continue;
    const bool denied = kind == ApiError::Kind::kDenied;
    return fail(ErrorCode::kCredentials, fmt::format("{} was refused: {}", operation, problem), source,
                denied ? "the caller needs sts:AssumeRole on the role, and the role must trust the caller"
                       : "renew the credentials that the role is assumed with");
  }
  return fail(ErrorCode::kUnreachable,
              fmt::format("STS at {} gave no answer to {}: {}", endpoint, operation, problem), source);
}

Result<Credentials> role_credentials(Result<boost::json::object> answer, std::string source) {
  if (!answer) return tl::unexpected(answer.error());
  const auto* keys = answer->if_contains("Credentials");
  if (keys == nullptr || !keys->is_object())
    return fail(ErrorCode::kCredentials, "STS answered without Credentials", source);
  return credentials_from_json(keys->get_object(), std::move(source));
}

std::string session_name(const Section& settings, const CredentialContext& context) {
  const auto named = context.session.environment.get("AWS_ROLE_SESSION_NAME");
  return settings.get("role_session_name")
      .value_or(named.value_or(fmt::format("culprit-{}", to_epoch_ms(context.clock.now()) / 1000)));
}

// The MFA code, typed on the terminal; there is no other way to get one.
Result<std::string> read_mfa_code(const std::string& serial, const std::string& profile) {
  struct Closer {
    void operator()(std::FILE* f) const { std::fclose(f); }
  };
  std::unique_ptr<std::FILE, Closer> terminal;
  if (isatty(STDERR_FILENO) != 0) terminal.reset(std::fopen("/dev/tty", "r+e"));
  if (!terminal)
    return fail(ErrorCode::kCredentials,
                fmt::format("profile '{}' needs an MFA code for {}, and there is no terminal to ask on",
                            profile, serial),
                {}, "run it on a terminal, or put temporary keys (AWS_ACCESS_KEY_ID …) into the environment");
  fmt::print(terminal.get(), "MFA code for {}: ", serial);
  std::fflush(terminal.get());
  std::array<char, 64> line{};
  if (std::fgets(line.data(), line.size(), terminal.get()) == nullptr)
    return fail(ErrorCode::kCredentials, "no MFA code was given");
  std::string code(line.data());
  while (!code.empty() && (code.back() == '\n' || code.back() == '\r' || code.back() == ' ')) code.pop_back();
  return code;
}

MaybeCredentials from_credential_source(const CredentialContext& context, const std::string& name,
                                        const std::string& profile) {
  if (name == "Environment") return from_environment(context);
  if (name == "EcsContainer") return from_container(context);
  if (name == "Ec2InstanceMetadata") return from_instance_metadata(context);
  return fail(ErrorCode::kCredentials,
              fmt::format("profile '{}': credential_source '{}' is unknown", profile, name),
              context.session.files.config_path, "use Environment, EcsContainer or Ec2InstanceMetadata");
}

// The keys that the role is assumed with.
Result<Credentials> source_credentials(const CredentialContext& context, const Section& settings,
                                       const std::string& profile, std::set<std::string> visited) {
  const std::string& file = context.session.files.config_path;
  MaybeCredentials found = std::optional<Credentials>{};
  if (const auto parent = settings.get("source_profile")) {
    if (!context.session.files.has_profile(*parent))
      return fail(ErrorCode::kCredentials,
                  fmt::format("source_profile '{}' of profile '{}' does not exist", *parent, profile), file);
    const bool same = *parent == profile;  // a role over the profile's own keys
    if (!same && visited.contains(*parent))
      return fail(ErrorCode::kCredentials,
                  fmt::format("source_profile of profile '{}' goes in a circle", profile), file);
    if (!same) found = from_assumed_role(context, *parent, visited);
    if (found && !*found) found = from_profile(context, *parent, /*environment=*/false);
  } else {
    found = from_credential_source(context, settings.get("credential_source").value_or(""), profile);
  }
  if (!found) return tl::unexpected(found.error());
  if (!*found)
    return fail(ErrorCode::kCredentials,
                fmt::format("profile '{}': its source gives no credentials", profile), file,
                "check source_profile or credential_source");
  return std::move(**found);
}

}  // namespace

bool is_role_profile(const Section& profile) {
  return profile.get("role_arn") && !profile.get("web_identity_token_file");
}

bool is_web_identity_profile(const Section& profile) {
  return profile.get("role_arn") && profile.get("web_identity_token_file");
}

MaybeCredentials from_assumed_role(const CredentialContext& context, const std::string& profile,
                                   std::set<std::string> visited) {
  const Section settings = context.session.files.profile(profile);
  if (!is_role_profile(settings)) return std::nullopt;
  visited.insert(profile);
  const std::string arn = *settings.get("role_arn");
  if (!settings.get("source_profile") && !settings.get("credential_source"))
    return fail(
        ErrorCode::kCredentials,
        fmt::format("profile '{}' has role_arn but neither source_profile nor credential_source", profile),
        context.session.files.config_path);
  auto keys = source_credentials(context, settings, profile, std::move(visited));
  if (!keys) return tl::unexpected(keys.error());
  boost::json::object parameters{{"RoleArn", arn}, {"RoleSessionName", session_name(settings, context)}};
  if (const auto id = settings.get("external_id")) parameters["ExternalId"] = *id;
  if (const auto seconds = settings.get("duration_seconds")) parameters["DurationSeconds"] = *seconds;
  if (const auto serial = settings.get("mfa_serial")) {
    auto code = read_mfa_code(*serial, profile);
    if (!code) return tl::unexpected(code.error());
    parameters["SerialNumber"] = *serial;
    parameters["TokenCode"] = *code;
  }
  const std::string source = fmt::format("role {} (profile '{}')", arn, profile);
  auto role = role_credentials(ask_sts(context, "AssumeRole", parameters, &keys->keys, source), source);
  if (!role) return tl::unexpected(role.error());
  return std::move(*role);
}

MaybeCredentials from_web_identity(const CredentialContext& context, const std::string& profile,
                                   bool environment) {
  Section settings = context.session.files.profile(profile);
  if (environment) {
    const Environment& variables = context.session.environment;
    if (const auto file = variables.get("AWS_WEB_IDENTITY_TOKEN_FILE"))
      settings.values["web_identity_token_file"] = *file;
    if (const auto arn = variables.get("AWS_ROLE_ARN")) settings.values["role_arn"] = *arn;
  }
  const auto file = settings.get("web_identity_token_file");
  if (!file) return std::nullopt;
  const auto arn = settings.get("role_arn");
  if (!arn)
    return fail(ErrorCode::kCredentials, "a web identity token file is set but no role", *file,
                "set AWS_ROLE_ARN, or role_arn in the profile");
  auto token = read_file(context.session.environment.expand(*file));
  if (!token)
    return fail(ErrorCode::kCredentials,
                fmt::format("the web identity token cannot be read: {}", token.error().what), *file);
  while (!token->empty() && (token->back() == '\n' || token->back() == '\r')) token->pop_back();
  const boost::json::object parameters{
      {"RoleArn", *arn}, {"RoleSessionName", session_name(settings, context)}, {"WebIdentityToken", *token}};
  const std::string source = fmt::format("role {} (web identity)", *arn);
  auto role =
      role_credentials(ask_sts(context, "AssumeRoleWithWebIdentity", parameters, nullptr, source), source);
  if (!role) return tl::unexpected(role.error());
  return std::move(*role);
}

}  // namespace culprit::aws
