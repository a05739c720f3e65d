#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/digest.h"
#include "store/capsule.h"
#include "store/checked_capsule.h"
#include "store/manifest.h"
#include "store/signature.h"
#include "store/tar.h"

namespace culprit {

namespace {

constexpr std::size_t kBufferBytes = 256 << 10;
constexpr std::size_t kManifestDigestBytes = 160;
constexpr std::string_view kContainer = "container";

std::string padded_name() { return std::string(kManifestName) + '\0'; }

// A tar whose first name is manifest.json, give or take a changed byte.
bool resembles_capsule(std::string_view first) {
  const std::string name = padded_name();
  if (first.starts_with(name)) return true;
  if (first.size() < kTarBlockBytes || first.substr(257, 5) != "ustar") return false;
  const auto equal = std::inner_product(name.begin(), name.end(), first.begin(), std::size_t{0},
                                        std::plus<>{}, [](char a, char b) { return std::size_t{a == b}; });
  return equal + 1 >= name.size();
}

// Every byte of a capsule is determined by its manifest and the parts' contents. So the walk makes each
// header and padding anew and compares; `at_` is where it stands.
class Walk {
 public:
  Walk(const FileHandle& file, std::uint64_t size, VerifyReport& report)
      : file_(file), size_(size), report_(report) {}

  std::uint64_t at() const { return at_; }

  // Compares the next bytes with what they must be. False on damage; stands behind them in any case.
  Result<bool> expect(std::string_view bytes, std::string_view part, std::string_view what) {
    std::string found(bytes.size(), '\0');
    const auto n = file_.read_some_at(at_, found.data(), found.size());
    if (!n) return tl::unexpected(n.error());
    const std::uint64_t start = std::exchange(at_, at_ + bytes.size());
    const auto [differs, unused] =
        std::mismatch(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(*n), bytes.begin());
    const auto same = static_cast<std::size_t>(differs - found.begin());
    if (same < *n)
      return damage(part, fmt::format("{} was changed at byte {} of the file", what, start + same));
    if (*n < bytes.size()) return ends_early(part, what);
    return true;
  }

  Result<bool> expect_header(std::string_view part, std::uint64_t size) {
    return expect(tar_header(part, size), part, "its tar header");
  }
  Result<bool> expect_padding(std::string_view part, std::uint64_t size) {
    return expect(std::string(tar_padding_bytes(size), '\0'), part, "the padding after it");
  }

  // The next bytes, whole; nothing when the file ends before (which is damage of `part`).
  Result<std::optional<std::string>> take(std::uint64_t count, std::string_view part, std::string_view what) {
    if (count > size_ || at_ > size_ - count) {
      at_ += count;
      if (auto noted = ends_early(part, what); !noted) return tl::unexpected(noted.error());
      return std::optional<std::string>{};
    }
    std::string out(count, '\0');
    if (auto read = file_.read_at(at_, out.data(), out.size()); !read) return tl::unexpected(read.error());
    at_ += count;
    return std::optional<std::string>(std::move(out));
  }

  // Digests the next part's content block by block.
  Result<bool> expect_digest(const CapsulePart& part) {
    Sha256 hash;
    std::string buffer(kBufferBytes, '\0');
    std::uint64_t left = part.size_bytes;
    const std::uint64_t start = at_;
    while (left > 0) {
      const auto n = file_.read_some_at(at_, buffer.data(), std::min<std::uint64_t>(left, buffer.size()));
      if (!n) return tl::unexpected(n.error());
      if (*n == 0) {
        at_ += left;
        return ends_early(part.name, "its content");
      }
      hash.update(std::string_view(buffer).substr(0, *n));
      at_ += *n;
      left -= *n;
    }
    if (to_hex(hash.finish()) == part.sha256) return true;
    return damage(
        part.name,
        fmt::format("its content (bytes {} to {} of the file) does not have the SHA-256 of the manifest",
                    start, start + part.size_bytes));
  }

  bool damage(std::string_view part, std::string detail) {
    report_.damage.push_back({std::string(part), std::move(detail)});
    return false;
  }

 private:
  // Once the file has ended, a part is named once.
  Result<bool> ends_early(std::string_view part, std::string_view what) {
    if (report_.damage.empty() || report_.damage.back().part != part)
      damage(part, fmt::format("the file ends at byte {}, before the end of {}", size_, what));
    return false;
  }

  const FileHandle& file_;
  std::uint64_t size_;
  VerifyReport& report_;
  std::uint64_t at_ = 0;
};

class Checker {
 public:
  Checker(CheckedCapsule& out, std::uint64_t size, const std::optional<PublicKey>& key)
      : out_(out), key_(key), size_(size), walk_(out.file, size, out.report) {}

  Result<void> run() {
    const auto trusted = check_manifest();
    if (!trusted) return tl::unexpected(trusted.error());
    if (!*trusted) return {};
    auto manifest = parse_manifest(out_.manifest_text);
    if (!manifest && manifest.error().hint.empty()) {
      walk_.damage(kManifestName, manifest.error().what);
      return {};
    }
    if (!manifest) return tl::unexpected(manifest.error());  // of a newer version
    out_.report.tool = manifest->tool;
    out_.report.summary = manifest->summary;
    out_.report.parts = std::move(manifest->parts);
    if (auto checked = check_signature_part(manifest->signer); !checked) return checked;
    for (const auto& part : out_.report.parts)
      if (auto checked = check_part(part); !checked) return checked;
    return check_end();
  }

 private:
  // True when the manifest can be trusted to say what else there is.
  Result<bool> check_manifest() {
    std::string first(kTarBlockBytes, '\0');
    const auto n = out_.file.read_some_at(0, first.data(), first.size());
    if (!n) return tl::unexpected(n.error());
    first.resize(*n);
    if (!resembles_capsule(first))
      return fail(ErrorCode::kInput, "not a capsule: it does not start with manifest.json",
                  out_.file.path().string(),
                  "Give a file that `culprit seal` or `culprit investigate` wrote.");
    const auto size = tar_size(first);
    const auto header = walk_.expect_header(kManifestName, size.value_or(0));
    if (!header) return header;
    if (!size || *size > kManifestBytesMax) {
      if (*header) walk_.damage(kManifestName, "it is longer than any manifest");
      return false;
    }
    auto text = walk_.take(*size, kManifestName, "it");
    if (!text) return tl::unexpected(text.error());
    if (!*text) return false;
    out_.manifest_text = std::move(**text);
    const std::size_t before = out_.report.damage.size();
    if (auto padding = walk_.expect_padding(kManifestName, *size); !padding) return padding;
    // With a false size the walk stands in a wrong place; one name is enough then.
    if (!*header && out_.report.damage.size() > before) return false;
    return check_manifest_digest();
  }

  Result<bool> check_manifest_digest() {
    const auto header = walk_.expect_header(kManifestDigestName, kManifestDigestBytes);
    if (!header) return header;
    const auto text = walk_.take(kManifestDigestBytes, kManifestDigestName, "it");
    if (!text) return tl::unexpected(text.error());
    if (!*text) return false;
    if (auto padding = walk_.expect_padding(kManifestDigestName, kManifestDigestBytes); !padding)
      return padding;
    const std::string expected = manifest_digest_text(out_.manifest_text);
    if (**text == expected) return true;
    const auto half = kManifestDigestBytes / 2;
    const auto first = std::string_view(**text).substr(0, half);
    const auto second = std::string_view(**text).substr(half);
    if (first != second) walk_.damage(kManifestDigestName, "its two lines differ");
    const auto good = std::string_view(expected).substr(0, half);
    if (first == good || second == good) return true;
    walk_.damage(
        kManifestName,
        "it does not have the SHA-256 of manifest.sha256, so that the other parts cannot be checked");
    return false;
  }

  Result<void> check_signature_part(const std::optional<std::string>& signer) {
    auto& report = out_.report;
    if (!signer) {
      if (key_) walk_.damage(kSignatureName, "the capsule is not signed, but a key to check was given");
      return {};
    }
    report.signer = *signer;
    report.signature = VerifyReport::Signature::kInvalid;
    if (auto header = walk_.expect_header(kSignatureName, kSignatureBytes); !header)
      return tl::unexpected(header.error());
    auto text = walk_.take(kSignatureBytes, kSignatureName, "it");
    if (!text) return tl::unexpected(text.error());
    if (!*text) return {};
    out_.signature_text = std::move(**text);
    if (auto padding = walk_.expect_padding(kSignatureName, kSignatureBytes); !padding)
      return tl::unexpected(padding.error());
    const auto key = check_signature(out_.signature_text, out_.manifest_text);
    if (!key) {
      walk_.damage(kSignatureName, key.error().what);
    } else if (key->fingerprint() != *signer) {
      walk_.damage(kSignatureName,
                   fmt::format("signed by {}, but the manifest names {}", key->fingerprint(), *signer));
    } else if (key_ && *key_ != *key) {
      walk_.damage(kSignatureName,
                   fmt::format("signed by {}, not by the key given, {}", *signer, key_->fingerprint()));
    } else {
      report.signature = key_ ? VerifyReport::Signature::kValid : VerifyReport::Signature::kUnchecked;
    }
    return {};
  }

  Result<void> check_part(const CapsulePart& part) {
    if (walk_.at() >= size_) {
      walk_.damage(part.name, fmt::format("missing: the file ends at byte {}", size_));
      return {};
    }
    auto good = walk_.expect_header(part.name, part.size_bytes);
    if (!good) return tl::unexpected(good.error());
    out_.part_offsets_bytes.push_back(walk_.at());
    if (good = walk_.expect_digest(part); !good) return tl::unexpected(good.error());
    if (good = walk_.expect_padding(part.name, part.size_bytes); !good) return tl::unexpected(good.error());
    return {};
  }

  Result<void> check_end() {
    if (size_ < walk_.at()) return {};  // already told: parts are cut or missing
    auto good = walk_.expect(std::string(kTarEndBytes, '\0'), kContainer, "the zeros at the end");
    if (!good) return tl::unexpected(good.error());
    if (size_ > walk_.at())
      walk_.damage(kContainer,
                   fmt::format("{} bytes follow the end at byte {}", size_ - walk_.at(), walk_.at()));
    return {};
  }

  CheckedCapsule& out_;
  const std::optional<PublicKey>& key_;
  std::uint64_t size_;
  Walk walk_;
};

}  // namespace

Result<CheckedCapsule> check_capsule(const std::filesystem::path& path, const std::optional<PublicKey>& key) {
  auto file = FileHandle::open_to_read(path);
  if (!file) return tl::unexpected(file.error());
  CheckedCapsule out;
  out.file = std::move(*file);
  const auto size = out.file.size();
  if (!size) return tl::unexpected(size.error());
  if (auto checked = Checker(out, *size, key).run(); !checked) {
    auto error = checked.error();
    if (error.where == kManifestName) error.where = path.string();
    return tl::unexpected(error);
  }
  return out;
}

Result<VerifyReport> verify(const std::filesystem::path& capsule,
                            const std::optional<std::filesystem::path>& public_key) {
  std::optional<PublicKey> key;
  if (public_key) {
    auto loaded = load_public_key(*public_key);
    if (!loaded) return tl::unexpected(loaded.error());
    key = *loaded;
  }
  auto checked = check_capsule(capsule, key);
  if (!checked) return tl::unexpected(checked.error());
  return std::move(checked->report);
}

bool looks_like_capsule(const std::filesystem::path& file) {
  const auto handle = FileHandle::open_to_read(file);
  if (!handle) return false;
  std::string first(kTarBlockBytes, '\0');
  const auto n = handle->read_some_at(0, first.data(), first.size());
  return n && resembles_capsule(std::string_view(first).substr(0, *n));
}

}  // namespace culprit
