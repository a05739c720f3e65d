#include <fmt/format.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/hold_interrupts.h"
#include "store/capsule.h"
#include "store/checked_capsule.h"
#include "store/embedded_store.h"
#include "store/manifest.h"

namespace culprit {

namespace {

constexpr std::size_t kBufferBytes = 256 << 10;

// A directory under a temporary name, removed unless it was given its final one.
class PendingDirectory {
 public:
  explicit PendingDirectory(std::filesystem::path path)
      : path_(without_final_slash(std::move(path))),
        temporary_(path_.string() + fmt::format(".tmp{}", ::getpid())) {}
  ~PendingDirectory() {
    std::error_code ignored;
    if (created_) std::filesystem::remove_all(temporary_, ignored);
  }
  PendingDirectory(const PendingDirectory&) = delete;
  PendingDirectory& operator=(const PendingDirectory&) = delete;

  const std::filesystem::path& temporary() const { return temporary_; }

  Result<void> create() {
    std::error_code ec;
    if (std::filesystem::exists(path_, ec) &&
        (!std::filesystem::is_directory(path_, ec) || !std::filesystem::is_empty(path_, ec)))
      return fail(ErrorCode::kUsage, "it exists and is not an empty directory", path_.string(),
                  "Name a new directory.");
    if (path_.has_parent_path()) std::filesystem::create_directories(path_.parent_path(), ec);
    std::filesystem::remove_all(temporary_, ec);
    const HoldInterrupts hold;
    created_ = std::filesystem::create_directory(temporary_, ec);
    if (!created_) return tl::unexpected(storage_error("cannot create the directory", path_, ec.value()));
    guard_ = RemovedOnInterrupt(temporary_);
    return {};
  }
  Result<void> publish() {
    std::error_code ec;
    std::filesystem::rename(temporary_, path_, ec);
    if (ec) return tl::unexpected(storage_error("cannot rename to", path_, ec.value()));
    created_ = false;
    guard_ = {};
    return {};
  }

 private:
  static std::filesystem::path without_final_slash(std::filesystem::path path) {
    return path.has_filename() || !path.has_parent_path() ? path : path.parent_path();
  }

  std::filesystem::path path_;
  std::filesystem::path temporary_;
  bool created_ = false;
  RemovedOnInterrupt guard_;
};

tl::unexpected<Error> damaged(const std::filesystem::path& capsule, std::string what) {
  return fail(ErrorCode::kDamaged, std::move(what), capsule.string(), "`culprit verify` lists all damage.");
}

Result<void> require_intact(const VerifyReport& report, const std::filesystem::path& capsule) {
  if (report.damage.empty()) return {};
  const auto& first = report.damage.front();
  return damaged(capsule, fmt::format("the capsule is damaged: {}: {}", first.part, first.detail));
}

// Copies one part and digests it once more: the file may have changed since it was checked.
Result<void> extract(const CheckedCapsule& capsule, std::size_t i, const std::filesystem::path& directory) {
  const auto& part = capsule.report.parts[i];
  const auto path = directory / part.name;
  std::error_code ec;
  std::filesystem::create_directories(path.parent_path(), ec);
  if (ec) return tl::unexpected(storage_error("cannot create the directory", path.parent_path(), ec.value()));
  auto out = FileHandle::create(path);
  if (!out) return tl::unexpected(out.error());
  Sha256 hash;
  std::string buffer(kBufferBytes, '\0');
  for (std::uint64_t done = 0; done < part.size_bytes;) {
    const auto n = std::min<std::uint64_t>(buffer.size(), part.size_bytes - done);
    if (auto read = capsule.file.read_at(capsule.part_offsets_bytes[i] + done, buffer.data(), n); !read)
      return read;
    const auto bytes = std::string_view(buffer).substr(0, n);
    hash.update(bytes);
    if (auto written = out->write_at(done, bytes); !written) return written;
    done += n;
  }
  if (to_hex(hash.finish()) != part.sha256)
    return damaged(capsule.file.path(), fmt::format("{} changed while it was read", part.name));
  return {};
}

Result<void> write_small(const std::filesystem::path& path, std::string_view bytes) {
  auto out = FileHandle::create(path);
  if (!out) return tl::unexpected(out.error());
  return out->write_at(0, bytes);
}

class UnpackedCapsule : public OpenCapsule {
 public:
  UnpackedCapsule(TemporaryDirectory directory, std::filesystem::path root, std::unique_ptr<Store> store,
                  std::filesystem::path capsule)
      : directory_(std::move(directory)),
        root_(std::move(root)),
        store_(std::move(store)),
        capsule_(std::move(capsule)) {}

  const Store& store() const override { return *store_; }

  Result<std::string> part(std::string_view name) const override {
    std::error_code ec;
    if (!why_not_a_part_name(name).empty() || !std::filesystem::is_regular_file(root_ / name, ec))
      return fail(ErrorCode::kNotFound, fmt::format("the capsule has no part '{}'", name), capsule_.string());
    return read_file(root_ / name);
  }

 private:
  TemporaryDirectory directory_;  // declared first: removed last
  std::filesystem::path root_;
  std::unique_ptr<Store> store_;
  std::filesystem::path capsule_;
};

}  // namespace

Result<void> unpack(const std::filesystem::path& capsule, const std::filesystem::path& directory) {
  const auto checked = check_capsule(capsule, std::nullopt);
  if (!checked) return tl::unexpected(checked.error());
  if (auto intact = require_intact(checked->report, capsule); !intact) return intact;
  PendingDirectory pending(directory);
  if (auto created = pending.create(); !created) return created;
  const auto& to = pending.temporary();
  for (std::size_t i = 0; i < checked->report.parts.size(); ++i)
    if (auto done = extract(*checked, i, to); !done) return done;
  if (auto done = write_small(to / kManifestName, checked->manifest_text); !done) return done;
  if (auto done = write_small(to / kManifestDigestName, manifest_digest_text(checked->manifest_text)); !done)
    return done;
  if (!checked->signature_text.empty())
    if (auto done = write_small(to / kSignatureName, checked->signature_text); !done) return done;
  return pending.publish();
}

Result<std::unique_ptr<OpenCapsule>> open_capsule(const std::filesystem::path& capsule) {
  auto directory = TemporaryDirectory::create();
  if (!directory) return tl::unexpected(directory.error());
  const auto root = directory->path() / "capsule";
  if (auto unpacked = unpack(capsule, root); !unpacked) return tl::unexpected(unpacked.error());
  auto store = open_store(root);
  if (!store) {
    auto error = store.error();
    error.code = ErrorCode::kDamaged;
    error.what = fmt::format("the capsule holds no readable store: {}", error.what);
    error.where = capsule.string();
    return tl::unexpected(error);
  }
  return std::make_unique<UnpackedCapsule>(std::move(*directory), root, std::move(*store), capsule);
}

}  // namespace culprit
