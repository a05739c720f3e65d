#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "base/digest.h"
#include "base/file.h"
#include "base/hold_interrupts.h"
#include "base/interrupt.h"
#include "base/version.h"
#include "store/capsule.h"
#include "store/catalogue.h"
#include "store/catalogue_copy.h"
#include "store/file_handle.h"
#include "store/manifest.h"
#include "store/segment_files.h"
#include "store/signature.h"
#include "store/store_format.h"
#include "store/store_view.h"
#include "store/tar.h"

namespace culprit {

namespace {

constexpr std::size_t kBufferBytes = 256 << 10;
constexpr const char* kSummaryNotes[] = {"window.start", "window.end", "system", "source"};

// A part's bytes, and what keeps them alive.
struct PartSource {
  std::shared_ptr<const void> owner;
  std::string_view bytes;
  const MappedFile* file = nullptr;  // the owner, when it is a file
};
using PartSources = std::map<std::string, PartSource>;

// A file under a temporary name, removed unless it was given its final one.
class PendingFile {
 public:
  explicit PendingFile(std::filesystem::path path)
      : path_(std::move(path)), temporary_(path_.string() + fmt::format(".tmp{}", ::getpid())) {}
  ~PendingFile() {
    std::error_code ignored;
    if (file_.is_open()) std::filesystem::remove(temporary_, ignored);
  }
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;

  Result<void> create() {
    const HoldInterrupts hold;
    std::error_code ignored;
    std::filesystem::remove(temporary_, ignored);  // of a program that was killed and had our process id
    auto file = FileHandle::create(temporary_);
    if (!file) return tl::unexpected(at_final_name(file.error()));
    file_ = std::move(*file);
    guard_ = RemovedOnInterrupt(temporary_);
    return {};
  }
  Result<void> write_at(std::uint64_t offset, std::string_view bytes) {
    auto written = file_.write_at(offset, bytes);
    if (!written) return tl::unexpected(at_final_name(written.error()));
    return {};
  }
  Result<void> publish() {
    if (auto synced = file_.sync(); !synced) return tl::unexpected(at_final_name(synced.error()));
    std::error_code ec;
    std::filesystem::rename(temporary_, path_, ec);
    if (ec) return tl::unexpected(storage_error("cannot rename to", path_, ec.value()));
    file_ = FileHandle();
    guard_ = {};
    const auto parent = path_.parent_path();
    return sync_directory(parent.empty() ? "." : parent);
  }

 private:
  Error at_final_name(Error error) const {
    error.where = path_.string();
    return error;
  }

  std::filesystem::path path_;
  std::filesystem::path temporary_;
  FileHandle file_;
  RemovedOnInterrupt guard_;
};

// Writes the parts one after the other; the manifest, whose size is known beforehand, comes last.
class CapsuleWriter {
 public:
  CapsuleWriter(PendingFile& file, std::uint64_t parts_offset) : file_(file), at_(parts_offset) {}

  // Returns the SHA-256 of what was written.
  Result<std::string> add(const std::string& name, const PartSource& source) {
    if (auto put = append(tar_header(name, source.bytes.size())); !put) return tl::unexpected(put.error());
    Sha256 hash;
    for (std::size_t at = 0; at < source.bytes.size(); at += kBufferBytes) {
      const auto piece = source.bytes.substr(at, kBufferBytes);
      hash.update(piece);
      if (auto put = append(piece); !put) return tl::unexpected(put.error());
    }
    if (auto put = append(std::string(tar_padding_bytes(source.bytes.size()), '\0')); !put)
      return tl::unexpected(put.error());
    return to_hex(hash.finish());
  }
  Result<void> add_end() { return append(std::string(kTarEndBytes, '\0')); }

 private:
  Result<void> append(std::string_view bytes) {
    return file_.write_at(std::exchange(at_, at_ + bytes.size()), bytes);
  }

  PendingFile& file_;
  std::uint64_t at_;
};

std::string tar_part(std::string_view name, std::string_view bytes) {
  return tar_header(name, bytes.size()) + std::string(bytes) +
         std::string(tar_padding_bytes(bytes.size()), '\0');
}

Result<void> add_extra_parts(const SealOptions& options, PartSources& sources) {
  for (const auto& [name, bytes] : options.extra_parts) {
    auto why = why_not_a_part_name(name);
    if (why.empty() && (sources.contains(name) || name == "segments" || name.starts_with("segments/")))
      why = "is a part of the store already";
    if (!why.empty())
      return fail(ErrorCode::kUsage, fmt::format("a part cannot be called '{}': it {}", name, why));
    sources[name] = {nullptr, bytes};
  }
  return {};
}

// The view's segments as parts, and as the rows of the copied catalogue, which may be of a later moment.
// Those that only the write-ahead log has get an id there. Damaged evidence is not sealed.
Result<std::uint64_t> gather_segments(const std::filesystem::path& store, const StoreView& view,
                                      bool made_here, Catalogue& copy, PartSources& sources) {
  if (auto removed = copy.remove_segments(); !removed) return tl::unexpected(removed.error());
  std::uint64_t events = 0;
  std::vector<const ViewedSegment*> all;
  for (const auto& [name, group] : view.groups)
    for (const auto& segment : group.segments) all.push_back(&segment);
  // Those without an id come last: they get the next.
  std::stable_partition(all.begin(), all.end(), [](const auto* s) { return s->entry.id != 0; });
  for (const auto* viewed : all) {
    const auto segment = open_viewed(store, *viewed);
    if (!segment) return tl::unexpected(segment.error());
    if (auto checked = made_here ? Result<void>{} : segment->check(); !checked)
      return tl::unexpected(at_segment(store, viewed->entry.id, checked.error()));
    const auto id = copy.add_segment(viewed->entry);
    if (!id) return tl::unexpected(id.error());
    sources[fmt::format("segments/{:06}.seg", *id)] = {viewed->owner, viewed->bytes, viewed->file};
    events += viewed->entry.summary.events;
  }
  return events;
}

Result<void> gather_copy(const std::filesystem::path& store, const StoreView& view, bool made_here,
                         const std::filesystem::path& catalogue_copy, PartSources& sources,
                         std::map<std::string, std::string>& summary) {
  auto catalogue = Catalogue::open_to_write(catalogue_copy);
  if (!catalogue) return tl::unexpected(catalogue.error());
  if (auto begun = catalogue->begin(); !begun) return begun;
  const auto events = gather_segments(store, view, made_here, *catalogue, sources);
  if (!events) return tl::unexpected(events.error());
  if (auto committed = catalogue->commit(); !committed) return committed;
  summary["events"] = fmt::format("{}", *events);
  for (const char* key : kSummaryNotes) {
    const auto value = catalogue->note(key);
    if (!value) return tl::unexpected(value.error());
    if (*value) summary[key] = **value;
  }
  catalogue->fold_log();
  return {};
}

Result<void> gather_store(const std::filesystem::path& store, bool made_here,
                          const std::filesystem::path& catalogue_copy, PartSources& sources,
                          std::map<std::string, std::string>& summary) {
  auto live = Catalogue::open_to_read(store / kCatalogueName);
  if (!live) return tl::unexpected(live.error());
  const auto view = view_store(store, *live);
  if (!view) return tl::unexpected(view.error());
  if (auto copied = copy_catalogue(store / kCatalogueName, catalogue_copy); !copied) return copied;
  if (auto done = gather_copy(store, *view, made_here, catalogue_copy, sources, summary); !done) return done;
  sources[std::string(kFormatName)] = {nullptr, kFormatText};
  auto file = MappedFile::open(catalogue_copy);
  if (!file) return tl::unexpected(file.error());
  const auto bytes = (*file)->bytes();
  sources[std::string(kCatalogueName)] = {std::move(*file), bytes};
  return {};
}

Result<void> write_capsule(const std::filesystem::path& path, const PartSources& sources, Manifest manifest,
                           const std::optional<SigningKey>& key) {
  for (const auto& [name, source] : sources) {
    if (source.bytes.size() > kTarSizeBytesMax)
      return fail(ErrorCode::kInput, fmt::format("the part {} is too large for a capsule", name));
    manifest.parts.push_back({name, source.bytes.size(), std::string(64, '0')});
  }
  const auto front_of = [&]() -> Result<std::string> {
    const std::string text = to_text(manifest);
    std::string front =
        tar_part(kManifestName, text) + tar_part(kManifestDigestName, manifest_digest_text(text));
    if (!key) return front;
    const auto signature = make_signature(*key, text);
    if (!signature) return signature;
    return front + tar_part(kSignatureName, *signature);
  };
  auto front = front_of();  // digests are still zero, but its length is final
  if (!front) return tl::unexpected(front.error());
  PendingFile file(path);
  if (auto created = file.create(); !created) return created;
  CapsuleWriter writer(file, front->size());
  for (auto& part : manifest.parts) {
    const PartSource& source = sources.at(part.name);
    auto digest = writer.add(part.name, source);
    if (source.file != nullptr && source.file->lost())
      return fail(ErrorCode::kDamaged,
                  "the file lost bytes while it was sealed: it was cut, or the disk failed", part.name,
                  "`culprit store check` lists all damage.");
    if (!digest) return tl::unexpected(digest.error());
    part.sha256 = std::move(*digest);
  }
  if (auto ended = writer.add_end(); !ended) return ended;
  front = front_of();
  if (!front) return tl::unexpected(front.error());
  if (auto written = file.write_at(0, *front); !written) return written;
  return file.publish();
}

}  // namespace

Result<void> seal(const std::filesystem::path& store_directory, const std::filesystem::path& capsule,
                  const SealOptions& options) {
  if (auto checked = check_format(store_directory); !checked) return checked;
  Manifest manifest;
  manifest.tool = fmt::format("culprit {}", version());
  manifest.created = options.created;
  std::optional<SigningKey> key;
  if (options.signing_key) {
    auto loaded = load_signing_key(*options.signing_key);
    if (!loaded) return tl::unexpected(loaded.error());
    key = *loaded;
    manifest.signer = key->public_key().fingerprint();
  }
  const auto temporary = TemporaryDirectory::create();
  if (!temporary) return tl::unexpected(temporary.error());
  const auto copy = temporary->path() / kCatalogueName;
  PartSources sources;
  if (auto gathered = gather_store(store_directory, options.made_here, copy, sources, manifest.summary);
      !gathered)
    return gathered;
  if (auto added = add_extra_parts(options, sources); !added) return added;
  return write_capsule(capsule, sources, std::move(manifest), key);
}

}  // namespace culprit
