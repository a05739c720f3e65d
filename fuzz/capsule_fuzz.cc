// Capsules: as they come, and as a manifest whose digest fits, with whatever parts follow.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "base/file.h"
#include "store/capsule.h"
#include "store/manifest.h"
#include "store/signing_key.h"
#include "store/tar.h"

namespace {

struct Scratch {
  culprit::TemporaryDirectory directory = *culprit::TemporaryDirectory::create("capsule-fuzz");
  std::filesystem::path file = directory.path() / "capsule";
  std::filesystem::path out = directory.path() / "out";
};

void read_capsule(std::string_view bytes) {
  static const Scratch scratch;
  std::ofstream(scratch.file, std::ios::binary | std::ios::trunc)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  const auto report = culprit::verify(scratch.file, std::nullopt);
  const bool unpacked = culprit::unpack(scratch.file, scratch.out).has_value();
  if (unpacked && !(report && report->damage.empty())) std::abort();  // nothing damaged may come out
  if (unpacked) (void)culprit::open_capsule(scratch.file);
  std::filesystem::remove_all(scratch.out);
}

std::string tar_part(std::string_view name, std::string_view bytes) {
  return culprit::tar_header(name, bytes.size()) + std::string(bytes) +
         std::string(culprit::tar_padding_bytes(bytes.size()), '\0');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  read_capsule(bytes);
  // The first half (up to a NUL) as manifest text, the rest as what follows it.
  const auto text = bytes.substr(0, bytes.find('\0'));
  (void)culprit::parse_manifest(text);
  (void)culprit::parse_signing_key(text, "key");
  (void)culprit::parse_public_key(text, "key");
  read_capsule(tar_part(culprit::kManifestName, text) +
               tar_part(culprit::kManifestDigestName, culprit::manifest_digest_text(text)) +
               std::string(bytes.substr(text.size())));
  return 0;
}
