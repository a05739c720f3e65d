// Signature Version 4 from the server's side: is a request signed by somebody we know, now, and unchanged?
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "aws_wire/sigv4.h"

namespace culprit::aws {

// Clocks may differ by this much; a presigned request says itself how long it holds, up to a week.
constexpr std::chrono::minutes kSkewMax{5};
constexpr std::chrono::seconds kExpiresMax{7 * 24 * 3600};

enum class SignatureFault {
  kMissing,       // not signed at all
  kIncomplete,    // signed in a way that cannot be understood
  kUnknownKey,    // no such access key
  kWrong,         // the signature, or the hash of the body, is of something else
  kOutOfTime,     // older than the skew allows, or of the future
  kExpired,       // a presigned request whose time is over
  kForeignScope,  // signed for another service
};

struct SignatureRefusal {
  SignatureFault fault = SignatureFault::kMissing;
  std::string message;  // in the service's words
};

struct Signer {
  std::string access_key_id;
  std::string region;
  std::string service;
};

// The secret of an access key; nullopt when there is none of that id.
using SecretOf = std::function<std::optional<std::string>(std::string_view access_key_id)>;

// Whether the request carries a signature, in a header or its query.
bool is_signed_request(const SigningRequest& request);

// Header names are taken in any case. `service` is what the request is for; empty: whatever it was signed
// for.
tl::expected<Signer, SignatureRefusal> check_signature(const SigningRequest& request,
                                                       std::string_view service, Time now,
                                                       const SecretOf& secret_of);

}  // namespace culprit::aws
