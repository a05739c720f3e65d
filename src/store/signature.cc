#include "store/signature.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "store/base64.h"
#include "store/manifest.h"

namespace culprit {

namespace {

std::string signature_text_of(const PublicKey& key, std::string_view signature) {
  const std::string_view bytes(reinterpret_cast<const char*>(key.bytes().data()), key.bytes().size());
  return fmt::format(
      "{{\n  \"algorithm\": \"ed25519\",\n  \"public_key\": \"{}\",\n  \"signature\": \"{}\"\n}}\n",
      to_base64(bytes), to_base64(signature));
}

std::optional<std::string> bytes_of(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return from_base64(std::string(value->get_string()));
}

}  // namespace

std::string signed_message(std::string_view manifest_text) {
  const std::string lines = manifest_digest_text(manifest_text);
  return "culprit capsule 1\n" + lines.substr(0, lines.size() / 2);
}

Result<std::string> make_signature(const SigningKey& key, std::string_view manifest_text) {
  const auto signature = key.sign(signed_message(manifest_text));
  if (!signature) return tl::unexpected(signature.error());
  return signature_text_of(key.public_key(), *signature);
}

Result<PublicKey> check_signature(std::string_view signature_text, std::string_view manifest_text) {
  boost::system::error_code ec;
  const auto value = boost::json::parse(signature_text, ec);
  const auto* object = ec ? nullptr : value.if_object();
  const auto key_bytes = object == nullptr ? std::nullopt : bytes_of(*object, "public_key");
  const auto signature = object == nullptr ? std::nullopt : bytes_of(*object, "signature");
  if (!key_bytes || key_bytes->size() != 32 || !signature || signature->size() != 64)
    return fail(ErrorCode::kDamaged, "the signature is malformed");
  PublicKey::Bytes bytes{};
  std::copy(key_bytes->begin(), key_bytes->end(), bytes.begin());
  const PublicKey key(bytes);
  if (signature_text_of(key, *signature) != signature_text)
    return fail(ErrorCode::kDamaged, "the signature is malformed");
  if (!key.verifies(signed_message(manifest_text), *signature))
    return fail(ErrorCode::kDamaged, "the signature does not fit the manifest");
  return key;
}

}  // namespace culprit
