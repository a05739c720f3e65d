#include "store/signing_key.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>
#include <optional>

#include "base/digest.h"
#include "base/file.h"
#include "store/base64.h"

namespace culprit {

namespace {

constexpr std::size_t kKeyFileBytesMax = 64 << 10;
constexpr std::string_view kOpensshBegin = "-----BEGIN OPENSSH PRIVATE KEY-----";
constexpr std::string_view kOpensshEnd = "-----END OPENSSH PRIVATE KEY-----";
constexpr std::string_view kSshType = "ssh-ed25519";
constexpr std::string_view kOtherKindHint = "Make an Ed25519 key: ssh-keygen -t ed25519 -N '' -f capsule_key";

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};
template <class T>
using Owned = std::unique_ptr<T, FreeKey>;

tl::unexpected<Error> bad_key(std::string what, const std::string& where, std::string_view hint = {}) {
  return fail(ErrorCode::kInput, std::move(what), where, std::string(hint));
}

tl::unexpected<Error> encrypted(const std::string& where) {
  return bad_key("the key is encrypted with a passphrase", where,
                 "Make a copy without one: cp KEY plain_key && ssh-keygen -p -N '' -f plain_key");
}

std::string_view as_view(const std::array<unsigned char, 32>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string ssh_string(std::string_view text) {
  const auto n = static_cast<std::uint32_t>(text.size());
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8)
    out += static_cast<char>(static_cast<unsigned char>(n >> shift));
  return out += text;
}

// Reads the length-prefixed strings of SSH (RFC 4251 section 5). After a failure every answer is empty.
class SshReader {
 public:
  explicit SshReader(std::string_view bytes) : rest_(bytes) {}
  std::uint32_t number() {
    const auto bytes = take(4);
    std::uint32_t value = 0;
    for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }
  std::string_view string() { return take(number()); }
  std::string_view take(std::size_t n) {
    if (n > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const auto out = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return out;
  }
  bool ok() const { return ok_; }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

std::optional<std::array<unsigned char, 32>> as_bytes32(std::string_view text) {
  if (text.size() != 32) return std::nullopt;
  std::array<unsigned char, 32> out{};
  std::copy(text.begin(), text.end(), out.begin());
  return out;
}

Result<SigningKey> from_seed(const SigningKey::Seed& seed, const std::string& where) {
  const Owned<EVP_PKEY> key(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()));
  PublicKey::Bytes bytes{};
  std::size_t size = bytes.size();
  if (!key || EVP_PKEY_get_raw_public_key(key.get(), bytes.data(), &size) != 1)
    return bad_key("the private key cannot be used", where);
  return SigningKey(seed, PublicKey(bytes));
}

Result<SigningKey> parse_openssh(std::string_view text, const std::string& where) {
  const auto end = text.find(kOpensshEnd);
  if (end == std::string_view::npos) return bad_key("the OpenSSH key is cut short", where);
  std::string packed;
  for (const char c : text.substr(kOpensshBegin.size(), end - kOpensshBegin.size()))
    if (c != '\n' && c != '\r') packed += c;
  const auto decoded = from_base64(packed);
  if (!decoded) return bad_key("the OpenSSH key is damaged: not base64", where);
  SshReader in(*decoded);
  if (in.take(15) != std::string_view("openssh-key-v1\0", 15))
    return bad_key("not an OpenSSH key of version 1", where);
  const auto cipher = in.string();
  const auto kdf = in.string();
  in.string();  // options of the kdf
  if (in.ok() && (cipher != "none" || kdf != "none")) return encrypted(where);
  const auto count = in.number();
  in.string();  // public key, repeated inside
  SshReader secret(in.string());
  if (!in.ok() || count != 1) return bad_key("the OpenSSH key is damaged", where);
  const auto check = secret.number();
  if (secret.number() != check) return bad_key("the OpenSSH key is damaged", where);
  if (const auto type = secret.string(); secret.ok() && type != kSshType)
    return bad_key(fmt::format("the key is of type {}, not {}", type, kSshType), where, kOtherKindHint);
  const auto stated = as_bytes32(secret.string());
  const auto both = secret.string();  // seed, then public key
  if (!secret.ok() || !stated || both.size() != 64) return bad_key("the OpenSSH key is damaged", where);
  auto key = from_seed(*as_bytes32(both.substr(0, 32)), where);
  if (key && key->public_key().bytes() != *stated)
    return bad_key("the OpenSSH key is damaged: its halves do not belong together", where);
  return key;
}

Result<Owned<EVP_PKEY>> require_ed25519(EVP_PKEY* key, const std::string& where) {
  Owned<EVP_PKEY> owned(key);
  if (!owned) return bad_key("the PEM key cannot be understood", where, kOtherKindHint);
  if (EVP_PKEY_base_id(key) != EVP_PKEY_ED25519) return bad_key("not an Ed25519 key", where, kOtherKindHint);
  return owned;
}

Result<SigningKey> parse_private_pem(std::string_view text, const std::string& where) {
  if (text.find("ENCRYPTED") != std::string_view::npos) return encrypted(where);
  const Owned<BIO> bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  const auto key =
      require_ed25519(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr), where);
  if (!key) return tl::unexpected(key.error());
  SigningKey::Seed seed{};
  std::size_t size = seed.size();
  if (EVP_PKEY_get_raw_private_key(key->get(), seed.data(), &size) != 1)
    return bad_key("the private key cannot be used", where);
  auto made = from_seed(seed, where);
  OPENSSL_cleanse(seed.data(), seed.size());
  return made;
}

Result<PublicKey> parse_public_pem(std::string_view text, const std::string& where) {
  const Owned<BIO> bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  const auto key = require_ed25519(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr), where);
  if (!key) return tl::unexpected(key.error());
  PublicKey::Bytes bytes{};
  std::size_t size = bytes.size();
  if (EVP_PKEY_get_raw_public_key(key->get(), bytes.data(), &size) != 1)
    return bad_key("the public key cannot be used", where);
  return PublicKey(bytes);
}

Result<PublicKey> parse_ssh_public(std::string_view text, const std::string& where) {
  auto rest = text.substr(kSshType.size());
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  const auto decoded = from_base64(rest.substr(0, rest.find_first_of(" \t\r\n")));
  if (!decoded) return bad_key("the public key is damaged: not base64", where);
  SshReader in(*decoded);
  const auto type = in.string();
  const auto bytes = as_bytes32(in.string());
  if (!in.ok() || type != kSshType || !bytes || !in.rest().empty())
    return bad_key("the public key is damaged", where);
  return PublicKey(*bytes);
}

std::string_view without_leading_space(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  return text;
}

Result<std::string> read_key_file(const std::filesystem::path& path) {
  std::error_code ec;
  if (std::filesystem::is_regular_file(path, ec) && std::filesystem::file_size(path, ec) > kKeyFileBytesMax)
    return bad_key("too large to be a key", path.string());
  return read_file(path);
}

}  // namespace

std::string PublicKey::fingerprint() const {
  const auto digest = sha256(ssh_string(kSshType) + ssh_string(as_view(bytes_)));
  std::string text = to_base64(as_view(digest));
  text.resize(text.find_last_not_of('=') + 1);
  return "SHA256:" + text;
}

bool PublicKey::verifies(std::string_view message, std::string_view signature) const {
  const Owned<EVP_PKEY> key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_.data(), bytes_.size()));
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  if (!key || !context || EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1)
    return false;
  return EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                          signature.size(), reinterpret_cast<const unsigned char*>(message.data()),
                          message.size()) == 1;
}

SigningKey::~SigningKey() { OPENSSL_cleanse(seed_.data(), seed_.size()); }

Result<std::string> SigningKey::sign(std::string_view message) const {
  const Owned<EVP_PKEY> key(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed_.data(), seed_.size()));
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  std::string out(64, '\0');
  std::size_t size = out.size();
  if (!key || !context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size,
                     reinterpret_cast<const unsigned char*>(message.data()), message.size()) != 1)
    return fail(ErrorCode::kInternal, "OpenSSL cannot sign with Ed25519");
  return out;
}

Result<SigningKey> parse_signing_key(std::string_view text, const std::string& where) {
  text = without_leading_space(text);
  if (text.starts_with(kOpensshBegin)) return parse_openssh(text, where);
  if (text.starts_with(kSshType) || text.starts_with("-----BEGIN PUBLIC KEY-----"))
    return bad_key("this is a public key; signing needs the private one", where,
                   "Give the file without .pub at its end.");
  if (text.starts_with("-----BEGIN ")) return parse_private_pem(text, where);
  return bad_key("not a private key in PEM or OpenSSH form", where, kOtherKindHint);
}

Result<PublicKey> parse_public_key(std::string_view text, const std::string& where) {
  text = without_leading_space(text);
  if (text.starts_with(kSshType)) return parse_ssh_public(text, where);
  if (text.starts_with("-----BEGIN PUBLIC KEY-----")) return parse_public_pem(text, where);
  if (text.find("PRIVATE KEY-----") != std::string_view::npos)
    return bad_key("this is a private key; checking needs the public one", where,
                   "Give the file that ends in .pub, or make one: ssh-keygen -y -f KEY > KEY.pub");
  return bad_key("not an Ed25519 public key in PEM or OpenSSH form", where, kOtherKindHint);
}

Result<SigningKey> load_signing_key(const std::filesystem::path& path) {
  auto text = read_key_file(path);
  if (!text) return tl::unexpected(text.error());
  auto key = parse_signing_key(*text, path.string());
  OPENSSL_cleanse(text->data(), text->size());
  return key;
}

Result<PublicKey> load_public_key(const std::filesystem::path& path) {
  const auto text = read_key_file(path);
  if (!text) return tl::unexpected(text.error());
  return parse_public_key(*text, path.string());
}

}  // namespace culprit
