// SHA-256, HMAC and their text forms (OpenSSL).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace culprit {

using Sha256Digest = std::array<unsigned char, 32>;

Sha256Digest sha256(std::string_view bytes);
Sha256Digest hmac_sha256(std::string_view key, std::string_view bytes);
std::string to_hex(std::string_view bytes);
std::string to_hex(const Sha256Digest& digest);
std::string sha1_hex(std::string_view bytes);  // file names of the SSO cache only

// Digest of a stream of blocks.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  void update(std::string_view bytes);
  Sha256Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace culprit
