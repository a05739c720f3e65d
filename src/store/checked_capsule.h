// A capsule file walked from its first byte to its last, and what was found on the way.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "store/capsule.h"
#include "store/file_handle.h"
#include "store/signing_key.h"

namespace culprit {

struct CheckedCapsule {
  FileHandle file;
  VerifyReport report;
  // Good only when the report is intact:
  std::string manifest_text;
  std::string signature_text;                     // empty when unsigned
  std::vector<std::uint64_t> part_offsets_bytes;  // of the contents of report.parts
};

// See verify(). Memory: the manifest and one buffer.
Result<CheckedCapsule> check_capsule(const std::filesystem::path& path, const std::optional<PublicKey>& key);

}  // namespace culprit
