#include "server/log_pages.h"

#include <algorithm>
#include <set>

namespace culprit::server {

namespace {

constexpr std::chrono::minutes kSlice{1};
constexpr std::size_t kEventOverheadBytes = 26;

// The first events of a direction, as many as fit on a page and one more, which tells that there is more.
class Collector {
 public:
  explicit Collector(const LogPageQuery& query) : query_(query) {}

  void add(const LogEventView& event) {
    const LogPosition at{event.time, event.ingestion, event.number};
    if (query_.beyond && !behind(at, *query_.beyond)) return;
    if (full() && !behind(last(), at)) return;
    bytes_ += event.message.size() + kEventOverheadBytes;
    events_.insert({at, LogEvent{event.number, std::string(event.group), std::string(event.stream),
                                 event.time, event.ingestion, std::string(event.message)}});
    while (events_.size() > 1 && over()) drop_last();
  }

  // Nothing that comes later in the direction can enter any more.
  bool full() const { return more_; }

  LogPage page() && {
    LogPage out;
    out.more = more_;
    for (auto& [at, event] : events_) out.events.push_back(event);
    return out;
  }

 private:
  struct Item {
    LogPosition at;
    LogEvent event;
    bool operator<(const Item& other) const { return at < other.at; }
  };

  bool forward() const { return query_.direction == LogDirection::kForward; }
  bool behind(const LogPosition& a, const LogPosition& b) const { return forward() ? a > b : a < b; }
  LogPosition last() const { return forward() ? events_.rbegin()->at : events_.begin()->at; }
  bool over() const { return events_.size() > query_.events_max || bytes_ > query_.bytes_max; }
  void drop_last() {
    const auto it = forward() ? std::prev(events_.end()) : events_.begin();
    bytes_ -= it->event.message.size() + kEventOverheadBytes;
    events_.erase(it);
    more_ = true;
  }

  const LogPageQuery& query_;
  std::set<Item> events_;
  std::size_t bytes_ = 0;
  bool more_ = false;
};

bool wanted_stream(const LogPageQuery& query, std::string_view stream) {
  if (!query.streams.empty()) return std::ranges::find(query.streams, stream) != query.streams.end();
  return stream.starts_with(query.stream_prefix);
}

// What is left of the window behind the position where the page begins.
Window rest_of(const LogPageQuery& query) {
  Window window = query.window;
  if (!query.beyond) return window;
  if (query.direction == LogDirection::kForward)
    window.start = std::max(window.start, query.beyond->time);
  else
    window.end = std::min(window.end, query.beyond->time + Duration{1});
  return window;
}

}  // namespace

LogPosition position_of(const LogEvent& event) { return {event.time, event.ingestion, event.number}; }

Result<LogPage> find_page(const Store& store, const LogPageQuery& query) {
  Collector collector(query);
  const Window window = rest_of(query);
  if (window.start >= window.end) return LogPage{};
  const LogSearch search({query.pattern});
  const auto counts = store.count_matches({{query.group}, window}, search, kSlice);
  if (!counts) return tl::unexpected(counts.error());
  auto periods = counts->front().periods;
  if (query.direction == LogDirection::kBackward) std::ranges::reverse(periods);
  std::size_t target = query.events_max + 1;
  for (std::size_t at = 0; at < periods.size() && !collector.full();) {
    // As many minutes as hold what is still wanted; more of them each time, where streams leave most of it
    // out.
    Time first = periods[at].start, last = periods[at].start;
    std::uint64_t expected = 0;
    for (; at < periods.size() && expected < target; ++at) {
      expected += periods[at].count;
      first = std::min(first, periods[at].start);
      last = std::max(last, periods[at].start);
    }
    target *= 2;
    const Window slice{std::max(window.start, first), std::min(window.end, last + kSlice)};
    auto scanned = store.scan_matches({{query.group}, slice}, search, 0, [&](const LogEventView& event) {
      if (wanted_stream(query, event.stream)) collector.add(event);
      return true;
    });
    if (!scanned) return tl::unexpected(scanned.error());
  }
  return std::move(collector).page();
}

}  // namespace culprit::server
