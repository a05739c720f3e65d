#include <fmt/format.h>

#include <algorithm>
#include <list>
#include <mutex>

#include "base/parallel.h"
#include "store/embedded_store.h"
#include "store/segment_files.h"
#include "store/store_format.h"
#include "store/store_view.h"

namespace culprit {

namespace {

constexpr std::size_t kOpenSegmentsMax = 4;
constexpr std::uint64_t kLookupMessageBytesMax = std::uint64_t{256} << 20;

// Segments last used. One thread at a time.
class RecentSegments {
 public:
  std::shared_ptr<const Segment> find(const ViewedSegment* key) {
    for (auto it = items_.begin(); it != items_.end(); ++it)
      if (it->first == key) {
        items_.splice(items_.begin(), items_, it);
        return items_.front().second;
      }
    return nullptr;
  }
  void keep(const ViewedSegment* key, std::shared_ptr<const Segment> segment) {
    items_.emplace_front(key, std::move(segment));
    if (items_.size() > kOpenSegmentsMax) items_.pop_back();
  }

 private:
  std::list<std::pair<const ViewedSegment*, std::shared_ptr<const Segment>>> items_;
};

// Readers of single events, last used first. What they keep decoded is about as much as half the messages.
// One thread at a time.
class RecentLookups {
 public:
  struct Item {
    const ViewedSegment* key;
    std::shared_ptr<const Segment> segment;
    Segment::Lookup lookup;
  };
  Item* find(const ViewedSegment* key) {
    const auto found =
        std::find_if(items_.begin(), items_.end(), [&](const Item& i) { return i.key == key; });
    if (found == items_.end()) return nullptr;
    items_.splice(items_.begin(), items_, found);
    return &items_.front();
  }
  Item& keep(const ViewedSegment* key, std::shared_ptr<const Segment> segment) {
    Segment::Lookup lookup(*segment);
    bytes_ += segment->summary().message_bytes;
    items_.push_front({key, std::move(segment), std::move(lookup)});
    while (bytes_ > kLookupMessageBytesMax && items_.size() > 1) {
      bytes_ -= items_.back().segment->summary().message_bytes;
      items_.pop_back();
    }
    return items_.front();
  }

 private:
  std::list<Item> items_;
  std::uint64_t bytes_ = 0;
};

// The view is taken once: scans show the log events that there were when the store was opened. Everything
// else is asked of SQLite, one question at a time.
class EmbeddedStore : public Store {
 public:
  EmbeddedStore(std::filesystem::path directory, Catalogue catalogue, StoreView view)
      : directory_(std::move(directory)), catalogue_(std::move(catalogue)), view_(std::move(view)) {}

  Result<std::vector<LogGroupSummary>> log_groups() const override {
    std::vector<LogGroupSummary> out;
    for (const auto& [name, group] : view_.groups) {
      LogGroupSummary s{name, 0, 0, Time::max(), Time::min(), group.streams, 0};
      for (const auto& segment : group.segments) {
        const auto& summary = segment.entry.summary;
        s.events += summary.events;
        s.last_number = std::max(s.last_number, summary.last_number);
        s.bytes += summary.message_bytes;
        s.first = std::min(s.first, summary.first_time);
        s.last = std::max(s.last, summary.last_time);
      }
      out.push_back(std::move(s));
    }
    return out;
  }

  Result<void> scan_logs(const LogQuery& query,
                         const std::function<bool(const LogEventView&)>& visit) const override {
    return each_segment(query, [&](const ViewedGroup& group, const ViewedSegment& segment) -> Result<bool> {
      return scan_segment(group, segment, query, visit);
    });
  }

  Result<bool> visit_segments(
      const LogQuery& query,
      const std::function<Result<void>(const std::shared_ptr<const Segment>&)>& visit) const override {
    auto visited = each_segment(query, [&](const ViewedGroup&, const ViewedSegment& segment) -> Result<bool> {
      const auto opened = open(segment);
      if (!opened) return tl::unexpected(opened.error());
      if (auto done = after_reading(directory_, segment, visit(*opened)); !done)
        return tl::unexpected(done.error());
      return true;
    });
    if (!visited) return tl::unexpected(visited.error());
    return true;
  }

  Result<void> scan_matches(const LogQuery& query, const LogSearch& search, std::size_t pattern,
                            const std::function<bool(const LogEventView&)>& visit) const override {
    SegmentSearcher searcher(search);
    return each_segment(query, [&](const ViewedGroup& group, const ViewedSegment& segment) -> Result<bool> {
      const auto opened = open(segment);
      if (!opened) return tl::unexpected(opened.error());
      auto found = searcher.visit(
          **opened, pattern, query.window ? &*query.window : nullptr,
          [&](const SegmentRow& row) { return row.number <= query.after || visit(event_of(group, row)); });
      auto read = after_reading(directory_, segment, found ? Result<void>{} : tl::unexpected(found.error()));
      if (!read) return tl::unexpected(read.error());
      return found;
    });
  }

  Result<std::vector<PatternCount>> count_matches(const LogQuery& query, const LogSearch& search,
                                                  Duration period) const override {
    const auto segments = segments_of(query);
    auto counted = culprit::count_matches(
        search, segments.size(), [&](std::size_t i) { return open(*segments[i]); },
        query.window ? &*query.window : nullptr, period);
    for (const auto* segment : segments)
      if (auto read = after_reading(directory_, *segment, {}); !read) return tl::unexpected(read.error());
    return counted;
  }

  Result<MinedForms> mine_forms(const LogQuery& query) const override {
    const auto segments = segments_of(query);
    auto mined = mine_segments(
        segments.size(), [&](std::size_t i) { return open(*segments[i]); },
        query.window ? &*query.window : nullptr);
    for (const auto* segment : segments)
      if (auto read = after_reading(directory_, *segment, {}); !read) return tl::unexpected(read.error());
    return mined;
  }

  Result<void> scan_forms(
      const LogQuery& query, TemplateMiner& miner, const WantedForm& wanted,
      const std::function<bool(TemplateMiner::FormNumber, const LogEventView&)>& visit) const override {
    return each_segment(query, [&](const ViewedGroup& group, const ViewedSegment& segment) -> Result<bool> {
      const auto opened = open(segment);
      if (!opened) return tl::unexpected(opened.error());
      auto done = visit_form_rows(**opened, query.window ? &*query.window : nullptr, miner, wanted,
                                  [&](TemplateMiner::FormNumber form, const SegmentRow& row) {
                                    return row.number <= query.after || visit(form, event_of(group, row));
                                  });
      auto read = after_reading(directory_, segment, done ? Result<void>{} : tl::unexpected(done.error()));
      if (!read) return tl::unexpected(read.error());
      return done;
    });
  }

  Result<LogEvent> event(EventNumber number) const override {
    for (const auto& place : places_of(number)) {
      const std::lock_guard lock(lookups_mutex_);
      auto* known = lookups_.find(place.segment);
      if (known == nullptr) {
        auto opened = open(*place.segment);
        if (!opened) return tl::unexpected(opened.error());
        known = &lookups_.keep(place.segment, std::move(*opened));
      }
      auto found = look_up(known->lookup, place, number);
      if (!found) return tl::unexpected(found.error());
      if (*found) return std::move(**found);
    }
    return fail(ErrorCode::kNotFound, fmt::format("there is no event with number {}", number));
  }

  std::vector<LogEvent> events(std::vector<EventNumber> numbers) const override {
    std::ranges::sort(numbers);
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    std::map<Place, std::vector<std::size_t>> asked;  // of the likeliest segment
    for (std::size_t i = 0; i < numbers.size(); ++i)
      if (const auto places = places_of(numbers[i]); !places.empty()) asked[places.front()].push_back(i);
    const std::vector<std::pair<Place, std::vector<std::size_t>>> work(asked.begin(), asked.end());
    std::vector<std::optional<LogEvent>> found(numbers.size());
    in_parallel(work.size(), [&](std::size_t w) {
      const auto& [place, wanted] = work[w];
      const auto opened = open(*place.segment);
      if (!opened) return;
      Segment::Lookup lookup(**opened);
      for (const std::size_t i : wanted)
        if (auto event = look_up(lookup, place, numbers[i]); event && *event) found[i] = std::move(*event);
    });
    std::vector<LogEvent> out;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (!found[i])
        if (auto otherwise = event(numbers[i])) found[i] = std::move(*otherwise);
      if (found[i]) out.push_back(std::move(*found[i]));
    }
    return out;
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
  Result<std::vector<std::string>> state_kinds() const override {
    const std::lock_guard lock(catalogue_mutex_);
    return catalogue_.state_kinds();
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
  Result<std::map<std::string, std::string>> notes() const override {
    const std::lock_guard lock(catalogue_mutex_);
    return catalogue_.notes();
  }

 private:
  struct Place {
    const ViewedGroup* group;
    const ViewedSegment* segment;
    auto operator<=>(const Place&) const = default;
  };

  // Segments that may hold the event, the likeliest first: the one whose numbers are densest.
  std::vector<Place> places_of(EventNumber number) const {
    std::vector<Place> out;
    for (const auto& [name, group] : view_.groups) {
      auto after = std::upper_bound(
          group.segments.begin(), group.segments.end(), number,
          [](EventNumber n, const ViewedSegment& s) { return n < s.entry.summary.first_number; });
      if (after != group.segments.begin() && number <= std::prev(after)->entry.summary.last_number)
        out.push_back({&group, &*std::prev(after)});
    }
    const auto spread = [](const Place& p) {
      return p.segment->entry.summary.last_number - p.segment->entry.summary.first_number;
    };
    std::sort(out.begin(), out.end(), [&](const auto& a, const auto& b) { return spread(a) < spread(b); });
    return out;
  }

  Result<std::optional<LogEvent>> look_up(Segment::Lookup& lookup, const Place& place,
                                          EventNumber number) const {
    std::optional<LogEvent> found;
    auto looked = lookup.row(number, [&](const SegmentRow& row) {
      found = LogEvent{row.number, place.group->name, std::string(stream_name(row.stream_id)),
                       row.time,   row.ingestion,     std::string(row.message)};
    });
    if (!looked && looked.error().code == ErrorCode::kNotFound) looked = {};
    if (auto read = after_reading(directory_, *place.segment, std::move(looked)); !read)
      return tl::unexpected(read.error());
    return found;
  }

  std::string_view stream_name(std::uint32_t id) const {
    const auto found = view_.streams.find(id);
    return found == view_.streams.end() ? std::string_view{} : std::string_view(found->second);
  }

  Result<std::shared_ptr<const Segment>> open(const ViewedSegment& segment) const {
    {
      const std::lock_guard lock(recent_mutex_);
      if (auto known = recent_.find(&segment)) return known;
    }
    auto opened = open_viewed(directory_, segment);
    if (!opened) return tl::unexpected(opened.error());
    auto shared = std::make_shared<const Segment>(std::move(*opened));
    const std::lock_guard lock(recent_mutex_);
    recent_.keep(&segment, shared);
    return shared;
  }

  LogEventView event_of(const ViewedGroup& group, const SegmentRow& row) const {
    return {row.number, group.name, stream_name(row.stream_id), row.time, row.ingestion, row.message};
  }

  std::vector<const ViewedSegment*> segments_of(const LogQuery& query) const {
    std::vector<const ViewedSegment*> segments;
    (void)each_segment({query.groups, query.window, 0},
                       [&](const ViewedGroup&, const ViewedSegment& segment) -> Result<bool> {
                         segments.push_back(&segment);
                         return true;
                       });
    return segments;
  }

  // Calls `visit` for each segment that may hold something of the query, until it returns false. A damaged
  // segment does not hide the others: they are visited, then the first damage is returned.
  template <class Visit>
  Result<void> each_segment(const LogQuery& query, Visit visit) const {
    std::optional<Error> damage;
    std::size_t damaged_segments = 0;
    for (const auto& [name, group] : view_.groups) {
      if (!query.groups.empty() &&
          std::find(query.groups.begin(), query.groups.end(), name) == query.groups.end())
        continue;
      for (const auto& segment : group.segments) {
        const auto& s = segment.entry.summary;
        if (query.window && (s.last_time < query.window->start || s.first_time >= query.window->end))
          continue;
        if (s.last_number <= query.after) continue;
        const auto go_on = visit(group, segment);
        if (go_on && !*go_on) return {};
        if (go_on) continue;
        if (!damage) damage = go_on.error();
        ++damaged_segments;
      }
    }
    if (!damage) return {};
    if (damaged_segments > 1)
      damage->what += fmt::format(" ({} segments in all are damaged)", damaged_segments);
    return tl::unexpected(*damage);
  }

  // False when the visitor wants no more.
  Result<bool> scan_segment(const ViewedGroup& group, const ViewedSegment& segment, const LogQuery& query,
                            const std::function<bool(const LogEventView&)>& visit) const {
    const auto opened = open(segment);
    if (!opened) return tl::unexpected(opened.error());
    bool go_on = true;
    auto scanned = (*opened)->scan(query.window ? &*query.window : nullptr, [&](const SegmentRow& row) {
      return go_on = row.number <= query.after || visit(event_of(group, row));
    });
    if (auto read = after_reading(directory_, segment, std::move(scanned)); !read)
      return tl::unexpected(read.error());
    return go_on;
  }

  const std::filesystem::path directory_;
  mutable std::mutex catalogue_mutex_;
  Catalogue catalogue_;
  const StoreView view_;
  mutable std::mutex recent_mutex_;
  mutable RecentSegments recent_;
  mutable std::mutex lookups_mutex_;
  mutable RecentLookups lookups_;
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
  auto view = view_store(directory, *catalogue);
  if (!view) return tl::unexpected(view.error());
  return std::make_unique<EmbeddedStore>(directory, std::move(*catalogue), std::move(*view));
}

}  // namespace culprit
