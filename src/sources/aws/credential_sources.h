// The sources of credentials, one function each. nullopt: this source is not configured here.
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <set>
#include <string>

#include "sources/aws/credentials.h"

namespace culprit::aws {

using MaybeCredentials = Result<std::optional<Credentials>>;

MaybeCredentials from_environment(const CredentialContext& context);
MaybeCredentials from_credentials_file(const CredentialContext& context, const std::string& profile);
MaybeCredentials from_config_file(const CredentialContext& context, const std::string& profile);

// role_arn with source_profile or credential_source. `visited` ends circles.
MaybeCredentials from_assumed_role(const CredentialContext& context, const std::string& profile,
                                   std::set<std::string> visited);
MaybeCredentials from_web_identity(const CredentialContext& context, const std::string& profile,
                                   bool environment);

MaybeCredentials from_sso(const CredentialContext& context, const std::string& profile);
MaybeCredentials from_login(const CredentialContext& context, const std::string& profile);
MaybeCredentials from_process(const CredentialContext& context, const std::string& profile);

MaybeCredentials from_container(const CredentialContext& context);
MaybeCredentials from_instance_metadata(const CredentialContext& context);

// The sources of one profile after assume-role, in order (also for a source_profile).
MaybeCredentials from_profile(const CredentialContext& context, const std::string& profile, bool environment);

// Reads {AccessKeyId, SecretAccessKey, Token|SessionToken, Expiration} as several sources give it.
// kCredentials.
Result<Credentials> credentials_from_json(const boost::json::object& object, std::string source);

// True when the session's settings name the source (no call).
bool is_role_profile(const Section& profile);
bool is_web_identity_profile(const Section& profile);
bool is_sso_profile(const Section& profile);

}  // namespace culprit::aws
