// AWS Signature Version 4:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html Proven on the
// official vectors in tests/aws_wire/sigv4.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace culprit::aws {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct SigningCredentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;  // empty = none
};

// What is signed. `path` and `query` as they stand on the request line, without '?'; the query may hold raw
// or percent-encoded bytes.
struct SigningRequest {
  std::string method = "POST";
  std::string path = "/";
  std::string query;
  Headers headers;  // must hold Host
  std::string body;
};

struct SigningOptions {
  std::string service;
  std::string region;
  Time time;
  bool normalise_path = true;          // every service but S3
  bool add_body_hash = false;          // sends x-amz-content-sha256 (header signing only)
  bool omit_session_token = false;     // the token is added after signing, as some services of old want
  std::chrono::seconds expires{3600};  // query signing only
};

// Every step of the signature, so that a test can compare each.
struct Signature {
  std::string canonical_request;
  std::string string_to_sign;
  std::string signature;  // hex
};

// Adds X-Amz-Date, X-Amz-Security-Token, Authorization to the request's headers.
Signature sign_headers(SigningRequest& request, const SigningCredentials& credentials,
                       const SigningOptions& options);

// Adds X-Amz-… parameters to the request's query (a presigned URL).
Signature sign_query(SigningRequest& request, const SigningCredentials& credentials,
                     const SigningOptions& options);

// When, where and for what a signature holds.
struct SigningScope {
  std::string timestamp;  // 20150830T123600Z
  std::string date;       // 20150830
  std::string region;
  std::string service;

  std::string text() const;  // 20150830/us-east-1/service/aws4_request
};

// The signature over the headers of these names (lower case, sorted), the body by its hash: what a client
// makes and a server makes again to compare.
Signature signature_of(const SigningRequest& request, const std::vector<std::string>& signed_headers,
                       std::string_view body_hash, std::string_view secret_access_key,
                       const SigningScope& scope, bool normalise_path = true);

// Percent-decodes; '%' without two hex digits behind it stays as it is.
std::string uri_decode(std::string_view text);

// Percent-encodes all but A-Z a-z 0-9 - . _ ~ (and '/' when kept).
std::string uri_encode(std::string_view text, bool keep_slash = false);

}  // namespace culprit::aws
