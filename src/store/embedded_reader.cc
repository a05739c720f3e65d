#include <fmt/format.h>

#include <list>
#include <mutex>

#include "store/embedded_store.h"
#include "store/segment.h"
#include "store/store_format.h"

namespace culprit {

namespace {

constexpr std::size_t kCachedBlocksMax = 16;
constexpr std::size_t kCachedMessageBytesMax = std::size_t{4} << 20;

struct Group {
  std::uint32_t id = 0;
  std::string name;
  std::vector<BlockEntry> blocks;  // by first_number; their ranges of numbers do not overlap
};

struct LoadedBlock {
  BlockHeader header;
  BlockIndex index;
};

struct CachedMessages {
  std::string bytes;
  std::vector<std::size_t> offsets;
};

// A few things last used, by place of their block. One thread at a time.
template <class Value>
class RecentBlocks {
 public:
  std::shared_ptr<const Value> find(const BlockEntry& e) {
    for (auto it = items_.begin(); it != items_.end(); ++it)
      if (it->segment == e.segment && it->offset == e.offset) {
        items_.splice(items_.begin(), items_, it);
        return items_.front().value;
      }
    return nullptr;
  }
  void keep(const BlockEntry& e, std::shared_ptr<const Value> value) {
    items_.push_front({e.segment, e.offset, std::move(value)});
    if (items_.size() > kCachedBlocksMax) items_.pop_back();
  }

 private:
  struct Item {
    std::uint32_t segment;
    std::uint64_t offset;
    std::shared_ptr<const Value> value;
  };
  std::list<Item> items_;
};

// The block directory is read once: scans show the log events that were committed when the store was
// opened. Everything else is asked of SQLite, one question at a time.
class EmbeddedStore : public Store {
 public:
  EmbeddedStore(const std::filesystem::path& directory, Catalogue catalogue)
      : catalogue_(std::move(catalogue)), segments_(directory) {}

  Result<void> load() {
    if (auto begun = catalogue_.begin_reading(); !begun) return begun;
    if (auto loaded = load_directory(); !loaded) return loaded;
    return catalogue_.commit();
  }

  Result<std::vector<LogGroupSummary>> log_groups() const override {
    std::vector<LogGroupSummary> out;
    for (const auto& [name, group] : groups_) {
      LogGroupSummary s{name, 0, 0, Time::max(), Time::min(), {}};
      for (const auto& b : group.blocks) {
        s.events += b.count;
        s.bytes += b.message_bytes;
        s.first = std::min(s.first, from_epoch_ms(b.min_time_ms));
        s.last = std::max(s.last, from_epoch_ms(b.max_time_ms));
      }
      if (const auto found = streams_of_.find(group.id); found != streams_of_.end())
        s.streams = found->second;
      std::sort(s.streams.begin(), s.streams.end());
      out.push_back(std::move(s));
    }
    return out;
  }

  // A damaged block does not hide the others: they are visited, then the first damage is returned.
  Result<void> scan_logs(const LogQuery& query,
                         const std::function<bool(const LogEventView&)>& visit) const override {
    std::optional<Error> damage;
    std::size_t damaged_blocks = 0;
    for (const auto& [name, group] : groups_) {
      if (!query.groups.empty() &&
          std::find(query.groups.begin(), query.groups.end(), name) == query.groups.end())
        continue;
      for (const auto& block : group.blocks) {
        const auto go_on = scan_block(group, block, query.window, visit);
        if (go_on && !*go_on) return {};
        if (go_on) continue;
        if (!damage) damage = go_on.error();
        ++damaged_blocks;
      }
    }
    if (!damage) return {};
    if (damaged_blocks > 1) damage->what += fmt::format(" ({} blocks in all are damaged)", damaged_blocks);
    return tl::unexpected(*damage);
  }

  Result<LogEvent> event(EventNumber number) const override {
    std::vector<std::pair<const Group*, const BlockEntry*>> candidates;
    for (const auto& [name, group] : groups_) {
      auto after = std::upper_bound(group.blocks.begin(), group.blocks.end(), number,
                                    [](EventNumber n, const BlockEntry& b) { return n < b.first_number; });
      if (after != group.blocks.begin() && number <= std::prev(after)->last_number)
        candidates.emplace_back(&group, &*std::prev(after));
    }
    // The block whose numbers are densest holds it most probably.
    std::sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) {
      return a.second->last_number - a.second->first_number < b.second->last_number - b.second->first_number;
    });
    for (const auto& [group, entry] : candidates) {
      const auto block = load_block(*entry);
      if (!block) return tl::unexpected(block.error());
      const auto& numbers = (*block)->index.numbers;
      const auto at = std::lower_bound(numbers.begin(), numbers.end(), number);
      if (at != numbers.end() && *at == number)
        return event_at(*group, *entry, **block, static_cast<std::size_t>(at - numbers.begin()));
    }
    return fail(ErrorCode::kNotFound, fmt::format("there is no event number {}", number),
                catalogue_.path().parent_path().string());
  }

  Result<std::vector<Series>> series(const MetricId& id, const Window& window) const override {
    const std::lock_guard lock(catalogue_mutex_);
    return catalogue_.series(id, window);
  }
  Result<std::vector<MetricId>> metrics() const override {
    const std::lock_guard lock(catalogue_mutex_);
    return catalogue_.metrics();
  }
  Result<std::vector<ResourceState>> states(std::string_view kind) const override {
    const std::lock_guard lock(catalogue_mutex_);
    return catalogue_.states(kind);
  }
  Result<std::vector<Gap>> gaps() const override {
    const std::lock_guard lock(catalogue_mutex_);
    return catalogue_.gaps();
  }
  Result<std::vector<JournalEntry>> journal() const override {
    const std::lock_guard lock(catalogue_mutex_);
    return catalogue_.journal();
  }
  Result<std::optional<std::string>> note(std::string_view key) const override {
    const std::lock_guard lock(catalogue_mutex_);
    return catalogue_.note(key);
  }

 private:
  Result<void> load_directory() {
    const auto groups = catalogue_.groups();
    if (!groups) return tl::unexpected(groups.error());
    const auto streams = catalogue_.streams();
    if (!streams) return tl::unexpected(streams.error());
    auto blocks = catalogue_.blocks();
    if (!blocks) return tl::unexpected(blocks.error());
    std::map<std::uint32_t, Group> by_id;
    for (const auto& g : *groups) by_id[g.id] = {g.id, g.name, {}};
    for (const auto& b : *blocks) {
      const auto found = by_id.find(b.group_id);
      if (found == by_id.end() || b.size_bytes > (std::uint64_t{1} << 40) ||
          b.offset > (std::uint64_t{1} << 50))
        return fail(ErrorCode::kDamaged,
                    fmt::format("the entry of the block with event {} is impossible", b.first_number),
                    catalogue_.path().string());
      found->second.blocks.push_back(b);
    }
    for (auto& [id, g] : by_id)
      if (!g.blocks.empty()) groups_.emplace(g.name, std::move(g));
    for (const auto& s : *streams) {
      streams_.emplace(s.id, s.name);
      streams_of_[s.group_id].push_back(s.name);
    }
    return {};
  }

  std::string_view stream_name(std::uint32_t id) const {
    const auto found = streams_.find(id);
    return found == streams_.end() ? std::string_view{} : std::string_view(found->second);
  }

  // False when the visitor wants no more.
  Result<bool> scan_block(const Group& group, const BlockEntry& entry, const std::optional<Window>& window,
                          const std::function<bool(const LogEventView&)>& visit) const {
    const auto inside = [&](std::int64_t ms) { return !window || window->contains(from_epoch_ms(ms)); };
    if (window &&
        (from_epoch_ms(entry.max_time_ms) < window->start || from_epoch_ms(entry.min_time_ms) >= window->end))
      return true;
    const auto header = segments_.header(entry);
    if (!header) return tl::unexpected(header.error());
    const auto index = segments_.index(entry, *header);
    if (!index) return tl::unexpected(index.error());
    if (std::none_of(index->times_ms.begin(), index->times_ms.end(), inside)) return true;
    const auto messages = segments_.messages(entry, *header);
    if (!messages) return tl::unexpected(messages.error());
    LogEventView event;
    event.group = group.name;
    std::optional<std::uint32_t> stream;
    std::size_t offset = 0;
    for (std::size_t i = 0; i < index->numbers.size(); ++i) {
      const std::size_t start = std::exchange(offset, offset + index->lengths[i]);
      if (!inside(index->times_ms[i])) continue;
      if (stream != index->stream_ids[i]) {
        stream = index->stream_ids[i];
        event.stream = stream_name(*stream);
      }
      event.number = index->numbers[i];
      event.time = from_epoch_ms(index->times_ms[i]);
      event.ingestion = from_epoch_ms(index->ingestions_ms[i]);
      event.message = std::string_view(*messages).substr(start, index->lengths[i]);
      if (!visit(event)) return false;
    }
    return true;
  }

  Result<std::shared_ptr<const LoadedBlock>> load_block(const BlockEntry& entry) const {
    {
      const std::lock_guard lock(cache_mutex_);
      if (auto known = recent_blocks_.find(entry)) return known;
    }
    auto header = segments_.header(entry);
    if (!header) return tl::unexpected(header.error());
    auto index = segments_.index(entry, *header);
    if (!index) return tl::unexpected(index.error());
    auto block = std::make_shared<const LoadedBlock>(LoadedBlock{*header, std::move(*index)});
    const std::lock_guard lock(cache_mutex_);
    recent_blocks_.keep(entry, block);
    return block;
  }

  Result<std::shared_ptr<const CachedMessages>> load_messages(const BlockEntry& entry,
                                                              const LoadedBlock& block) const {
    {
      const std::lock_guard lock(cache_mutex_);
      if (auto known = recent_messages_.find(entry)) return known;
    }
    auto bytes = segments_.messages(entry, block.header);
    if (!bytes) return tl::unexpected(bytes.error());
    CachedMessages made{std::move(*bytes), {}};
    made.offsets.reserve(block.index.lengths.size());
    std::size_t offset = 0;
    for (const auto length : block.index.lengths)
      made.offsets.push_back(std::exchange(offset, offset + length));
    auto messages = std::make_shared<const CachedMessages>(std::move(made));
    if (messages->bytes.size() <= kCachedMessageBytesMax) {
      const std::lock_guard lock(cache_mutex_);
      recent_messages_.keep(entry, messages);
    }
    return messages;
  }

  Result<LogEvent> event_at(const Group& group, const BlockEntry& entry, const LoadedBlock& block,
                            std::size_t i) const {
    const auto messages = load_messages(entry, block);
    if (!messages) return tl::unexpected(messages.error());
    const auto& index = block.index;
    return LogEvent{index.numbers[i],
                    group.name,
                    std::string(stream_name(index.stream_ids[i])),
                    from_epoch_ms(index.times_ms[i]),
                    from_epoch_ms(index.ingestions_ms[i]),
                    (*messages)->bytes.substr((*messages)->offsets[i], index.lengths[i])};
  }

  mutable std::mutex catalogue_mutex_;
  Catalogue catalogue_;
  SegmentReader segments_;
  std::map<std::string, Group> groups_;
  std::unordered_map<std::uint32_t, std::string> streams_;
  std::unordered_map<std::uint32_t, std::vector<std::string>> streams_of_;
  mutable std::mutex cache_mutex_;
  mutable RecentBlocks<LoadedBlock> recent_blocks_;
  mutable RecentBlocks<CachedMessages> recent_messages_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_store(const std::filesystem::path& directory) {
  if (auto checked = check_format(directory); !checked) return tl::unexpected(checked.error());
  auto catalogue = Catalogue::open_to_read(directory / kCatalogueName);
  if (!catalogue) {
    auto error = catalogue.error();
    if (error.code == ErrorCode::kNotFound) error.code = ErrorCode::kDamaged;  // a store without catalogue
    return tl::unexpected(error);
  }
  auto store = std::make_unique<EmbeddedStore>(directory, std::move(*catalogue));
  if (auto loaded = store->load(); !loaded) return tl::unexpected(loaded.error());
  return store;
}

}  // namespace culprit
