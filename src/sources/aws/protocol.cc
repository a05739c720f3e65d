#include "sources/aws/protocol.h"

#include <fmt/format.h>

#include <cctype>

#include "base/printable.h"
#include "sources/aws/xml_json.h"

namespace culprit::aws {

namespace {

using Kind = ApiError::Kind;

// What a service says of an error is shown on terminals and kept; AWS's own texts are far shorter.
constexpr std::size_t kCodeBytesMax = 100;
constexpr std::size_t kMessageBytesMax = 1000;

struct CodeKind {
  std::string_view code;
  Kind kind;
};

// Error codes by meaning; "Exception" at the end is cut before the look-up.
constexpr CodeKind kCodes[] = {
    {"Throttling", Kind::kThrottled},
    {"Throttled", Kind::kThrottled},
    {"RequestThrottled", Kind::kThrottled},
    {"TooManyRequests", Kind::kThrottled},
    {"RequestLimitExceeded", Kind::kThrottled},
    {"LimitExceeded", Kind::kThrottled},
    {"BandwidthLimitExceeded", Kind::kThrottled},
    {"ProvisionedThroughputExceeded", Kind::kThrottled},
    {"SlowDown", Kind::kThrottled},
    {"PriorRequestNotComplete", Kind::kTransient},
    {"RequestTimeout", Kind::kTransient},
    {"ServiceUnavailable", Kind::kTransient},
    {"InternalFailure", Kind::kTransient},
    {"InternalServiceError", Kind::kTransient},
    {"InternalServiceFault", Kind::kTransient},
    {"InternalError", Kind::kTransient},
    {"Server", Kind::kTransient},
    {"AccessDenied", Kind::kDenied},
    {"UnauthorizedOperation", Kind::kDenied},
    {"Unauthorized", Kind::kDenied},
    {"NotAuthorized", Kind::kDenied},
    {"AuthorizationError", Kind::kDenied},
    {"ResourceNotFound", Kind::kMissing},
    {"ClusterNotFound", Kind::kMissing},
    {"ServiceNotFound", Kind::kMissing},
    {"DBInstanceNotFound", Kind::kMissing},
    {"DBInstanceNotFoundFault", Kind::kMissing},
    {"ExpiredToken", Kind::kCredentials},
    {"InvalidClientTokenId", Kind::kCredentials},
    {"UnrecognizedClient", Kind::kCredentials},
    {"InvalidAccessKeyId", Kind::kCredentials},
    {"InvalidToken", Kind::kCredentials},
    {"MissingAuthenticationToken", Kind::kCredentials},
    {"IncompleteSignature", Kind::kCredentials},
    {"InvalidSignature", Kind::kCredentials},
    {"SignatureDoesNotMatch", Kind::kCredentials},
    {"AuthFailure", Kind::kCredentials},
    {"RequestTimeTooSkewed", Kind::kSkew},
    {"RequestExpired", Kind::kSkew},
};

Kind kind_of(std::string_view code, std::string_view message, int status) {
  const bool signature = code.find("Signature") != std::string_view::npos;
  if (signature && (message.find("Signature expired") != std::string_view::npos ||
                    message.find("Signature not yet current") != std::string_view::npos))
    return Kind::kSkew;
  std::string_view stem = code;
  if (stem.ends_with("Exception")) stem.remove_suffix(9);
  for (const auto& known : kCodes)
    if (known.code == stem) return known.kind;
  if (status == 429) return Kind::kThrottled;
  if (status >= 500) return Kind::kTransient;
  if (status == 403) return Kind::kDenied;
  return Kind::kInvalid;
}

// "com.amazon.coral.validate#ValidationException:http://…" -> "ValidationException"
std::string bare_code(std::string_view code) {
  if (const auto hash = code.rfind('#'); hash != std::string_view::npos) code.remove_prefix(hash + 1);
  return std::string(code.substr(0, code.find_first_of(":;")));
}

std::string string_member(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

ApiError error_of(const HttpResponse& response) {
  ApiError error;
  error.status = response.status;
  if (const auto xml = parse_xml_error(response.body); !xml.code.empty()) {
    error.code = bare_code(xml.code);
    error.message = xml.message;
  } else if (const auto json = parse_json_answer(response.body); json && json->is_object()) {
    const auto& object = json->get_object();
    error.code = bare_code(string_member(object, "__type"));
    if (error.code.empty()) error.code = bare_code(string_member(object, "code"));
    error.message = string_member(object, "message");
    if (error.message.empty()) error.message = string_member(object, "Message");
  }
  // Query-compatible JSON names the error as the query protocol would, in a header.
  if (const auto header = response.header("x-amzn-query-error"); !header.empty())
    error.code = bare_code(header);
  if (const auto header = response.header("x-amzn-errortype"); error.code.empty() && !header.empty())
    error.code = bare_code(header);
  if (error.code.empty()) error.code = fmt::format("HTTP {}", response.status);
  error.kind = kind_of(error.code, error.message, response.status);
  error.code = printable_text(error.code, kCodeBytesMax);
  error.message = printable_text(error.message, kMessageBytesMax);
  return error;
}

void flatten(std::string& out, const std::string& prefix, const boost::json::value& value) {
  if (const auto* object = value.if_object()) {
    for (const auto& [key, member] : *object)
      flatten(out, prefix.empty() ? std::string(key) : prefix + "." + std::string(key), member);
  } else if (const auto* list = value.if_array()) {
    for (std::size_t i = 0; i < list->size(); ++i)
      flatten(out, fmt::format("{}.member.{}", prefix, i + 1), (*list)[i]);
  } else {
    const std::string text =
        value.is_string() ? std::string(value.get_string()) : boost::json::serialize(value);
    out += fmt::format("&{}={}", uri_encode(prefix), uri_encode(text));
  }
}

// Lone surrogates ("\ud83d" without its half) are no Unicode; the text around them is still wanted.
std::string without_lone_surrogates(std::string_view text) {
  const auto surrogate = [text](std::size_t at) -> int {  // 1 high, 2 low, 0 none
    if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return 0;
    if (std::tolower(static_cast<unsigned char>(text[at + 2])) != 'd') return 0;
    const int c = std::tolower(static_cast<unsigned char>(text[at + 3]));
    if (c == '8' || c == '9' || c == 'a' || c == 'b') return 1;
    return c >= 'c' && c <= 'f' ? 2 : 0;
  };
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const int kind = surrogate(i);
    if (kind == 1 && surrogate(i + 6) == 2) {
      out.append(text.substr(i, 12));
      i += 12;
    } else if (kind != 0) {
      out += "\\ufffd";
      i += 6;
    } else if (text[i] == '\\' && i + 1 < text.size()) {
      out.append(text.substr(i, 2));
      i += 2;
    } else {
      out += text[i++];
    }
  }
  return out;
}

}  // namespace

std::string ApiError::text() const {
  if (code.empty()) return message;
  return message.empty() ? code : fmt::format("{}: {}", code, message);
}

Result<boost::json::value> parse_json_answer(std::string_view text) {
  boost::json::parse_options options;
  options.allow_invalid_utf8 = true;
  options.max_depth = 64;
  boost::system::error_code problem;
  boost::json::value value = boost::json::parse(text, problem, {}, options);
  if (problem && text.find("\\u") != std::string_view::npos)
    value = boost::json::parse(without_lone_surrogates(text), problem, {}, options);
  if (problem) return fail(ErrorCode::kInput, fmt::format("the answer is not JSON: {}", problem.message()));
  return value;
}

std::string form_encode(std::string_view operation, std::string_view version,
                        const boost::json::object& parameters) {
  std::string out = fmt::format("Action={}&Version={}", operation, version);
  flatten(out, "", parameters);
  return out;
}

HttpRequest make_request(Service service, Protocol protocol, std::string_view operation,
                         const boost::json::object& parameters, std::string_view endpoint,
                         std::string_view region, const SigningCredentials* keys, Time now) {
  const ServiceInfo& about = info(service);
  const auto scheme = endpoint.find("://");
  const std::string_view rest = scheme == std::string_view::npos ? endpoint : endpoint.substr(scheme + 3);
  const auto slash = std::min(rest.find('/'), rest.size());
  SigningRequest signing;
  signing.path = fmt::format("{}/", rest.substr(slash));
  signing.headers.emplace_back("Host", std::string(rest.substr(0, slash)));
  if (protocol == Protocol::kJson) {
    signing.headers.emplace_back("Content-Type",
                                 fmt::format("application/x-amz-json-{}", about.json_version));
    signing.headers.emplace_back("X-Amz-Target", fmt::format("{}.{}", about.target, operation));
    if (service == Service::kCloudWatch) signing.headers.emplace_back("x-amzn-query-mode", "true");
    signing.body = boost::json::serialize(parameters);
  } else {
    signing.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
    signing.body = form_encode(operation, about.version, parameters);
  }
  if (keys != nullptr) {
    SigningOptions options;
    options.service = about.signing_name;
    options.region = region;
    options.time = now;
    sign_headers(signing, *keys, options);
  }
  signing.headers.emplace_back("User-Agent", "culprit");
  HttpRequest request;
  request.url = fmt::format("{}/", endpoint);
  request.headers = std::move(signing.headers);
  request.body = std::move(signing.body);
  return request;
}

ApiResult<boost::json::object> read_answer(Protocol protocol, const HttpResponse& response) {
  if (response.status < 200 || response.status >= 300) return tl::unexpected(error_of(response));
  ApiError unreadable;
  unreadable.kind = Kind::kUnreadable;
  unreadable.status = response.status;
  if (protocol == Protocol::kQuery) {
    auto object = xml_to_json(response.body);
    if (object) return std::move(*object);
    unreadable.message = object.error().what;
    return tl::unexpected(std::move(unreadable));
  }
  if (response.body.empty()) return boost::json::object{};
  auto value = parse_json_answer(response.body);
  if (value && value->is_object()) return std::move(value->get_object());
  unreadable.message = value ? "the answer is JSON but not an object" : value.error().what;
  return tl::unexpected(std::move(unreadable));
}

bool refuses_json(const HttpResponse& response) {
  if (response.status == 404 || response.status == 405 || response.status == 415 || response.status == 501) {
    const ApiError error = error_of(response);
    return error.kind != Kind::kMissing;
  }
  if (response.status == 400) {
    const std::string code = error_of(response).code;
    return code == "MissingAction" || code == "InvalidAction" || code == "UnknownOperationException" ||
           code == "SerializationException" || code == "UnsupportedProtocolException";
  }
  return response.status == 200 && response.body.starts_with("<");
}

}  // namespace culprit::aws
