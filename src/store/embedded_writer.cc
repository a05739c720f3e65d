#include <fmt/format.h>

#include <cmath>

#include "base/file.h"
#include "store/embedded_store.h"
#include "store/segment.h"
#include "store/store_format.h"

namespace culprit {

namespace {

constexpr std::size_t kBufferBytesMax = std::size_t{16} << 20;

struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
};
template <class Value>
using NameMap = std::unordered_map<std::string, Value, StringHash, std::equal_to<>>;

struct OpenGroup {
  std::uint32_t id = 0;
  NameMap<std::uint32_t> streams;
  BlockBuilder builder;
};

// Events wait in one builder a log group. commit() orders it all: blocks to the segment, fsync, and then one
// SQLite transaction that makes blocks, names and rows visible together.
class EmbeddedWriter : public StoreWriter {
 public:
  EmbeddedWriter(FileHandle lock, Catalogue catalogue, SegmentWriter segments)
      : lock_(std::move(lock)), catalogue_(std::move(catalogue)), segments_(std::move(segments)) {}

  ~EmbeddedWriter() override {
    if (in_transaction_) catalogue_.roll_back();
    catalogue_.fold_log();
  }

  Result<void> load(const std::vector<BlockEntry>& blocks) {
    for (const auto& b : blocks) next_number_ = std::max(next_number_, b.last_number + 1);
    const auto groups = catalogue_.groups();
    if (!groups) return tl::unexpected(groups.error());
    std::unordered_map<std::uint32_t, OpenGroup*> by_id;
    for (const auto& g : *groups) {
      auto& open = groups_[g.name];
      open.id = g.id;
      by_id[g.id] = &open;
    }
    const auto streams = catalogue_.streams();
    if (!streams) return tl::unexpected(streams.error());
    for (const auto& s : *streams)
      if (const auto found = by_id.find(s.group_id); found != by_id.end())
        found->second->streams[s.name] = s.id;
    return {};
  }

  Result<void> append(const LogEventView& event) override {
    if (event.message.size() > kMessageBytesMax)
      return fail(ErrorCode::kInput,
                  fmt::format("a message of {} bytes is longer than the limit of {}", event.message.size(),
                              kMessageBytesMax),
                  fmt::format("{} {}", event.group, event.stream));
    return guarded([&] { return append_unguarded(event); });
  }

  Result<void> put_series(const Series& series) override {
    return guarded([&]() -> Result<void> {
      const auto finite = [](const Datapoint& p) { return std::isfinite(p.value); };
      const auto bad = series.points.size() - static_cast<std::size_t>(std::count_if(
                                                  series.points.begin(), series.points.end(), finite));
      if (bad == 0) return catalogue_.put_series(series);
      Series kept{series.id, series.statistic, series.unit, series.period, {}};
      std::copy_if(series.points.begin(), series.points.end(), std::back_inserter(kept.points), finite);
      if (auto put = catalogue_.put_series(kept); !put) return put;
      return catalogue_.put_gap(
          {GapReason::kUnreadable,
           to_string(series.id),
           {},
           fmt::format("{} of {} datapoints ({}) are not numbers (NaN or infinite) and were left out.", bad,
                       series.points.size(), series.statistic),
           {},
           {}});
    });
  }

  Result<void> put_state(const ResourceState& state) override {
    return guarded([&] { return catalogue_.put_state(state); });
  }
  Result<void> put_gap(const Gap& gap) override {
    return guarded([&] { return catalogue_.put_gap(gap); });
  }
  Result<void> put_journal(const JournalEntry& entry) override {
    return guarded([&] { return catalogue_.put_journal(entry); });
  }
  Result<void> put_note(std::string_view key, std::string_view value) override {
    return guarded([&] { return catalogue_.put_note(key, value); });
  }

  Result<void> commit() override {
    return guarded([&]() -> Result<void> {
      std::map<std::uint32_t, OpenGroup*> by_id;
      for (auto& [name, group] : groups_)
        if (!group.builder.empty()) by_id[group.id] = &group;
      for (auto& [id, group] : by_id)
        if (auto flushed = flush(*group); !flushed) return flushed;
      if (auto synced = segments_.sync(); !synced) return synced;
      if (auto committed = catalogue_.commit(); !committed) return committed;
      in_transaction_ = false;
      return {};
    });
  }

 private:
  // Runs one write inside the transaction. After a failure nothing more is accepted: what was committed
  // before stays, the rest is gone.
  template <class Write>
  Result<void> guarded(Write write) {
    if (failure_) return tl::unexpected(*failure_);
    auto done = ensure_transaction().and_then(write);
    if (!done) {
      failure_ = done.error();
      if (in_transaction_) catalogue_.roll_back();
      in_transaction_ = false;
    }
    return done;
  }

  Result<void> ensure_transaction() {
    if (in_transaction_) return {};
    auto begun = catalogue_.begin();
    in_transaction_ = begun.has_value();
    return begun;
  }

  Result<OpenGroup*> group_of(std::string_view name) {
    auto found = groups_.find(name);
    if (found == groups_.end()) {
      const auto id = catalogue_.add_group(name);
      if (!id) return tl::unexpected(id.error());
      found = groups_.emplace(std::string(name), OpenGroup{*id, {}, {}}).first;
    }
    return &found->second;
  }

  Result<std::uint32_t> stream_of(OpenGroup& group, std::string_view name) {
    if (const auto found = group.streams.find(name); found != group.streams.end()) return found->second;
    const auto id = catalogue_.add_stream(group.id, name);
    if (id) group.streams.emplace(std::string(name), *id);
    return id;
  }

  Result<void> append_unguarded(const LogEventView& event) {
    auto group = group_of(event.group);
    if (!group) return tl::unexpected(group.error());
    const auto stream = stream_of(**group, event.stream);
    if (!stream) return tl::unexpected(stream.error());
    auto& builder = (*group)->builder;
    const std::size_t before = builder.bytes();
    builder.add(next_number_++, *stream, event.time, event.ingestion, event.message);
    buffered_bytes_ += builder.bytes() - before;
    if (builder.full()) return flush(**group);
    if (buffered_bytes_ > kBufferBytesMax) return flush_biggest();
    return {};
  }

  Result<void> flush_biggest() {
    OpenGroup* biggest = nullptr;
    for (auto& [name, group] : groups_)
      if (biggest == nullptr || group.builder.bytes() > biggest->builder.bytes() ||
          (group.builder.bytes() == biggest->builder.bytes() && group.id < biggest->id))
        biggest = &group;
    return flush(*biggest);
  }

  Result<void> flush(OpenGroup& group) {
    buffered_bytes_ -= group.builder.bytes();
    BlockHeader header;
    const std::string bytes = group.builder.finish(group.id, header);
    BlockEntry entry;
    entry.group_id = group.id;
    entry.count = header.count;
    entry.first_number = header.first_number;
    entry.last_number = header.last_number;
    entry.min_time_ms = header.min_time_ms;
    entry.max_time_ms = header.max_time_ms;
    entry.message_bytes = header.message_raw_bytes;
    if (auto written = segments_.append(bytes, entry); !written) return written;
    return catalogue_.add_block(entry);
  }

  FileHandle lock_;
  Catalogue catalogue_;
  SegmentWriter segments_;
  NameMap<OpenGroup> groups_;
  EventNumber next_number_ = 1;
  std::size_t buffered_bytes_ = 0;
  bool in_transaction_ = false;
  std::optional<Error> failure_;
};

Result<FileHandle> lock_store(const std::filesystem::path& directory) {
  auto file = FileHandle::open_to_read(directory / kFormatName);
  if (!file) return file;
  const auto locked = file->try_lock_exclusive();
  if (!locked) return tl::unexpected(locked.error());
  if (!*locked)
    return fail(ErrorCode::kStorage, "another culprit is writing to this store", directory.string(),
                "Wait until it has finished, or write to another directory.");
  return file;
}

Result<void> make_directory(const std::filesystem::path& directory) {
  std::error_code ec;
  std::filesystem::create_directories(directory, ec);
  if (ec) return tl::unexpected(storage_error("cannot create the directory", directory, ec.value()));
  if (!std::filesystem::is_empty(directory, ec))
    return fail(ErrorCode::kUsage, ec ? ec.message() : "the directory is not empty", directory.string(),
                "Name a new directory.");
  std::filesystem::create_directory(directory / "segments", ec);
  if (ec)
    return tl::unexpected(storage_error("cannot create the directory", directory / "segments", ec.value()));
  return {};
}

}  // namespace

Result<std::unique_ptr<StoreWriter>> create_store(const std::filesystem::path& directory) {
  if (auto made = make_directory(directory); !made) return tl::unexpected(made.error());
  // FORMAT comes last: a directory without it holds nothing that was acknowledged.
  if (auto catalogue = Catalogue::create(directory / kCatalogueName); !catalogue)
    return tl::unexpected(catalogue.error());
  if (auto written = write_file_atomically(directory / kFormatName, kFormatText); !written)
    return tl::unexpected(written.error());
  return open_store_writer(directory);
}

Result<std::unique_ptr<StoreWriter>> open_store_writer(const std::filesystem::path& directory) {
  if (auto checked = check_format(directory); !checked) return tl::unexpected(checked.error());
  auto lock = lock_store(directory);
  if (!lock) return tl::unexpected(lock.error());
  auto catalogue = Catalogue::open_to_write(directory / kCatalogueName);
  if (!catalogue) return tl::unexpected(catalogue.error());
  const auto blocks = catalogue->blocks();
  if (!blocks) return tl::unexpected(blocks.error());
  auto segments = SegmentWriter::open(directory, *blocks);
  if (!segments) return tl::unexpected(segments.error());
  auto writer =
      std::make_unique<EmbeddedWriter>(std::move(*lock), std::move(*catalogue), std::move(*segments));
  if (auto loaded = writer->load(*blocks); !loaded) return tl::unexpected(loaded.error());
  return writer;
}

}  // namespace culprit
