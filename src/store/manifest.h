// The manifest of a capsule: what parts there are, how long each is and what its SHA-256 is.
// Format: docs/capsule.md.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "store/capsule.h"

namespace culprit {

constexpr std::string_view kManifestName = "manifest.json";
constexpr std::string_view kManifestDigestName = "manifest.sha256";
constexpr std::string_view kSignatureName = "signature.json";
constexpr std::size_t kManifestBytesMax = std::size_t{64} << 20;
constexpr std::size_t kPartsMax = 100'000;

struct Manifest {
  std::string tool;                            // "culprit 0.1.0"
  std::optional<Time> created;                 // only when the maker passed it in
  std::optional<std::string> signer;           // fingerprint of the key that signed; none = unsigned
  std::map<std::string, std::string> summary;  // what is inside, for people ("events", "window.start" ...)
  std::vector<CapsulePart> parts;              // by name
};

// The same manifest gives the same bytes.
std::string to_text(const Manifest& manifest);

// kDamaged when it is no manifest, of a newer version, or lists a part that a capsule may not have: a name
// that is not plain, unsorted or repeated, or a size beyond the limits.
Result<Manifest> parse_manifest(std::string_view text);

// Empty when the name is allowed for a part, else why not.
std::string why_not_a_part_name(std::string_view name);

// The bytes of the part manifest.sha256: "<64 hex>  manifest.json\n", twice. `sha256sum -c` reads it; and
// since a changed byte makes the two lines differ, it tells a changed manifest from a change in itself.
std::string manifest_digest_text(std::string_view manifest_text);

}  // namespace culprit
