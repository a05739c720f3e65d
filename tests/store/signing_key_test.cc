#include "store/signing_key.h"

#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>

#include "base/digest.h"
#include "store/base64.h"
#include "store_builder.h"

namespace culprit {
namespace {

using ::testing::HasSubstr;

// RFC 8032, section 7.1, test 2: a published key, a message of one byte and its signature.
constexpr std::string_view kSeedHex = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
constexpr std::string_view kPublicHex = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
constexpr std::string_view kSignatureHex =
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

std::string from_hex(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    out += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return out;
}

std::string ssh_number(std::uint32_t n) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8)
    out += static_cast<char>(static_cast<unsigned char>(n >> shift));
  return out;
}

std::string ssh_string(const std::string& text) {
  return ssh_number(static_cast<std::uint32_t>(text.size())) + text;
}

// The parts of an openssh-key-v1 file; a test changes one and looks what happens.
struct OpensshKey {
  std::string magic = std::string("openssh-key-v1\0", 15);
  std::string cipher = "none";
  std::string kdf = "none";
  std::uint32_t count = 1;
  std::uint32_t first_check = 77;
  std::uint32_t second_check = 77;
  std::string type = "ssh-ed25519";
  std::string stated_public = from_hex(kPublicHex);
  std::string seed_and_public = from_hex(kSeedHex) + from_hex(kPublicHex);

  std::string bytes() const {
    const std::string secret = ssh_number(first_check) + ssh_number(second_check) + ssh_string(type) +
                               ssh_string(stated_public) + ssh_string(seed_and_public) +
                               ssh_string("comment") + "\1\2\3";
    return magic + ssh_string(cipher) + ssh_string(kdf) + ssh_string("") + ssh_number(count) +
           ssh_string(ssh_string(type) + ssh_string(stated_public)) + ssh_string(secret);
  }
  std::string text() const { return armour(bytes()); }

  static std::string armour(const std::string& bytes) {
    const std::string begin = std::string("-----BEGIN OPENSSH ") + "PRIVATE KEY-----\n";
    const std::string packed = to_base64(bytes);
    std::string out = begin;
    for (std::size_t i = 0; i < packed.size(); i += 70) out += packed.substr(i, 70) + "\n";
    return out + "-----END OPENSSH " + "PRIVATE KEY-----\n";
  }
};

struct FreeOpenssl {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};

// What `write` puts into a memory BIO.
template <class Write>
std::string pem_of(Write write) {
  const std::unique_ptr<BIO, FreeOpenssl> bio(BIO_new(BIO_s_mem()));
  EXPECT_EQ(write(bio.get()), 1);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return std::string(bytes, static_cast<std::size_t>(size));
}

std::unique_ptr<EVP_PKEY, FreeOpenssl> published_key() {
  const auto seed = from_hex(kSeedHex);
  return std::unique_ptr<EVP_PKEY, FreeOpenssl>(EVP_PKEY_new_raw_private_key(
      EVP_PKEY_ED25519, nullptr, reinterpret_cast<const unsigned char*>(seed.data()), seed.size()));
}

std::string public_hex(const PublicKey& key) {
  return to_hex(std::string_view(reinterpret_cast<const char*>(key.bytes().data()), key.bytes().size()));
}

TEST(SigningKey, SignsAsPublished) {
  for (const auto& text : {OpensshKey{}.text(), "\n  " + OpensshKey{}.text(), pem_of([](BIO* bio) {
                             return PEM_write_bio_PrivateKey(bio, published_key().get(), nullptr, nullptr, 0,
                                                             nullptr, nullptr);
                           })}) {
    const auto key = parse_signing_key(text, "key");
    ASSERT_OK(key);
    EXPECT_EQ(public_hex(key->public_key()), kPublicHex);
    const auto signature = key->sign("\x72");
    ASSERT_OK(signature);
    EXPECT_EQ(to_hex(*signature), kSignatureHex);
    EXPECT_TRUE(key->public_key().verifies("\x72", *signature));
    EXPECT_FALSE(key->public_key().verifies("\x73", *signature));
    EXPECT_FALSE(key->public_key().verifies("\x72", signature->substr(1)));
    EXPECT_FALSE(key->public_key().verifies("\x72", ""));
  }
}

TEST(SigningKey, ReadsWindowsLineEnds) {
  std::string text;
  for (const char c : OpensshKey{}.text()) text += c == '\n' ? std::string("\r\n") : std::string(1, c);
  EXPECT_TRUE(parse_signing_key(text, "key"));
}

TEST(SigningKey, RefusesEncryptedKeysWithAHint) {
  OpensshKey openssh;
  openssh.cipher = "aes256-ctr";
  openssh.kdf = "bcrypt";
  char secret[] = "secret";
  const auto pem = pem_of([&](BIO* bio) {
    return PEM_write_bio_PKCS8PrivateKey(bio, published_key().get(), EVP_aes_256_cbc(), secret, 6, nullptr,
                                         nullptr);
  });
  for (const auto& text : {openssh.text(), pem}) {
    const auto key = parse_signing_key(text, "the file");
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code, ErrorCode::kInput);
    EXPECT_EQ(key.error().where, "the file");
    EXPECT_THAT(key.error().what, HasSubstr("encrypted"));
    EXPECT_THAT(key.error().hint, HasSubstr("ssh-keygen -p -N ''"));
  }
}

TEST(SigningKey, RefusesKeysThatAreNotEd25519) {
  OpensshKey rsa;
  rsa.type = "ssh-rsa";
  const std::unique_ptr<EVP_PKEY, FreeOpenssl> ec(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  const auto pem = pem_of([&](BIO* bio) {
    return PEM_write_bio_PrivateKey(bio, ec.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  for (const auto& text : {rsa.text(), pem}) {
    const auto key = parse_signing_key(text, "key");
    ASSERT_FALSE(key);
    EXPECT_THAT(key.error().hint, HasSubstr("ssh-keygen -t ed25519"));
  }
  const auto ec_public = pem_of([&](BIO* bio) { return PEM_write_bio_PUBKEY(bio, ec.get()); });
  EXPECT_FALSE(parse_public_key(ec_public, "key"));
}

TEST(SigningKey, RefusesDamagedOpensshKeys) {
  const auto change = [](auto edit) {
    OpensshKey key;
    edit(key);
    return key.text();
  };
  const std::vector<std::string> texts = {
      change([](OpensshKey& k) { k.magic[0] = 'x'; }),
      change([](OpensshKey& k) { k.count = 2; }),
      change([](OpensshKey& k) { k.second_check = 78; }),
      change([](OpensshKey& k) { k.stated_public[3] ^= 1; }),
      change([](OpensshKey& k) { k.stated_public.pop_back(); }),
      change([](OpensshKey& k) { k.seed_and_public[0] ^= 1; }),
      change([](OpensshKey& k) { k.seed_and_public.resize(32); }),
      OpensshKey{}.text().substr(0, 200),
      OpensshKey::armour(""),
      OpensshKey::armour(std::string(4000, '\xff')),
  };
  for (const auto& text : texts) {
    const auto key = parse_signing_key(text, "key");
    ASSERT_FALSE(key) << text;
    EXPECT_EQ(key.error().code, ErrorCode::kInput);
  }
  // Cut anywhere, also inside a length.
  const auto whole = OpensshKey{}.bytes();
  for (std::size_t size = 0; size + 20 < whole.size(); ++size)
    EXPECT_FALSE(parse_signing_key(OpensshKey::armour(whole.substr(0, size)), "key")) << size;
}

TEST(SigningKey, SaysWhenPublicAndPrivateAreSwapped) {
  const auto as_private = parse_signing_key("ssh-ed25519 AAAA", "key.pub");
  ASSERT_FALSE(as_private);
  EXPECT_THAT(as_private.error().what, HasSubstr("public key"));
  const auto as_public = parse_public_key(OpensshKey{}.text(), "key");
  ASSERT_FALSE(as_public);
  EXPECT_THAT(as_public.error().hint, HasSubstr("ssh-keygen -y"));
  EXPECT_FALSE(parse_signing_key("", "key"));
  EXPECT_FALSE(parse_public_key("", "key"));
  EXPECT_FALSE(parse_signing_key("-----BEGIN NOTHING-----\n", "key"));
}

TEST(PublicKey, HasTheFingerprintThatSshKeygenPrints) {
  // Made and printed by OpenSSH 9.2.
  const std::string line =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILDmGwCjIFOlg5+FD4vXBBQXtLHHvkVbb0cl8DEh7zvX culprit test key\n";
  const auto key = parse_public_key(line, "key.pub");
  ASSERT_OK(key);
  EXPECT_EQ(key->fingerprint(), "SHA256:xIgNGI4KNJJyzq/0g6wDbTaOlt81uM7voO41y94PoBw");
  EXPECT_EQ(parse_public_key(line.substr(0, line.find(" culprit")), "key.pub")->bytes(), key->bytes());
  for (const std::size_t cut : {12u, 20u, 40u, 79u})
    EXPECT_FALSE(parse_public_key(line.substr(0, cut), "key.pub")) << cut;
  EXPECT_FALSE(parse_public_key(
      "ssh-ed25519 " + to_base64(ssh_string("ssh-rsa") + ssh_string(std::string(32, 'x'))), "key.pub"));
}

TEST(PublicKey, ReadsPem) {
  const auto pem = pem_of([](BIO* bio) { return PEM_write_bio_PUBKEY(bio, published_key().get()); });
  const auto key = parse_public_key(pem, "key");
  ASSERT_OK(key);
  EXPECT_EQ(public_hex(*key), kPublicHex);
}

TEST(Base64, TakesOnlyWhatItMakes) {
  for (const std::string bytes : {"", "f", "fo", "foo", "foob", "fooba", "foobar"})
    EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
  EXPECT_EQ(to_base64("foob"), "Zm9vYg==");
  for (const char* bad : {"Z", "Zm9", "Zm9vYh==", "Zm9v\n", " Zm9", "====", "Zm=v", "Zm9v===="})
    EXPECT_EQ(from_base64(bad), std::nullopt) << bad;
}

}  // namespace
}  // namespace culprit
