#include "notify/outbox.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <mutex>
#include <set>

#include "base/digest.h"
#include "base/file.h"
#include "base/parallel.h"
#include "notify/retry.h"

namespace culprit {

namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> kBoxes = {"pending", "sent", "given-up"};
constexpr std::chrono::days kSentKept{31};
constexpr std::size_t kPendingMax = 10'000;

// Held while messages are delivered.
class DeliveryLock {
 public:
  explicit DeliveryLock(const fs::path& file)
      : fd_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    held_ = fd_ >= 0 && ::flock(fd_, LOCK_EX | LOCK_NB) == 0;
  }
  DeliveryLock(const DeliveryLock&) = delete;
  DeliveryLock& operator=(const DeliveryLock&) = delete;
  ~DeliveryLock() {
    if (fd_ >= 0) ::close(fd_);
  }
  bool held() const { return held_; }

 private:
  int fd_;
  bool held_ = false;
};

Result<void> move_file(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0)
    return tl::unexpected(storage_error("cannot rename to", to, errno));
  for (const auto& directory : {to.parent_path(), from.parent_path()}) {
    const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) continue;
    ::fsync(fd);
    ::close(fd);
  }
  return {};
}

// A clock that went back must not make a message wait for ever.
bool is_due(const OutboxEntry& entry, Time now) {
  if (!entry.next || *entry.next <= now) return true;
  return (entry.last && *entry.last > now) || *entry.next - now > std::chrono::hours(2);
}

}  // namespace

fs::path Outbox::file_of(Box box, const std::string& key) const {
  return directory_ / kBoxes[static_cast<std::size_t>(box)] / (to_hex(sha256(key)).substr(0, 40) + ".json");
}

Result<void> Outbox::make_directories() const {
  for (const auto box : kBoxes) {
    std::error_code ec;
    fs::create_directories(directory_ / box, ec);
    if (ec) return tl::unexpected(storage_error("cannot create", directory_ / box, ec.value()));
  }
  return {};
}

Result<bool> Outbox::put(OutboxEntry entry) {
  if (auto made = make_directories(); !made) return tl::unexpected(made.error());
  std::error_code ec;
  for (const auto box :
       {Box::kSent, Box::kPending, Box::kGivenUp, Box::kSent})  // one that moves on is met later
    if (fs::exists(file_of(box, entry.key), ec)) return false;
  std::vector<fs::path> damaged;
  const auto waiting = read(Box::kPending, damaged);
  if (waiting && waiting->size() >= kPendingMax)
    return fail(ErrorCode::kStorage, fmt::format("{} messages wait already", waiting->size()),
                directory_.string(), "See `culprit notify list`: their receivers do not take them.");
  if (entry.number == 0)
    entry.number = waiting && !waiting->empty() ? waiting->back().number + 1 : to_epoch_ms(entry.created);
  if (auto written = write_file_atomically(file_of(Box::kPending, entry.key), entry_text(entry)); !written)
    return tl::unexpected(written.error());
  return true;
}

Result<std::vector<OutboxEntry>> Outbox::read(Box box, std::vector<fs::path>& damaged) const {
  std::vector<OutboxEntry> out;
  const fs::path directory = directory_ / kBoxes[static_cast<std::size_t>(box)];
  std::error_code ec;
  if (!fs::exists(directory, ec)) return out;
  for (const auto& file : fs::directory_iterator(directory, ec)) {
    if (file.path().extension() != ".json") continue;
    const auto text = read_file(file.path());
    if (!text && text.error().code == ErrorCode::kNotFound) continue;  // moved on meanwhile
    if (!text) return tl::unexpected(text.error());
    auto entry = read_entry(*text);
    if (entry)
      out.push_back(std::move(*entry));
    else
      damaged.push_back(file.path());
  }
  if (ec) return tl::unexpected(storage_error("cannot read", directory, ec.value()));
  std::ranges::sort(out, {}, [](const OutboxEntry& e) { return std::tie(e.number, e.key); });
  return out;
}

Result<std::vector<OutboxEntry>> Outbox::list(Box box) const {
  std::vector<fs::path> damaged;
  auto out = read(box, damaged);
  if (out && !damaged.empty())
    return fail(ErrorCode::kDamaged, "is no message of the outbox", damaged.front().string(),
                "Move the file away; the next delivery does that with those that wait.");
  return out;
}

// One damaged file must not hold up every message.
Result<void> Outbox::put_aside(const std::vector<fs::path>& damaged, Report& report) const {
  for (const auto& file : damaged) {
    const fs::path to = directory_ / kBoxes[static_cast<std::size_t>(Box::kGivenUp)] /
                        (file.filename().string() + ".damaged");
    if (auto moved = move_file(file, to); !moved) return moved;
    report.damaged.push_back(to.string());
  }
  return {};
}

Result<Outbox::After> Outbox::attempt(OutboxEntry entry, Time now, const Send& send, Report& report) const {
  const auto done = send(entry);
  const fs::path pending = file_of(Box::kPending, entry.key);
  if (done.outcome == Delivered::Outcome::kDone) {
    if (auto moved = move_file(pending, file_of(Box::kSent, entry.key)); !moved)
      return tl::unexpected(moved.error());
    ++report.sent;
    return After::kGone;
  }
  ++entry.attempts;
  entry.problem = done.hint.empty() ? done.what : fmt::format("{}\n  {}", done.what, done.hint);
  entry.last = now;
  entry.next = now + retry_wait(entry.attempts, entry.key, done.wait);
  report.problems.push_back(entry);
  if (auto written = write_file_atomically(pending, entry_text(entry)); !written)
    return tl::unexpected(written.error());
  const bool hopeless = done.outcome == Delivered::Outcome::kRefused && entry.attempts >= kRefusalsMax;
  if (hopeless || now - entry.created > kGiveUpAfter) {
    if (auto moved = move_file(pending, file_of(Box::kGivenUp, entry.key)); !moved)
      return tl::unexpected(moved.error());
    ++report.given_up;
    return After::kGone;
  }
  ++report.put_off;
  if (!report.next || *entry.next < *report.next) report.next = entry.next;
  return After::kWaits;
}

// The messages of one channel, in their order; an incident that waits does not hold up another.
Result<void> Outbox::serve(const std::vector<OutboxEntry>& entries, const std::function<Time()>& clock,
                           const Send& send, bool all_now, Report& report) const {
  std::set<std::string> waits;
  for (const auto& entry : entries) {
    if (waits.contains(entry.notice.incident)) continue;
    const Time now = clock();
    if (!all_now && !is_due(entry, now)) {
      waits.insert(entry.notice.incident);
      if (!report.next || *entry.next < *report.next) report.next = entry.next;
      continue;
    }
    const auto after = attempt(entry, now, send, report);
    if (!after) return tl::unexpected(after.error());
    if (*after == After::kWaits) waits.insert(entry.notice.incident);
  }
  return {};
}

Result<Outbox::Report> Outbox::deliver(const std::function<Time()>& clock, const Send& send, bool all_now) {
  Report out;
  if (auto made = make_directories(); !made) return tl::unexpected(made.error());
  const DeliveryLock lock(directory_ / "lock");
  if (!lock.held()) {
    out.busy = true;
    return out;
  }
  std::vector<fs::path> damaged;
  auto waiting = read(Box::kPending, damaged);
  if (!waiting) return tl::unexpected(waiting.error());
  if (auto aside = put_aside(damaged, out); !aside) return tl::unexpected(aside.error());
  std::map<std::string, std::vector<OutboxEntry>> by_channel;
  for (auto& entry : *waiting) by_channel[entry.channel].push_back(std::move(entry));
  std::vector<const std::vector<OutboxEntry>*> work;
  work.reserve(by_channel.size());
  for (const auto& [channel, entries] : by_channel) work.push_back(&entries);
  std::vector<Report> reports(work.size());
  std::vector<Result<void>> done(work.size());
  in_parallel(work.size(),
              [&](std::size_t i) { done[i] = serve(*work[i], clock, send, all_now, reports[i]); });
  for (std::size_t i = 0; i < work.size(); ++i) {
    out.sent += reports[i].sent;
    out.put_off += reports[i].put_off;
    out.given_up += reports[i].given_up;
    std::ranges::move(reports[i].problems, std::back_inserter(out.problems));
    if (reports[i].next && (!out.next || *reports[i].next < *out.next)) out.next = reports[i].next;
  }
  for (const auto& one : done)
    if (!one) return tl::unexpected(one.error());
  if (auto forgot = forget_old(clock()); !forgot) return tl::unexpected(forgot.error());
  return out;
}

Result<void> Outbox::forget_old(Time now) const {
  std::vector<fs::path> damaged;
  const auto sent = read(Box::kSent, damaged);
  if (!sent) return tl::unexpected(sent.error());
  for (const auto& entry : *sent) {
    std::error_code ignored;
    if (now - entry.created > kSentKept) fs::remove(file_of(Box::kSent, entry.key), ignored);
  }
  // Halves that a killed process left; one that is being written is younger.
  std::error_code ec;
  for (const auto& file : fs::directory_iterator(directory_ / kBoxes[0], ec)) {
    std::error_code ignored;
    const auto written = file.last_write_time(ignored);
    if (!ignored && file.path().filename().string().find(".json.tmp") != std::string::npos &&
        fs::file_time_type::clock::now() - written > std::chrono::hours(1))
      fs::remove(file.path(), ignored);
  }
  return {};
}

}  // namespace culprit
