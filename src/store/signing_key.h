// Ed25519 keys as people have them: PEM (PKCS#8, SubjectPublicKeyInfo; RFC 8410) and OpenSSH's own forms
// (PROTOCOL.key in the OpenSSH sources; "ssh-ed25519 AAAA… comment", RFC 8709).
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"

namespace culprit {

class PublicKey {
 public:
  using Bytes = std::array<unsigned char, 32>;
  explicit PublicKey(const Bytes& bytes) : bytes_(bytes) {}
  const Bytes& bytes() const { return bytes_; }
  // "SHA256:…", as `ssh-keygen -l` prints it.
  std::string fingerprint() const;
  bool verifies(std::string_view message, std::string_view signature) const;
  bool operator==(const PublicKey&) const = default;

 private:
  Bytes bytes_;
};

class SigningKey {
 public:
  using Seed = std::array<unsigned char, 32>;
  SigningKey(const Seed& seed, const PublicKey& public_key) : seed_(seed), public_key_(public_key) {}
  ~SigningKey();  // wipes the seed
  SigningKey(const SigningKey&) = default;
  SigningKey& operator=(const SigningKey&) = default;
  const PublicKey& public_key() const { return public_key_; }
  Result<std::string> sign(std::string_view message) const;  // 64 bytes

 private:
  Seed seed_;
  PublicKey public_key_;
};

// kInput with a hint when the text is another kind of key or encrypted; `where` is for messages.
Result<SigningKey> parse_signing_key(std::string_view text, const std::string& where);
Result<PublicKey> parse_public_key(std::string_view text, const std::string& where);

Result<SigningKey> load_signing_key(const std::filesystem::path& path);
Result<PublicKey> load_public_key(const std::filesystem::path& path);

}  // namespace culprit
