#include <fmt/format.h>

#include <cmath>
#include <mutex>

#include "base/file.h"
#include "store/embedded_store.h"
#include "store/segment_encoder.h"
#include "store/segment_files.h"
#include "store/segment_merge.h"
#include "store/store_format.h"
#include "store/write_ahead_log.h"
#include "store/writer_lock.h"

namespace culprit {

namespace {

constexpr std::size_t kMessageBytesMax = std::size_t{64} << 20;
constexpr std::size_t kBatchBytes = std::size_t{1} << 20;
constexpr std::size_t kBatchRows = 16'384;
constexpr std::size_t kMergeRunMin = 8;  // small segments in a row, before they are merged beside the writing
constexpr std::uint64_t kLogBytesMax = std::uint64_t{64} << 20;  // then the oldest events go into segments

struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
};
template <class Value>
using NameMap = std::unordered_map<std::string, Value, StringHash, std::equal_to<>>;

struct KnownGroup {
  std::uint32_t id = 0;
  NameMap<std::uint32_t> streams;
};

// Events are gathered in a batch, the batch goes to the log (CommitBy::kLog) and to the encoder's thread.
// Segments become part of the store in one SQLite transaction together with all else that was written; then
// the log's files that they cover go away.
class EmbeddedWriter : public StoreWriter {
 public:
  EmbeddedWriter(std::filesystem::path directory, CommitBy commit_by, Durability durability, FileHandle lock,
                 Catalogue catalogue, std::unique_ptr<WriteAheadLog> log)
      : directory_(std::move(directory)),
        commit_by_(commit_by),
        durability_(durability),
        lock_(std::move(lock)),
        catalogue_(std::move(catalogue)),
        log_(std::move(log)),
        encoder_(directory_, durability) {}

  ~EmbeddedWriter() override {
    if (in_transaction_) catalogue_.roll_back();
    catalogue_.fold_log();
  }

  // Names and numbers of the catalogue, and the events of the log that no segment has.
  Result<void> recover() {
    const auto groups = catalogue_.groups();
    if (!groups) return tl::unexpected(groups.error());
    std::unordered_map<std::uint32_t, KnownGroup*> by_id;
    std::unordered_map<std::uint32_t, EventNumber> in_segments;
    for (const auto& g : *groups) {
      auto& known = groups_[g.name];
      known.id = g.id;
      by_id[g.id] = &known;
      in_segments[g.id] = g.last_number;
      next_number_ = std::max(next_number_, g.last_number + 1);
    }
    const auto streams = catalogue_.streams();
    if (!streams) return tl::unexpected(streams.error());
    for (const auto& s : *streams)
      if (const auto found = by_id.find(s.group_id); found != by_id.end())
        found->second->streams[s.name] = s.id;
    auto content = read_wal(directory_);
    if (!content) return tl::unexpected(content.error());
    for (const auto& batch : content->batches)
      if (auto replayed = replay(batch, in_segments); !replayed) return replayed;
    if (auto told = tell_damage(content->damage); !told) return told;
    return log_->drop_below(encoder_.oldest_pending().value_or(next_number_));
  }

  Result<void> append(const LogEventView& event) override {
    if (event.message.size() > kMessageBytesMax)
      return fail(ErrorCode::kInput,
                  fmt::format("a message of {} bytes is longer than the limit of {}", event.message.size(),
                              kMessageBytesMax),
                  fmt::format("{} {}", event.group, event.stream));
    const std::lock_guard lock(mutex_);
    return guarded([&] { return append_unguarded(event); });
  }

  Result<void> put_series(const Series& series) override {
    return write_row([&]() -> Result<void> {
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
    return write_row([&] { return catalogue_.put_state(state); });
  }
  Result<void> put_gap(const Gap& gap) override {
    return write_row([&] { return catalogue_.put_gap(gap); });
  }
  Result<void> put_journal(const JournalEntry& entry) override {
    return write_row([&] { return catalogue_.put_journal(entry); });
  }
  Result<void> put_note(std::string_view key, std::string_view value) override {
    return write_row([&] { return catalogue_.put_note(key, value); });
  }

  Result<void> commit() override {
    std::uint64_t position = 0;
    {
      const std::lock_guard lock(mutex_);
      auto done = guarded([&] { return commit_by_ == CommitBy::kLog ? commit_to_log() : commit_segments(); });
      if (!done) return done;
      position = log_position_;
    }
    return commit_by_ == CommitBy::kLog ? log_->sync_to(position) : Result<void>{};
  }

  EventNumber next_number() const override {
    const std::lock_guard lock(mutex_);
    return next_number_;
  }

 private:
  template <class Write>
  Result<void> write_row(Write write) {
    const std::lock_guard lock(mutex_);
    return guarded([&] { return ensure_transaction().and_then(write); });
  }

  // After a failure nothing more is accepted: what was committed before stays, the rest is gone.
  template <class Write>
  Result<void> guarded(Write write) {
    if (failure_) return tl::unexpected(*failure_);
    Result<void> done = write();
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

  Result<void> commit_catalogue() {
    if (!in_transaction_) return {};
    auto committed = catalogue_.commit();
    if (committed) in_transaction_ = false;
    return committed;
  }

  Result<void> replay(const EventBatch& batch,
                      const std::unordered_map<std::uint32_t, EventNumber>& in_segments) {
    EventBatch left;
    for (const auto& row : batch.rows) {
      next_number_ = std::max(next_number_, row.number + 1);
      const auto known = in_segments.find(row.group_id);
      if (known != in_segments.end() && row.number > known->second) left.add(row.group_id, batch.view(row));
    }
    return encoder_.add(std::move(left));
  }

  // Committed at once: the files may go away with the next segment.
  Result<void> tell_damage(const std::vector<WalDamage>& damage) {
    if (damage.empty()) return {};
    const auto told = catalogue_.gaps();
    if (!told) return tl::unexpected(told.error());
    if (auto begun = ensure_transaction(); !begun) return begun;
    for (const auto& d : damage) {
      const Gap gap{
          GapReason::kUnreadable,
          d.file.filename().string(),
          {},
          fmt::format("bytes {} to {} of the write-ahead log are damaged; the log events in them are "
                      "lost",
                      d.from_byte, d.to_byte),
          {},
          {}};
      const auto same = [&](const Gap& g) { return g.subject == gap.subject && g.detail == gap.detail; };
      if (std::any_of(told->begin(), told->end(), same)) continue;
      if (auto put = catalogue_.put_gap(gap); !put) return put;
    }
    return commit_catalogue();
  }

  Result<KnownGroup*> group_of(std::string_view name) {
    auto found = groups_.find(name);
    if (found == groups_.end()) {
      if (auto begun = ensure_transaction(); !begun) return tl::unexpected(begun.error());
      const auto id = catalogue_.add_group(name);
      if (!id) return tl::unexpected(id.error());
      found = groups_.emplace(std::string(name), KnownGroup{*id, {}}).first;
      names_added_ = true;
    }
    return &found->second;
  }

  Result<std::uint32_t> stream_of(KnownGroup& group, std::string_view name) {
    if (const auto found = group.streams.find(name); found != group.streams.end()) return found->second;
    if (auto begun = ensure_transaction(); !begun) return tl::unexpected(begun.error());
    const auto id = catalogue_.add_stream(group.id, name);
    if (id) group.streams.emplace(std::string(name), *id);
    names_added_ = true;
    return id;
  }

  Result<void> append_unguarded(const LogEventView& event) {
    // Events of one stream come in runs.
    if (last_.group_id == 0 || event.group != last_.group || event.stream != last_.stream) {
      last_ = {};
      const auto group = group_of(event.group);
      if (!group) return tl::unexpected(group.error());
      const auto stream = stream_of(**group, event.stream);
      if (!stream) return tl::unexpected(stream.error());
      last_ = {std::string(event.group), std::string(event.stream), (*group)->id, *stream};
    }
    batch_.add(last_.group_id, {next_number_++, last_.stream_id, event.time, event.ingestion, event.message});
    if (batch_.bytes.size() < kBatchBytes && batch_.rows.size() < kBatchRows) return {};
    return pass_on();
  }

  // Hands the batch to the log and to the encoder.
  Result<void> pass_on() {
    if (batch_.empty()) return {};
    if (commit_by_ == CommitBy::kLog) {
      // A frame must never name a group whose id could be given again after a crash.
      if (names_added_)
        if (auto committed = commit_catalogue(); !committed) return committed;
      const auto position = log_->write(batch_);
      if (!position) return tl::unexpected(position.error());
      log_position_ = *position;
    }
    names_added_ = false;
    EventBatch next;  // likely to become as large
    next.bytes.reserve(batch_.bytes.size());
    next.rows.reserve(batch_.rows.size());
    return encoder_.add(std::exchange(batch_, std::move(next)));
  }

  Result<void> commit_to_log() {
    if (auto passed = pass_on(); !passed) return passed;
    // Rather a few large segments than a log that grows for ever.
    if (log_->bytes() > kLogBytesMax)
      if (auto finished = encoder_.finish_up_to(log_->oldest()); !finished) return finished;
    return adopt_segments();
  }

  Result<void> commit_segments() {
    if (auto passed = pass_on(); !passed) return passed;
    if (auto finished = encoder_.finish_up_to(next_number_); !finished) return finished;
    return adopt_segments();
  }

  // Makes finished segments part of the store, in the same transaction as the rows that wait.
  Result<void> adopt_segments() {
    auto finished = encoder_.take();
    if (!finished) return tl::unexpected(finished.error());
    for (const auto& segment : *finished) {
      if (auto begun = ensure_transaction(); !begun) return begun;
      const auto id = catalogue_.add_segment({0, segment.group_id, segment.summary});
      if (!id) return tl::unexpected(id.error());
      if (auto named = publish_segment(directory_, segment.temporary, *id); !named) return named;
    }
    if (!finished->empty() && durability_ == Durability::kDurable)
      if (auto synced = sync_directory(directory_ / "segments"); !synced) return synced;
    const auto merged = adopt_merge();
    if (!merged) return tl::unexpected(merged.error());
    if (auto committed = commit_catalogue(); !committed) return committed;
    remove_files(directory_, *merged);
    if (finished->empty()) return {};
    if (auto dropped = log_->drop_below(encoder_.oldest_pending().value_or(next_number_)); !dropped)
      return dropped;
    return plan_merge();
  }

  // Returns the segments whose place a merged one takes with this transaction.
  Result<MergeRun> adopt_merge() {
    auto done = merge_.take_if_done();
    if (!done) return MergeRun{};
    // A merge is never needed: what keeps it from being made shows when the segments are read or written.
    if (!done->merged) {
      merges_fail_ = true;
      return MergeRun{};
    }
    if (auto begun = ensure_transaction(); !begun) return tl::unexpected(begun.error());
    if (auto replaced = replace_run(catalogue_, directory_, done->run, *done->merged); !replaced)
      return tl::unexpected(replaced.error());
    return std::move(done->run);
  }

  Result<void> plan_merge() {
    if (merge_.running() || merges_fail_) return {};
    const auto segments = catalogue_.segments();
    if (!segments) return tl::unexpected(segments.error());
    auto runs = plan_merges(*segments, kMergeRunMin);
    if (!runs.empty()) merge_.start(directory_, std::move(runs.front()));
    return {};
  }

  const std::filesystem::path directory_;
  const CommitBy commit_by_;
  const Durability durability_;
  FileHandle lock_;
  mutable std::mutex mutex_;
  Catalogue catalogue_;
  std::unique_ptr<WriteAheadLog> log_;
  SegmentEncoder encoder_;
  BackgroundMerge merge_;
  bool merges_fail_ = false;
  NameMap<KnownGroup> groups_;
  struct {
    std::string group;
    std::string stream;
    std::uint32_t group_id = 0;  // 0: none yet
    std::uint32_t stream_id = 0;
  } last_;  // of the event appended last
  EventNumber next_number_ = 1;
  EventBatch batch_;
  std::uint64_t log_position_ = 0;
  bool names_added_ = false;  // in the open transaction
  bool in_transaction_ = false;
  std::optional<Error> failure_;
};

// Empty but for the lock of who creates it. What a killed creation left goes away.
Result<FileHandle> make_directory(const std::filesystem::path& directory) {
  std::error_code ec;
  std::filesystem::create_directories(directory, ec);
  if (ec) return tl::unexpected(storage_error("cannot create the directory", directory, ec.value()));
  if (!std::filesystem::is_empty(directory, ec) && !is_unfinished_store(directory))
    return fail(ErrorCode::kUsage, ec ? ec.message() : "the directory is not empty", directory.string(),
                "Name a new directory.");
  auto lock = lock_for_writing(directory);
  if (!lock) return lock;
  if (!is_unfinished_store(directory))
    return fail(ErrorCode::kUsage, "another culprit made a store of it just now", directory.string());
  std::vector<std::filesystem::path> left;
  for (const auto& entry : std::filesystem::directory_iterator(directory, ec))
    if (entry.path().filename() != kWriterName) left.push_back(entry.path());
  for (const auto& path : left) std::filesystem::remove_all(path, ec);
  std::filesystem::create_directory(directory / "segments", ec);
  if (ec)
    return tl::unexpected(storage_error("cannot create the directory", directory / "segments", ec.value()));
  return lock;
}

Result<std::unique_ptr<StoreWriter>> open_writer(const std::filesystem::path& directory, CommitBy commit_by,
                                                 Durability durability) {
  if (auto checked = check_format(directory); !checked) return tl::unexpected(checked.error());
  auto lock = lock_for_writing(directory);
  if (!lock) return tl::unexpected(lock.error());
  auto catalogue = Catalogue::open_to_write(directory / kCatalogueName);
  if (!catalogue) return tl::unexpected(catalogue.error());
  if (durability == Durability::kScratch)
    if (auto told = catalogue->do_not_sync(); !told) return tl::unexpected(told.error());
  const auto segments = catalogue->segments();
  if (!segments) return tl::unexpected(segments.error());
  remove_strays(directory, *segments);
  auto log = WriteAheadLog::open(directory);
  if (!log) return tl::unexpected(log.error());
  auto writer = std::make_unique<EmbeddedWriter>(directory, commit_by, durability, std::move(*lock),
                                                 std::move(*catalogue), std::move(*log));
  if (auto recovered = writer->recover(); !recovered) return tl::unexpected(recovered.error());
  return writer;
}

}  // namespace

Result<std::unique_ptr<StoreWriter>> create_store(const std::filesystem::path& directory, CommitBy commit_by,
                                                  Durability durability) {
  {
    const auto lock = make_directory(directory);
    if (!lock) return tl::unexpected(lock.error());
    // FORMAT comes last: a directory without it holds nothing that was acknowledged.
    if (auto catalogue = Catalogue::create(directory / kCatalogueName); !catalogue)
      return tl::unexpected(catalogue.error());
    if (auto written = write_file_atomically(directory / kFormatName, kFormatText); !written)
      return tl::unexpected(written.error());
  }
  return open_writer(directory, commit_by, durability);
}

Result<std::unique_ptr<StoreWriter>> open_store_writer(const std::filesystem::path& directory,
                                                       CommitBy commit_by) {
  return open_writer(directory, commit_by, Durability::kDurable);
}

}  // namespace culprit
