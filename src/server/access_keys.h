// The server's own credentials: made at first start, kept in a file that only its owner may read.
//
//   {"keys": [{"access_key_id": "…", "secret_access_key": "…", "access": "full" | "read"}]}
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace culprit::server {

struct AccessKey {
  std::string id;
  std::string secret;
  bool read_only = false;
};

// Immutable; may be read by several threads.
class AccessKeys {
 public:
  // Reads the file, or makes it with one key for everything and one for reading. kInput for a file that is
  // not understood, kUsage for one that others may read too.
  static Result<AccessKeys> open_or_create(const std::filesystem::path& file);

  const AccessKey* find(std::string_view id) const;
  const std::vector<AccessKey>& all() const { return keys_; }

 private:
  std::vector<AccessKey> keys_;
};

// $XDG_DATA_HOME/culprit/serve-keys.json, below $HOME/.local/share without it; nullopt without either.
std::optional<std::filesystem::path> default_keys_file();

}  // namespace culprit::server
