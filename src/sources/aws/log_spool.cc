#include "sources/aws/log_spool.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <unordered_set>

namespace culprit::aws {

namespace {

constexpr int kCompressionLevel = 1;

void put_number(std::string& out, std::uint64_t value) {
  std::array<char, 8> bytes{};
  std::memcpy(bytes.data(), &value, bytes.size());
  out.append(bytes.data(), bytes.size());
}

void put_text(std::string& out, std::string_view text) {
  put_number(out, text.size());
  out.append(text);
}

// Reads what put_… wrote; our own bytes, but a disk may lie.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  bool done() const { return bytes_.empty() || broken_; }
  bool broken() const { return broken_; }
  std::uint64_t number() {
    std::uint64_t value = 0;
    if (bytes_.size() < sizeof value) return broken_ = true, 0;
    std::memcpy(&value, bytes_.data(), sizeof value);
    bytes_.remove_prefix(sizeof value);
    return value;
  }
  std::string text() {
    const std::uint64_t size = number();
    if (size > bytes_.size()) return broken_ = true, std::string();
    std::string out(bytes_.substr(0, size));
    bytes_.remove_prefix(size);
    return out;
  }

 private:
  std::string_view bytes_;
  bool broken_ = false;
};

FetchedEvent key_of(const FetchedEvent& event) { return {event.id, {}, {}, event.time, event.ingestion}; }

// Repeats can only stand at the same time stamp.
class RepeatFilter {
 public:
  bool is_repeat(const FetchedEvent& event) {
    if (event.time != time_) ids_.clear();
    time_ = event.time;
    return !event.id.empty() && !ids_.insert(event.id).second;
  }

 private:
  Time time_{Duration::min()};
  std::unordered_set<std::string> ids_;
};

}  // namespace

bool comes_before(const FetchedEvent& a, const FetchedEvent& b) {
  if (a.time != b.time) return a.time < b.time;
  if (a.ingestion != b.ingestion) return a.ingestion < b.ingestion;
  if (a.id.size() != b.id.size()) return a.id.size() < b.id.size();
  return a.id < b.id;
}

Result<std::unique_ptr<LogSpool>> LogSpool::create() {
  auto directory = TemporaryDirectory::create("culprit-logs");
  if (!directory) return tl::unexpected(directory.error());
  const auto path = directory->path() / "events";
  std::unique_ptr<std::FILE, Closer> file(std::fopen(path.c_str(), "w+be"));
  if (!file) return tl::unexpected(storage_error("cannot create", path, errno));
  return std::unique_ptr<LogSpool>(new LogSpool(std::move(*directory), std::move(file)));
}

Result<void> LogSpool::add(Pages& pages, std::vector<FetchedEvent> events) {
  if (events.empty()) return {};
  std::ranges::stable_sort(events, comes_before);
  std::string raw;
  for (const auto& event : events) {
    put_number(raw, static_cast<std::uint64_t>(to_epoch_ms(event.time)));
    put_number(raw, static_cast<std::uint64_t>(to_epoch_ms(event.ingestion)));
    put_text(raw, event.id);
    put_text(raw, event.stream);
    put_text(raw, event.message);
  }
  const std::string frame = zstd_compress(raw, kCompressionLevel);
  const std::lock_guard lock(mutex_);
  const auto path = directory_.path() / "events";
  if (std::fseek(file_.get(), static_cast<long>(end_), SEEK_SET) != 0 ||
      std::fwrite(frame.data(), 1, frame.size(), file_.get()) != frame.size() ||
      std::fflush(file_.get()) != 0)
    return tl::unexpected(storage_error("cannot write", path, errno));
  pages.push_back({end_, frame.size(), raw.size(), key_of(events.front()), key_of(events.back())});
  end_ += frame.size();
  return {};
}

Result<std::vector<FetchedEvent>> LogSpool::load(const Page& page) const {
  std::string frame(page.stored_bytes, '\0');
  {
    const std::lock_guard lock(mutex_);
    if (std::fseek(file_.get(), static_cast<long>(page.offset), SEEK_SET) != 0 ||
        std::fread(frame.data(), 1, frame.size(), file_.get()) != frame.size())
      return tl::unexpected(storage_error("cannot read", directory_.path() / "events", errno));
  }
  const auto raw = zstd_decompress(frame, page.raw_bytes);
  if (!raw) return tl::unexpected(raw.error());
  std::vector<FetchedEvent> events;
  Reader reader(*raw);
  while (!reader.done()) {
    FetchedEvent event;
    event.time = from_epoch_ms(static_cast<std::int64_t>(reader.number()));
    event.ingestion = from_epoch_ms(static_cast<std::int64_t>(reader.number()));
    event.id = reader.text();
    event.stream = reader.text();
    event.message = reader.text();
    if (!reader.broken()) events.push_back(std::move(event));
  }
  return events;
}

Result<void> LogSpool::replay(const Pages& pages,
                              const std::function<bool(const FetchedEvent&)>& visit) const {
  Pages order = pages;
  std::ranges::stable_sort(order,
                           [](const Page& a, const Page& b) { return comes_before(a.first, b.first); });
  RepeatFilter repeats;
  for (std::size_t at = 0; at < order.size();) {
    // Pages that overlap are read together; CloudWatch's own pages do not.
    std::size_t end = at + 1;
    FetchedEvent last = order[at].last;
    while (end < order.size() && comes_before(order[end].first, last)) {
      if (comes_before(last, order[end].last)) last = order[end].last;
      ++end;
    }
    std::vector<FetchedEvent> events;
    for (; at < end; ++at) {
      auto page = load(order[at]);
      if (!page) return tl::unexpected(page.error());
      std::ranges::move(*page, std::back_inserter(events));
    }
    std::ranges::stable_sort(events, comes_before);
    for (const auto& event : events)
      if (!repeats.is_repeat(event) && !visit(event)) return {};
  }
  return {};
}

}  // namespace culprit::aws
