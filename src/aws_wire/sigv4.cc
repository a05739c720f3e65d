#include "aws_wire/sigv4.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/digest.h"

namespace culprit::aws {

namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// RFC 3986 "remove dot segments", with runs of slashes as one.
std::string normalised(std::string_view path) {
  std::vector<std::string_view> kept;
  std::size_t at = 0;
  while (at <= path.size()) {
    const std::size_t slash = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, slash - at);
    if (part == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!part.empty() && part != ".") {
      kept.push_back(part);
    }
    at = slash + 1;
  }
  std::string out;
  for (const auto part : kept) out.append("/").append(part);
  const bool directory = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
  if (out.empty() || directory) out += '/';
  return out;
}

std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  std::size_t at = 0;
  while (at < query.size()) {
    const std::size_t end = std::min(query.find('&', at), query.size());
    const std::string_view part = query.substr(at, end - at);
    const std::size_t equals = std::min(part.find('='), part.size());
    if (!part.empty())
      parameters.emplace_back(uri_encode(uri_decode(part.substr(0, equals))),
                              uri_encode(uri_decode(part.substr(std::min(equals + 1, part.size())))));
    at = end + 1;
  }
  std::ranges::sort(parameters);
  std::string out;
  for (const auto& [name, value] : parameters) {
    if (!out.empty()) out += '&';
    out.append(name).append("=").append(value);
  }
  return out;
}

// Outer white space away, inner runs (folded lines too) as one space.
std::string trimmed(std::string_view value) {
  std::string out;
  for (const char c : value) {
    const bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!space)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

// Headers that proxies or clients change on the way are never signed.
bool is_signed(std::string_view name) {
  return name != "authorization" && name != "user-agent" && name != "x-amzn-trace-id" && name != "expect" &&
         name != "connection" && name != "transfer-encoding";
}

// Names of the headers that a signer signs, sorted.
std::vector<std::string> names_to_sign(const Headers& headers) {
  std::vector<std::string> names;
  for (const auto& [name, value] : headers)
    if (std::string key = lower(name); is_signed(key)) names.push_back(std::move(key));
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

// "name:value\n" of each name; several headers of one name are one, joined by commas.
std::string canonical_headers(const Headers& headers, const std::vector<std::string>& names) {
  std::map<std::string, std::string> values;
  for (const auto& [name, value] : headers) {
    auto [it, fresh] = values.try_emplace(lower(name), trimmed(value));
    if (!fresh) it->second.append(",").append(trimmed(value));
  }
  std::string out;
  for (const auto& name : names) out.append(name).append(":").append(values[name]).append("\n");
  return out;
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) {
    if (!out.empty()) out += ';';
    out += name;
  }
  return out;
}

std::string_view bytes_of(const Sha256Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

SigningScope scope_of(const SigningOptions& options) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(options.time);
  SigningScope scope;
  scope.timestamp =
      fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)));
  scope.date = scope.timestamp.substr(0, 8);
  scope.region = options.region;
  scope.service = options.service;
  return scope;
}

}  // namespace

std::string SigningScope::text() const { return fmt::format("{}/{}/{}/aws4_request", date, region, service); }

Signature signature_of(const SigningRequest& request, const std::vector<std::string>& signed_headers,
                       std::string_view body_hash, std::string_view secret_access_key,
                       const SigningScope& scope, bool normalise_path) {
  const std::string path = request.path.empty() ? "/" : request.path;
  Signature out;
  out.canonical_request =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method,
                  uri_encode(normalise_path ? normalised(path) : path, /*keep_slash=*/true),
                  canonical_query(request.query), canonical_headers(request.headers, signed_headers),
                  joined(signed_headers), body_hash);
  out.string_to_sign = fmt::format("{}\n{}\n{}\n{}", kAlgorithm, scope.timestamp, scope.text(),
                                   to_hex(sha256(out.canonical_request)));
  const auto date_key = hmac_sha256(fmt::format("AWS4{}", secret_access_key), scope.date);
  const auto region_key = hmac_sha256(bytes_of(date_key), scope.region);
  const auto service_key = hmac_sha256(bytes_of(region_key), scope.service);
  const auto key = hmac_sha256(bytes_of(service_key), "aws4_request");
  out.signature = to_hex(hmac_sha256(bytes_of(key), out.string_to_sign));
  return out;
}

std::string uri_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string uri_encode(std::string_view text, bool keep_slash) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~' || (keep_slash && c == '/');
    if (plain)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

Signature sign_headers(SigningRequest& request, const SigningCredentials& credentials,
                       const SigningOptions& options) {
  const SigningScope scope = scope_of(options);
  if (!credentials.session_token.empty())
    request.headers.emplace_back("X-Amz-Security-Token", credentials.session_token);
  request.headers.emplace_back("X-Amz-Date", scope.timestamp);
  if (options.add_body_hash)
    request.headers.emplace_back("x-amz-content-sha256", to_hex(sha256(request.body)));
  auto names = names_to_sign(request.headers);
  if (options.omit_session_token) std::erase(names, "x-amz-security-token");
  const Signature out = signature_of(request, names, to_hex(sha256(request.body)),
                                     credentials.secret_access_key, scope, options.normalise_path);
  request.headers.emplace_back(
      "Authorization", fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", kAlgorithm,
                                   credentials.access_key_id, scope.text(), joined(names), out.signature));
  return out;
}

Signature sign_query(SigningRequest& request, const SigningCredentials& credentials,
                     const SigningOptions& options) {
  const SigningScope scope = scope_of(options);
  const auto names = names_to_sign(request.headers);
  const auto add = [&request](std::string_view name, std::string_view value) {
    if (!request.query.empty()) request.query += '&';
    request.query.append(name).append("=").append(uri_encode(value));
  };
  add("X-Amz-Algorithm", kAlgorithm);
  add("X-Amz-Credential", fmt::format("{}/{}", credentials.access_key_id, scope.text()));
  add("X-Amz-Date", scope.timestamp);
  add("X-Amz-SignedHeaders", joined(names));
  add("X-Amz-Expires", std::to_string(options.expires.count()));
  const bool has_token = !credentials.session_token.empty();
  if (has_token && !options.omit_session_token) add("X-Amz-Security-Token", credentials.session_token);
  const Signature out = signature_of(request, names, to_hex(sha256(request.body)),
                                     credentials.secret_access_key, scope, options.normalise_path);
  if (has_token && options.omit_session_token) add("X-Amz-Security-Token", credentials.session_token);
  add("X-Amz-Signature", out.signature);
  return out;
}

}  // namespace culprit::aws
