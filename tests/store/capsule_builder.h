// Capsules for tests: sealed from a small store, or put together by hand, also in ways no program would.
#pragma once

#include <fstream>

#include "base/digest.h"
#include "store/capsule.h"
#include "store/manifest.h"
#include "store/tar.h"
#include "store_builder.h"

namespace culprit::testing {

inline void write_bytes(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

inline std::string tar_part(std::string_view name, std::string_view bytes) {
  return tar_header(name, bytes.size()) + std::string(bytes) +
         std::string(tar_padding_bytes(bytes.size()), '\0');
}

// A capsule whose manifest is `manifest_text` and whose further parts follow as given.
inline std::string capsule_of(std::string_view manifest_text,
                              const std::vector<std::pair<std::string, std::string>>& parts) {
  std::string out = tar_part(kManifestName, manifest_text) +
                    tar_part(kManifestDigestName, manifest_digest_text(manifest_text));
  for (const auto& [name, bytes] : parts) out += tar_part(name, bytes);
  return out + std::string(kTarEndBytes, '\0');
}

inline Manifest manifest_of(const std::vector<std::pair<std::string, std::string>>& parts) {
  Manifest manifest;
  manifest.tool = "test";
  for (const auto& [name, bytes] : parts)
    manifest.parts.push_back({name, bytes.size(), to_hex(sha256(bytes))});
  return manifest;
}

inline std::string capsule_of(const std::vector<std::pair<std::string, std::string>>& parts) {
  return capsule_of(to_text(manifest_of(parts)), parts);
}

// Where the header, content and padding of each part lie; the rest is "container".
struct Extent {
  std::string part;
  std::size_t begin;
  std::size_t end;
};

inline std::vector<Extent> extents_of(std::string_view capsule) {
  std::vector<Extent> out;
  std::size_t at = 0;
  while (at + kTarBlockBytes <= capsule.size() && capsule[at] != '\0') {
    const std::string name(capsule.substr(at).data());
    const auto size = *tar_size(capsule.substr(at, kTarBlockBytes));
    const std::size_t end = at + kTarBlockBytes + size + tar_padding_bytes(size);
    out.push_back({name, at, end});
    at = end;
  }
  out.push_back({"container", at, capsule.size()});
  return out;
}

inline std::string part_at(const std::vector<Extent>& extents, std::size_t offset) {
  for (const auto& e : extents)
    if (e.begin <= offset && offset < e.end) return e.part;
  return "container";
}

inline void write_small_store(const std::filesystem::path& directory) {
  auto writer = create_store(directory);
  ASSERT_OK(writer);
  auto& w = **writer;
  for (int i = 0; i < 50; ++i)
    ASSERT_OK(w.append(
        event(i % 3 == 0 ? "/aws/db" : "/aws/web", "s/1", 1000 * i, fmt::format("line {}", i)).view()));
  ASSERT_OK(w.put_series({{"AWS/RDS", "CPUUtilization", {{"DBInstanceIdentifier", "db"}}},
                          "Average",
                          "Percent",
                          std::chrono::seconds{60},
                          {{from_epoch_ms(0), 12.5}}}));
  ASSERT_OK(w.put_state({"ecs:service", "web", from_epoch_ms(5), {{"desiredCount", 2}}}));
  ASSERT_OK(w.put_gap({GapReason::kEmpty, "/aws/ai", "ai", "nothing", "", {}}));
  ASSERT_OK(w.put_note("window.start", "2025-08-21T23:00:00Z"));
  ASSERT_OK(w.commit());
}

}  // namespace culprit::testing
