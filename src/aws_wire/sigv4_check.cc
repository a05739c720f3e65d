#include "aws_wire/sigv4_check.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <charconv>

#include "base/digest.h"

namespace culprit::aws {

namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";
constexpr std::size_t kSignedHeadersMax = 100;

// What a request says of its own signature, wherever it says it.
struct Claim {
  std::string credential;
  std::string signed_headers;
  std::string signature;
  std::string timestamp;
  std::optional<std::chrono::seconds> expires;  // presigned
  SigningRequest request;                       // as it was signed
};

using Checked = tl::expected<void, SignatureRefusal>;

tl::unexpected<SignatureRefusal> refuse(SignatureFault fault, std::string message) {
  return tl::unexpected(SignatureRefusal{fault, std::move(message)});
}

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, [&](char x, char y) { return lower(x) == lower(y); });
}

std::string_view header_of(const SigningRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.headers)
    if (same_name(key, name)) return value;
  return {};
}

template <class Visit>
void each_part(std::string_view text, char separator, Visit visit) {
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    visit(text.substr(at, end - at));
    at = end + 1;
  }
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
  std::optional<std::string> out;
  each_part(query, '&', [&](std::string_view part) {
    const std::size_t equals = std::min(part.find('='), part.size());
    if (!out && uri_decode(part.substr(0, equals)) == name)
      out = uri_decode(part.substr(std::min(equals + 1, part.size())));
  });
  return out;
}

std::string query_without(std::string_view query, std::string_view name) {
  std::string out;
  each_part(query, '&', [&](std::string_view part) {
    if (part.empty() || uri_decode(part.substr(0, part.find('='))) == name) return;
    if (!out.empty()) out += '&';
    out += part;
  });
  return out;
}

tl::expected<Claim, SignatureRefusal> claim_of_header(const SigningRequest& request,
                                                      std::string_view authorization) {
  Claim claim;
  claim.request = request;
  claim.timestamp = header_of(request, "x-amz-date");
  if (!authorization.starts_with(kAlgorithm))
    return refuse(SignatureFault::kIncomplete,
                  "Unsupported AWS 'algorithm'; only AWS4-HMAC-SHA256 is supported.");
  authorization.remove_prefix(kAlgorithm.size());
  each_part(authorization, ',', [&](std::string_view part) {
    part = trimmed(part);
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) return;
    const auto value = part.substr(equals + 1);
    if (part.starts_with("Credential=")) claim.credential = value;
    if (part.starts_with("SignedHeaders=")) claim.signed_headers = value;
    if (part.starts_with("Signature=")) claim.signature = value;
  });
  std::string missing;
  if (claim.credential.empty()) missing += "Authorization header requires 'Credential' parameter. ";
  if (claim.signature.empty()) missing += "Authorization header requires 'Signature' parameter. ";
  if (claim.signed_headers.empty()) missing += "Authorization header requires 'SignedHeaders' parameter. ";
  if (claim.timestamp.empty())
    missing += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  if (!missing.empty()) return refuse(SignatureFault::kIncomplete, std::string(trimmed(missing)));
  return claim;
}

tl::expected<Claim, SignatureRefusal> claim_of_query(const SigningRequest& request) {
  const auto value = [&](std::string_view name) { return query_value(request.query, name).value_or(""); };
  Claim claim;
  claim.request = request;
  claim.request.query = query_without(request.query, "X-Amz-Signature");
  claim.credential = value("X-Amz-Credential");
  claim.signed_headers = value("X-Amz-SignedHeaders");
  claim.signature = value("X-Amz-Signature");
  claim.timestamp = value("X-Amz-Date");
  const std::string expires = value("X-Amz-Expires");
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(expires.data(), expires.data() + expires.size(), seconds);
  if (value("X-Amz-Algorithm") != kAlgorithm || claim.credential.empty() || claim.signed_headers.empty() ||
      claim.timestamp.empty() || error != std::errc{} || end != expires.data() + expires.size())
    return refuse(SignatureFault::kIncomplete,
                  "AWS query-string parameters must include 'X-Amz-Algorithm', 'X-Amz-Credential', "
                  "'X-Amz-Signature', 'X-Amz-SignedHeaders', 'X-Amz-Date' and 'X-Amz-Expires'.");
  if (seconds < 1 || seconds > kExpiresMax.count())
    return refuse(
        SignatureFault::kIncomplete,
        "X-Amz-Expires must be at least 1 and less than a week (in seconds); the given X-Amz-Expires is " +
            expires);
  claim.expires = std::chrono::seconds{seconds};
  return claim;
}

// key/20150830/region/service/aws4_request
tl::expected<std::pair<std::string, SigningScope>, SignatureRefusal> scope_of(const Claim& claim) {
  std::vector<std::string> parts;
  each_part(claim.credential, '/', [&](std::string_view part) {
    if (parts.size() < 8) parts.emplace_back(part);
  });
  if (parts.size() != 5 || parts[4] != "aws4_request" || parts[0].empty())
    return refuse(SignatureFault::kIncomplete,
                  fmt::format("Credential must have exactly 5 slash-delimited elements, e.g. "
                              "keyid/date/region/service/term, got '{}'",
                              claim.credential));
  SigningScope scope{claim.timestamp, parts[1], parts[2], parts[3]};
  if (!claim.timestamp.starts_with(scope.date))
    return refuse(
        SignatureFault::kWrong,
        fmt::format("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date "
                    "from HTTP: '{}' != '{}', from '{}'.",
                    scope.date, claim.timestamp.substr(0, 8), claim.timestamp));
  return std::pair(parts[0], std::move(scope));
}

// 20150830T123600Z
std::optional<Time> parse_stamp(std::string_view text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  const auto parsed =
      parse_iso8601(fmt::format("{}-{}-{}T{}:{}:{}Z", text.substr(0, 4), text.substr(4, 2), text.substr(6, 2),
                                text.substr(9, 2), text.substr(11, 2), text.substr(13, 2)));
  return parsed ? std::optional(*parsed) : std::nullopt;
}

std::string stamp(Time time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)));
}

Checked check_time(const Claim& claim, Time now) {
  const auto signed_at = parse_stamp(claim.timestamp);
  if (!signed_at)
    return refuse(SignatureFault::kIncomplete,
                  fmt::format("Date must be in ISO-8601 'basic format'. Got '{}'. See "
                              "http://en.wikipedia.org/wiki/ISO_8601",
                              claim.timestamp));
  if (*signed_at > now + kSkewMax)
    return refuse(SignatureFault::kOutOfTime,
                  fmt::format("Signature not yet current: {} is still later than {} ({} + 5 min.)",
                              claim.timestamp, stamp(now + kSkewMax), stamp(now)));
  if (claim.expires) {
    if (now >= *signed_at + *claim.expires) return refuse(SignatureFault::kExpired, "Request has expired");
    return {};
  }
  if (*signed_at < now - kSkewMax)
    return refuse(SignatureFault::kOutOfTime,
                  fmt::format("Signature expired: {} is now earlier than {} ({} - 5 min.)", claim.timestamp,
                              stamp(now - kSkewMax), stamp(now)));
  return {};
}

tl::expected<std::vector<std::string>, SignatureRefusal> signed_names(const Claim& claim) {
  std::vector<std::string> names;
  each_part(claim.signed_headers, ';', [&](std::string_view name) {
    if (names.size() <= kSignedHeadersMax) names.emplace_back(name);
  });
  const bool has_host = std::ranges::find(names, "host") != names.end();
  if (!has_host || names.size() > kSignedHeadersMax || !std::ranges::is_sorted(names))
    return refuse(SignatureFault::kIncomplete,
                  "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  // A request whose target can be changed on the way is not signed in any useful sense.
  for (const auto& [name, value] : claim.request.headers) {
    std::string lower(name);
    std::ranges::transform(lower, lower.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (lower.starts_with("x-amz-") && lower != "x-amz-user-agent" && !claim.expires &&
        std::ranges::find(names, lower) == names.end())
      return refuse(
          SignatureFault::kWrong,
          fmt::format("There were headers present in the request which were not signed: {}", lower));
  }
  return names;
}

// The hash that was signed: the header's, where one is sent and it is true.
tl::expected<std::string, SignatureRefusal> body_hash(const SigningRequest& request) {
  const std::string_view sent = header_of(request, "x-amz-content-sha256");
  if (sent == kUnsignedPayload) return std::string(sent);
  std::string actual = to_hex(sha256(request.body));
  if (!sent.empty() && sent != actual)
    return refuse(SignatureFault::kWrong,
                  "The provided 'x-amz-content-sha256' header does not match what was computed.");
  return actual;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

bool is_signed_request(const SigningRequest& request) {
  return !header_of(request, "authorization").empty() ||
         query_value(request.query, "X-Amz-Signature").has_value();
}

tl::expected<Signer, SignatureRefusal> check_signature(const SigningRequest& request,
                                                       std::string_view service, Time now,
                                                       const SecretOf& secret_of) {
  if (!is_signed_request(request)) return refuse(SignatureFault::kMissing, "Missing Authentication Token");
  const std::string_view authorization = header_of(request, "authorization");
  const auto claim =
      authorization.empty() ? claim_of_query(request) : claim_of_header(request, authorization);
  if (!claim) return tl::unexpected(claim.error());
  const auto scope = scope_of(*claim);
  if (!scope) return tl::unexpected(scope.error());
  const auto& [key_id, where] = *scope;
  const auto secret = secret_of(key_id);
  if (!secret)
    return refuse(SignatureFault::kUnknownKey, "The security token included in the request is invalid.");
  const auto names = signed_names(*claim);
  if (!names) return tl::unexpected(names.error());
  const auto hash = body_hash(request);
  if (!hash) return tl::unexpected(hash.error());
  const Signature ours = signature_of(claim->request, *names, *hash, *secret, where);
  if (!equal_in_constant_time(ours.signature, claim->signature))
    return refuse(SignatureFault::kWrong,
                  "The request signature we calculated does not match the signature you provided. Check your "
                  "AWS Secret Access Key and signing method. Consult the service documentation for details.");
  if (const auto timely = check_time(*claim, now); !timely) return tl::unexpected(timely.error());
  if (!service.empty() && where.service != service)
    return refuse(SignatureFault::kForeignScope,
                  fmt::format("Credential should be scoped to correct service: '{}'.", service));
  return Signer{key_id, where.region, where.service};
}

}  // namespace culprit::aws
