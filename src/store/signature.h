// The signature part of a capsule.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "store/signing_key.h"

namespace culprit {

// signature.json has one length, whatever the key.
constexpr std::size_t kSignatureBytes = 200;

// What is signed: a line that says what it is for, then the manifest's line of manifest.sha256.
std::string signed_message(std::string_view manifest_text);

Result<std::string> make_signature(const SigningKey& key, std::string_view manifest_text);

// The key in a signature.json that truly signs the manifest; kDamaged when it does not, or when a single
// byte is not as make_signature writes it.
Result<PublicKey> check_signature(std::string_view signature_text, std::string_view manifest_text);

}  // namespace culprit
