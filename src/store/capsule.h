// A capsule is a sealed store in one file: a plain tar whose first part, manifest.json, holds the size and
// SHA-256 of each other part; so any tar reads it, and a changed byte is found and named.
// Format: docs/capsule.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "store/store.h"

namespace culprit {

struct CapsulePart {
  std::string name;  // "catalogue.sqlite", "segments/000001.seg", "system.yaml" ...
  std::uint64_t size_bytes = 0;
  std::string sha256;  // lower-case hex
};

struct SealOptions {
  std::optional<std::filesystem::path> signing_key;  // Ed25519 private key, PEM or OpenSSH
  // Name and bytes of parts beside the store's own, e.g. "system.yaml", "findings.json". kUsage for a name
  // that a part may not have.
  std::vector<std::pair<std::string, std::string>> extra_parts;
  // This process has just written the store: its segments are not decoded once more to see whether they can
  // be.
  bool made_here = false;
  // Written into the manifest when given. Without it, the same store, version and key give the same bytes.
  std::optional<Time> created;
};

struct Damage {
  std::string part;    // the part, for its tar header and padding too; "container" for the end of the file
  std::string detail;  // what differs, with offsets
};

struct VerifyReport {
  std::vector<CapsulePart> parts;
  std::vector<Damage> damage;  // empty = intact
  // kUnchecked: the signature fits the key inside the capsule, but nobody said whose key that should be.
  enum class Signature { kNone, kValid, kInvalid, kUnchecked } signature = Signature::kNone;
  std::string signer;                          // key fingerprint as `ssh-keygen -l` prints it, when signed
  std::string tool;                            // "culprit 0.1.0"
  std::map<std::string, std::string> summary;  // what is inside, for people ("events", "window.start" ...)
  bool intact() const { return damage.empty() && signature != Signature::kInvalid; }
};

// Writes store directory -> capsule file, atomically (temporary file, fsync, rename). Checks every block
// first: damaged evidence is refused (kDamaged), not sealed. Takes what is committed while a writer goes on.
Result<void> seal(const std::filesystem::path& store_directory, const std::filesystem::path& capsule,
                  const SealOptions& options);

// Reads every byte. With a public key also checks the signature. kNotFound/kInput only when the file cannot
// be read as a capsule at all; everything else is reported as damage.
Result<VerifyReport> verify(const std::filesystem::path& capsule,
                            const std::optional<std::filesystem::path>& public_key);

// Verifies, then writes the parts into a new (or empty) directory, which then is a store again; on failure
// nothing is left. kDamaged names the first bad part.
Result<void> unpack(const std::filesystem::path& capsule, const std::filesystem::path& directory);

// A capsule opened for reading, verified first; keeps (and removes) its temporary directory.
class OpenCapsule {
 public:
  virtual ~OpenCapsule() = default;
  virtual const Store& store() const = 0;
  virtual Result<std::string> part(std::string_view name) const = 0;  // e.g. "system.yaml"
};
Result<std::unique_ptr<OpenCapsule>> open_capsule(const std::filesystem::path& capsule);

// True when the file starts like a capsule.
bool looks_like_capsule(const std::filesystem::path& file);

}  // namespace culprit
