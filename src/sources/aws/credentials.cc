#include "sources/aws/credentials.h"

#include <fmt/format.h>

#include "sources/aws/credential_sources.h"

namespace culprit::aws {

namespace {

constexpr Duration kRenewBefore{5 * 60'000};

tl::unexpected<Error> none_found(const Session& session) {
  return fail(
      ErrorCode::kCredentials,
      fmt::format("no AWS credentials were found (looked at the environment, profile '{}', the container and "
                  "the instance metadata)",
                  session.profile),
      {},
      session.profile_wanted.empty()
          ? "run `aws configure` or `aws sso login`, name a profile with --profile, or set AWS_ACCESS_KEY_ID "
            "and AWS_SECRET_ACCESS_KEY"
          : fmt::format("the system file names the profile '{0}', and no profile exists on this machine: run "
                        "`aws configure --profile {0}`, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
                        session.profile_wanted));
}

// --profile makes the environment's keys and web identity silent; AWS_PROFILE does not.
bool use_environment(const Session& session) { return !session.profile_flag; }

tl::unexpected<Error> expired(const Credentials& credentials, const Session& session) {
  return fail(ErrorCode::kCredentials,
              fmt::format("the credentials from {} expired at {}", credentials.source,
                          format_utc(*credentials.expiration)),
              {}, fmt::format("renew them, for example with `aws sso login --profile {}`", session.profile));
}

}  // namespace

MaybeCredentials from_profile(const CredentialContext& context, const std::string& profile,
                              bool environment) {
  using Source = MaybeCredentials (*)(const CredentialContext&, const std::string&);
  auto identity = from_web_identity(context, profile, environment);
  if (!identity || *identity) return identity;
  for (const Source source : {Source{from_sso}, Source{from_credentials_file}, Source{from_login},
                              Source{from_process}, Source{from_config_file}}) {
    auto found = source(context, profile);
    if (!found || *found) return found;
  }
  return std::nullopt;
}

Result<std::string> name_credential_source(const Session& session) {
  const Environment& environment = session.environment;
  const Section& profile = session.settings;
  const std::string& name = session.profile;
  const bool keys_in_file = [&] {
    const auto it = session.files.credentials_profiles.find(name);
    return it != session.files.credentials_profiles.end() && it->second.get("aws_access_key_id");
  }();
  if (use_environment(session) && environment.get("AWS_ACCESS_KEY_ID")) return "environment variables";
  if (is_role_profile(profile)) return fmt::format("role {} (profile '{}')", *profile.get("role_arn"), name);
  if (is_web_identity_profile(profile) ||
      (use_environment(session) && environment.get("AWS_WEB_IDENTITY_TOKEN_FILE")))
    return "web identity";
  if (is_sso_profile(profile)) return fmt::format("SSO (profile '{}')", name);
  if (keys_in_file) return fmt::format("profile '{}' in {}", name, session.files.credentials_path);
  if (profile.get("login_session")) return fmt::format("aws login (profile '{}')", name);
  if (profile.get("credential_process")) return fmt::format("credential_process (profile '{}')", name);
  if (profile.get("aws_access_key_id"))
    return fmt::format("profile '{}' in {}", name, session.files.config_path);
  if (environment.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") ||
      environment.get("AWS_CONTAINER_CREDENTIALS_FULL_URI"))
    return "container endpoint";
  if (!environment.is_true("AWS_EC2_METADATA_DISABLED"))
    return "EC2 instance metadata, if this machine has it";
  return none_found(session);
}

Result<Credentials> load_credentials(const CredentialContext& context) {
  const Session& session = context.session;
  const auto walk = [&]() -> MaybeCredentials {
    if (use_environment(session))
      if (auto found = from_environment(context); !found || *found) return found;
    if (auto found = from_assumed_role(context, session.profile, {}); !found || *found) return found;
    if (auto found = from_profile(context, session.profile, use_environment(session)); !found || *found)
      return found;
    if (auto found = from_container(context); !found || *found) return found;
    return from_instance_metadata(context);
  };
  auto found = walk();
  if (!found) return tl::unexpected(found.error());
  if (!*found) return none_found(session);
  if ((*found)->expiration && *(*found)->expiration <= context.clock.now()) return expired(**found, session);
  return std::move(**found);
}

Result<Credentials> CredentialProvider::get() {
  const std::lock_guard lock(mutex_);
  const bool usable =
      held_ && (!held_->expiration || *held_->expiration - context_.clock.now() > kRenewBefore);
  if (usable) return *held_;
  auto loaded = load_credentials(context_);
  if (!loaded) {
    // A renewal that fails early is no loss while the old ones still hold.
    if (held_ && held_->expiration && *held_->expiration > context_.clock.now()) return *held_;
    return loaded;
  }
  held_ = *loaded;
  return loaded;
}

Result<Credentials> CredentialProvider::renew(const Credentials& stale) {
  const std::lock_guard lock(mutex_);
  if (held_ && held_->keys.session_token != stale.keys.session_token) return *held_;  // another thread did
  auto loaded = load_credentials(context_);
  if (!loaded) return loaded;
  if (loaded->keys.access_key_id == stale.keys.access_key_id &&
      loaded->keys.session_token == stale.keys.session_token)
    return fail(
        ErrorCode::kCredentials, fmt::format("the credentials from {} have expired", stale.source), {},
        fmt::format("renew them, for example with `aws sso login --profile {}`", context_.session.profile));
  held_ = *loaded;
  return loaded;
}

}  // namespace culprit::aws
