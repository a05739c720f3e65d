// Credentials of the machine: ECS/EKS container endpoint and EC2 instance metadata (version 2 only, since
// version 1 is open to request forgery).
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html
#include <arpa/inet.h>
#include <fmt/format.h>

#include "base/file.h"
#include "sources/aws/credential_sources.h"
#include "sources/aws/protocol.h"

namespace culprit::aws {

namespace {

constexpr Duration kConnectTimeout{1'000};
constexpr Duration kTimeout{5'000};

std::string host_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  if (const auto at = url.rfind('@'); at != std::string_view::npos) url.remove_prefix(at + 1);
  if (url.starts_with('[')) return std::string(url.substr(1, url.find(']') - 1));
  return std::string(url.substr(0, url.find(':')));
}

// Plain http only to this machine or AWS's container addresses: keys must not travel in the clear.
bool may_ask(std::string_view url) {
  if (url.starts_with("https://")) return true;
  if (!url.starts_with("http://")) return false;
  const std::string host = host_of(url);
  if (host == "localhost" || host == "::1" || host == "169.254.170.2" || host == "169.254.170.23" ||
      host == "fd00:ec2::23")
    return true;
  in_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1 && (ntohl(address.s_addr) >> 24) == 127;
}

Result<std::string> authorization(const Environment& environment) {
  std::string token = environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN").value_or("");
  if (const auto file = environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")) {
    auto text = read_file(*file);
    if (!text)
      return fail(ErrorCode::kCredentials,
                  fmt::format("the container authorization token cannot be read: {}", text.error().what),
                  *file);
    token = std::move(*text);
    while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
  }
  if (token.find_first_of("\r\n") != std::string::npos)
    return fail(ErrorCode::kCredentials, "the container authorization token holds a line break");
  return token;
}

Result<Credentials> read_keys(const TransportResult<HttpResponse>& response, const std::string& url,
                              std::string source) {
  if (!response)
    return fail(ErrorCode::kUnreachable, fmt::format("no answer: {}", response.error().what), url);
  if (response->status != 200)
    return fail(ErrorCode::kCredentials, fmt::format("the answer is HTTP {}", response->status), url);
  const auto json = parse_json_answer(response->body);
  if (!json || !json->is_object()) return fail(ErrorCode::kCredentials, "the answer is no JSON object", url);
  return credentials_from_json(json->get_object(), std::move(source));
}

std::string metadata_endpoint(const Session& session) {
  std::string url = session.environment.get("AWS_EC2_METADATA_SERVICE_ENDPOINT")
                        .value_or(session.settings.get("ec2_metadata_service_endpoint").value_or(""));
  const std::string mode =
      session.environment.get("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE")
          .value_or(session.settings.get("ec2_metadata_service_endpoint_mode").value_or(""));
  if (url.empty())
    url = mode == "IPv6" || mode == "ipv6" ? "http://[fd00:ec2::254]" : "http://169.254.169.254";
  while (url.ends_with('/')) url.pop_back();
  return url;
}

HttpRequest metadata_request(std::string method, std::string url, Headers headers) {
  HttpRequest request;
  request.method = std::move(method);
  request.url = std::move(url);
  request.headers = std::move(headers);
  request.connect_timeout = kConnectTimeout;
  request.timeout = kTimeout;
  request.direct = true;
  return request;
}

}  // namespace

MaybeCredentials from_container(const CredentialContext& context) {
  const Environment& environment = context.session.environment;
  std::string url;
  if (const auto path = environment.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"))
    url = "http://169.254.170.2" + *path;
  else if (const auto full = environment.get("AWS_CONTAINER_CREDENTIALS_FULL_URI"))
    url = *full;
  else
    return std::nullopt;
  if (!may_ask(url))
    return fail(ErrorCode::kCredentials,
                "AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor on this machine", url,
                "use https, a loopback address or a container address of AWS");
  const auto token = authorization(environment);
  if (!token) return tl::unexpected(token.error());
  HttpRequest request = metadata_request("GET", url, {});
  if (!token->empty()) request.headers.emplace_back("Authorization", *token);
  auto out = read_keys(context.transport.send(request), url, "container endpoint");
  if (!out) return tl::unexpected(out.error());
  return std::move(*out);
}

MaybeCredentials from_instance_metadata(const CredentialContext& context) {
  if (context.session.environment.is_true("AWS_EC2_METADATA_DISABLED")) return std::nullopt;
  const std::string base = metadata_endpoint(context.session);
  const auto token = context.transport.send(metadata_request(
      "PUT", base + "/latest/api/token", {{"x-aws-ec2-metadata-token-ttl-seconds", "21600"}}));
  if (!token || token->status != 200) return std::nullopt;  // not on EC2
  const Headers headers{{"x-aws-ec2-metadata-token", token->body}};
  const std::string list = base + "/latest/meta-data/iam/security-credentials/";
  const auto role = context.transport.send(metadata_request("GET", list, headers));
  if (!role || role->status != 200) return std::nullopt;  // no role on this instance
  std::string name = role->body.substr(0, role->body.find_first_of("\r\n"));
  if (name.empty()) return std::nullopt;
  const std::string url = list + uri_encode(name);
  auto out = read_keys(context.transport.send(metadata_request("GET", url, headers)), url,
                       fmt::format("EC2 instance role {}", name));
  if (!out) return tl::unexpected(out.error());
  return std::move(*out);
}

}  // namespace culprit::aws
