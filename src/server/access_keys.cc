#include "server/access_keys.h"

#include <fmt/format.h>
#include <openssl/rand.h>
#include <sys/stat.h>

#include <boost/json.hpp>
#include <cstdlib>

#include "base/file.h"

namespace culprit::server {

namespace {

constexpr std::size_t kKeysMax = 1000;

// Letters and digits of an access key, 32 of them, so that a byte gives one without bias.
constexpr std::string_view kIdLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view kSecretLetters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

Result<std::string> random_text(std::size_t size, std::string_view letters) {
  std::string bytes(size, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size)) != 1)
    return fail(ErrorCode::kInternal, "no random numbers to make keys from");
  for (char& c : bytes) c = letters[static_cast<unsigned char>(c) % letters.size()];
  return bytes;
}

Result<AccessKey> make_key(bool read_only) {
  const auto id = random_text(16, kIdLetters);
  const auto secret = random_text(40, kSecretLetters);
  if (!id) return tl::unexpected(id.error());
  if (!secret) return tl::unexpected(secret.error());
  return AccessKey{"AKIA" + *id, *secret, read_only};
}

Result<void> write_keys(const std::filesystem::path& file, const std::vector<AccessKey>& keys) {
  boost::json::array list;
  for (const auto& key : keys)
    list.push_back(boost::json::object{{"access_key_id", key.id},
                                       {"secret_access_key", key.secret},
                                       {"access", key.read_only ? "read" : "full"}});
  std::error_code ec;
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), ec);
  if (ec) return tl::unexpected(storage_error("cannot create the directory", file.parent_path(), ec.value()));
  // Never readable by others, not even for a moment.
  const mode_t before = umask(0077);
  auto written =
      write_file_atomically(file, boost::json::serialize(boost::json::object{{"keys", list}}) + "\n");
  umask(before);
  if (written)
    std::filesystem::permissions(
        file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, ec);
  return written;
}

tl::unexpected<Error> not_understood(const std::filesystem::path& file) {
  return fail(ErrorCode::kInput, "the file of access keys is not understood", file.string(),
              "Move it away: the next start makes a new one.");
}

Result<std::vector<AccessKey>> read_keys(const std::filesystem::path& file) {
  struct stat info {};
  if (stat(file.c_str(), &info) == 0 && (info.st_mode & 0077) != 0)
    return fail(ErrorCode::kUsage, "others may read the file of access keys", file.string(),
                fmt::format("chmod 600 {}", file.string()));
  const auto text = read_file(file);
  if (!text) return tl::unexpected(text.error());
  boost::system::error_code ec;
  const auto document = boost::json::parse(*text, ec);
  const auto* object = ec ? nullptr : document.if_object();
  const auto* list = object == nullptr ? nullptr : object->if_contains("keys");
  if (list == nullptr || !list->is_array() || list->get_array().empty() ||
      list->get_array().size() > kKeysMax)
    return not_understood(file);
  std::vector<AccessKey> keys;
  for (const auto& item : list->get_array()) {
    const auto* key = item.if_object();
    const auto text_of = [&](std::string_view name) {
      const auto* value = key == nullptr ? nullptr : key->if_contains(name);
      return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
    };
    const std::string access = text_of("access");
    keys.push_back({text_of("access_key_id"), text_of("secret_access_key"), access == "read"});
    if (keys.back().id.empty() || keys.back().secret.empty() || (access != "read" && access != "full"))
      return not_understood(file);
  }
  return keys;
}

}  // namespace

Result<AccessKeys> AccessKeys::open_or_create(const std::filesystem::path& file) {
  AccessKeys out;
  std::error_code ignored;
  if (std::filesystem::exists(file, ignored)) {
    auto keys = read_keys(file);
    if (!keys) return tl::unexpected(keys.error());
    out.keys_ = std::move(*keys);
    return out;
  }
  for (const bool read_only : {false, true}) {
    auto key = make_key(read_only);
    if (!key) return tl::unexpected(key.error());
    out.keys_.push_back(std::move(*key));
  }
  if (auto written = write_keys(file, out.keys_); !written) return tl::unexpected(written.error());
  return out;
}

const AccessKey* AccessKeys::find(std::string_view id) const {
  for (const auto& key : keys_)
    if (key.id == id) return &key;
  return nullptr;
}

std::optional<std::filesystem::path> default_keys_file() {
  const char* data = std::getenv("XDG_DATA_HOME");
  if (data != nullptr && *data != '\0') return std::filesystem::path(data) / "culprit/serve-keys.json";
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home == '\0') return std::nullopt;
  return std::filesystem::path(home) / ".local/share/culprit/serve-keys.json";
}

}  // namespace culprit::server
