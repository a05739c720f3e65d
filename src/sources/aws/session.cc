#include "sources/aws/session.h"

#include <fmt/format.h>

#include <charconv>

#include "base/printable.h"
#include "sources/aws/cli_command.h"

namespace culprit::aws {

namespace {

std::optional<std::string> configured_endpoint(const Session& session, const ServiceInfo& service) {
  const Environment& environment = session.environment;
  const auto ignore = session.settings.get("ignore_configured_endpoint_urls");
  if (environment.is_true("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") || ignore == "true") return std::nullopt;
  if (auto url = environment.get(fmt::format("AWS_ENDPOINT_URL_{}", service.environment))) return url;
  if (auto url = environment.get("AWS_ENDPOINT_URL")) return url;
  if (const auto name = session.settings.get("services")) {
    const auto services = session.files.services.find(*name);
    if (services != session.files.services.end()) {
      const auto nested = services->second.nested.find(service.section);
      if (nested != services->second.nested.end() && nested->second.contains("endpoint_url"))
        return nested->second.find("endpoint_url")->second;
    }
  }
  return session.settings.get("endpoint_url");
}

std::string aws_endpoint(const ServiceInfo& service, std::string_view region) {
  const std::string_view suffix = region.starts_with("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return fmt::format("https://{}.{}.{}", service.host_prefix, region, suffix);
}

// Keys or a role that need no profile.
bool has_ambient_credentials(const Environment& environment) {
  for (const char* name : {"AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE",
                           "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"})
    if (environment.get(name)) return true;
  return false;
}

tl::unexpected<Error> no_such_profile(const Session& session, const std::string& named_by) {
  const std::string known = session.files.profile_names();
  std::string hint = known.empty() ? fmt::format("no profile exists there: run `aws configure --profile {}`",
                                                 shell_quoted(session.profile))
                                   : fmt::format("profiles that exist: {}. Name one with --profile", known);
  hint += named_by == "--profile"
              ? ", or leave --profile out to use AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
              : ", or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
  if (named_by.starts_with("AWS_")) hint += fmt::format(" and unset {}", named_by);
  return fail(ErrorCode::kCredentials,
              fmt::format("there is no AWS profile '{}' (named by {})", session.profile, named_by),
              session.files.config_path, hint);
}

Result<void> choose_profile(Session& session, const AwsOptions& options, const System& system) {
  const Environment& environment = session.environment;
  std::string named_by;
  if (!options.profile.empty()) {
    session.profile = options.profile;
    session.profile_flag = true;
    named_by = "--profile";
  } else if (const auto profile = environment.get("AWS_PROFILE")) {
    session.profile = *profile;
    named_by = "AWS_PROFILE";
  } else if (const auto other = environment.get("AWS_DEFAULT_PROFILE")) {
    session.profile = *other;
    named_by = "AWS_DEFAULT_PROFILE";
  } else if (!system.aws_profile.empty() && !has_ambient_credentials(environment)) {
    if (session.files.profile_names().empty()) {
      session.profile_wanted = system.aws_profile;
    } else {
      session.profile = system.aws_profile;
      named_by = fmt::format("the system file '{}'", system.name);
    }
  }
  if (session.profile != "default" && !session.files.has_profile(session.profile))
    return no_such_profile(session, named_by);
  session.settings = session.files.profile(session.profile);
  return {};
}

Result<void> choose_region(Session& session, const AwsOptions& options, const System& system) {
  const Environment& environment = session.environment;
  for (const auto& candidate : {options.region, environment.get("AWS_REGION").value_or(""),
                                environment.get("AWS_DEFAULT_REGION").value_or(""),
                                session.settings.get("region").value_or(""), system.aws_region})
    if (session.region.empty()) session.region = candidate;
  if (session.region.empty())
    return fail(ErrorCode::kUsage, "no AWS region is known", {},
                "give --region, set AWS_REGION, or a region in the profile");
  for (const char c : session.region)
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
      return fail(ErrorCode::kUsage, fmt::format("'{}' is not an AWS region", session.region), {},
                  "a region looks like us-east-1");
  return {};
}

// Endpoints stand in the journal, in messages and in commands to repeat: they must hold no secret.
Result<void> check_endpoints(const Session& session) {
  for (const auto service :
       {Service::kSts, Service::kEcs, Service::kRds, Service::kCloudWatch, Service::kLogs}) {
    const std::string url = endpoint_url(session, service);
    const auto scheme = url.find("://");
    if (!url.starts_with("http://") && !url.starts_with("https://"))
      return fail(ErrorCode::kUsage, fmt::format("'{}' is not an endpoint URL", printable_text(url, 200)),
                  std::string(info(service).title), "write it with its scheme: http://127.0.0.1:5000");
    const std::string_view host = std::string_view(url).substr(scheme + 3);
    if (host.substr(0, host.find_first_of("/?#")).find('@') != std::string_view::npos)
      return fail(ErrorCode::kUsage, "an endpoint URL may not hold a user and password",
                  fmt::format("the endpoint of {}", info(service).title),
                  "requests are signed; write it without what stands before the @");
  }
  return {};
}

}  // namespace

std::string Session::cli_flags() const {
  std::string out = fmt::format(" --region {}", region);
  if (profile_flag || (profile != "default" && !environment.get("AWS_PROFILE")))
    out += fmt::format(" --profile {}", shell_quoted(profile));
  if (!endpoint_flag.empty()) out += fmt::format(" --endpoint-url {}", shell_quoted(endpoint_flag));
  return out;
}

Result<Session> open_session(Environment environment, const AwsOptions& options, const System& system) {
  Session session;
  session.environment = std::move(environment);
  session.debug = options.debug;
  session.verify_tls = options.verify_tls;
  session.endpoint_flag = options.endpoint_url;
  auto files = read_config_files(session.environment);
  if (!files) return tl::unexpected(files.error());
  session.files = std::move(*files);
  if (auto done = choose_profile(session, options, system); !done) return tl::unexpected(done.error());
  if (auto done = choose_region(session, options, system); !done) return tl::unexpected(done.error());
  if (auto done = check_endpoints(session); !done) return tl::unexpected(done.error());
  const std::string attempts =
      session.environment.get("AWS_MAX_ATTEMPTS").value_or(session.settings.get("max_attempts").value_or(""));
  std::from_chars(attempts.data(), attempts.data() + attempts.size(), session.max_attempts);
  return session;
}

std::string endpoint_url(const Session& session, Service service, std::string_view region) {
  std::string url = session.endpoint_flag;
  // --endpoint-url is for the services of the account; sign-in keeps its own endpoint, as in the AWS CLI.
  if (service == Service::kSso || service == Service::kSsoOidc) url.clear();
  if (url.empty()) url = configured_endpoint(session, info(service)).value_or("");
  if (url.empty())
    url = aws_endpoint(info(service), region.empty() ? std::string_view(session.region) : region);
  while (url.ends_with('/')) url.pop_back();
  return url;
}

bool is_aws(const Session& session, Service service) {
  return endpoint_url(session, service).find(".amazonaws.com") != std::string::npos;
}

Time account_time(const Session& session, Service service, Time asked_until, Time now) {
  return is_aws(session, service) ? now : std::min(now, asked_until);
}

}  // namespace culprit::aws
