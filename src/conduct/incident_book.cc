#include "conduct/incident_book.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cerrno>

#include "base/file.h"
#include "base/printable.h"

namespace culprit {

namespace {

namespace fs = std::filesystem;
using Kind = IncidentEvent::Kind;

constexpr std::array<std::string_view, 8> kKinds = {
    "opened", "acknowledged", "note", "severity", "status-sent", "resolved", "follow-up", "follow-up-done"};
constexpr std::size_t kTextBytesMax = 10'000;
constexpr std::size_t kFileBytesMax = 16 << 20;

std::string line_of(const IncidentEvent& event, const boost::json::object& more = {}) {
  boost::json::object out{{"time", format_utc(event.time)}, {"event", to_string(event.kind)}};
  if (!event.by.empty()) out["by"] = event.by;
  if (!event.text.empty()) out["text"] = event.text;
  if (!event.owner.empty()) out["owner"] = event.owner;
  if (!event.due.empty()) out["due"] = event.due;
  for (const auto& [key, value] : more) out[key] = value;
  return boost::json::serialize(out) + "\n";
}

std::string text_at(const boost::json::object& o, std::string_view key) {
  const auto* v = o.if_contains(key);
  return v != nullptr && v->is_string() ? std::string(v->get_string()) : std::string();
}

// A file or folder that one process at a time has.
class Locked {
 public:
  Locked(const fs::path& file, int flags)
      : fd_(::open(file.c_str(), flags | O_CLOEXEC)), error_(fd_ < 0 ? errno : 0) {
    if (fd_ >= 0 && ::flock(fd_, LOCK_EX) != 0) error_ = errno;
  }
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;
  ~Locked() {
    if (fd_ >= 0) ::close(fd_);
  }
  int fd() const { return fd_; }
  int error() const { return error_; }

 private:
  int fd_;
  int error_;
};

// A line that was never finished, because its writer was killed, must not run into the next one.
int cut_unfinished_line(int fd) {
  const off_t end = ::lseek(fd, 0, SEEK_END);
  off_t keep = end;
  char byte = 0;
  while (keep > 0) {
    if (::pread(fd, &byte, 1, keep - 1) != 1) return errno;
    if (byte == '\n') break;
    --keep;
  }
  return keep == end || ::ftruncate(fd, keep) == 0 ? 0 : errno;
}

// Appends under a lock and syncs: what was acknowledged on the terminal is on disk.
Result<void> append(const fs::path& file, std::string_view line) {
  const Locked locked(file, O_RDWR | O_APPEND);
  int error = locked.error();
  if (error == 0) error = cut_unfinished_line(locked.fd());
  while (error == 0 && !line.empty()) {
    const auto n = ::write(locked.fd(), line.data(), line.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0)
      error = errno;
    else
      line.remove_prefix(static_cast<std::size_t>(n));
  }
  if (error == 0 && ::fsync(locked.fd()) != 0) error = errno;
  if (error != 0) return tl::unexpected(storage_error("cannot write", file, error));
  return {};
}

// The file appears with its first line or not at all; false when there is one of that name.
Result<bool> create(const fs::path& file, std::string_view line) {
  const fs::path whole = file.string() + ".new";
  if (auto written = write_file_atomically(whole, line); !written) return tl::unexpected(written.error());
  const int error = ::link(whole.c_str(), file.c_str()) == 0 ? 0 : errno;
  ::unlink(whole.c_str());
  if (error == EEXIST) return false;
  if (error != 0) return tl::unexpected(storage_error("cannot create", file, error));
  const int fd = ::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0) {
    ::fsync(fd);
    ::close(fd);
  }
  return true;
}

FollowUp* follow_up(Incident& incident, std::string_view number) {
  for (auto& f : incident.follow_ups)
    if (std::to_string(f.number) == number) return &f;
  return nullptr;
}

void apply(Incident& incident, const IncidentEvent& event) {
  switch (event.kind) {
    case Kind::kOpened:
      incident.opened = event.time;
      incident.title = event.text;
      break;
    case Kind::kAcknowledged:
      if (incident.acknowledged) break;  // the first who took it has it
      incident.acknowledged = event.time;
      incident.acknowledged_by = event.by;
      break;
    case Kind::kSeverity:
      incident.severity = event.text;
      break;
    case Kind::kStatusSent:
      incident.last_status = event.time;
      break;
    case Kind::kResolved:
      incident.resolved = event.time;
      incident.resolved_by = event.by;
      incident.resolution = event.text;
      break;
    case Kind::kFollowUp:
      incident.follow_ups.push_back({static_cast<int>(incident.follow_ups.size()) + 1, event.text,
                                     event.owner, event.due, std::nullopt, ""});
      break;
    case Kind::kFollowUpDone:
      if (auto* f = follow_up(incident, event.text); f != nullptr && !f->done) {
        f->done = event.time;
        f->done_by = event.by;
      }
      break;
    case Kind::kNote:
      break;
  }
  incident.events.push_back(event);
}

}  // namespace

std::string_view to_string(Kind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

Result<Incident> IncidentBook::read(const fs::path& file) const {
  auto text = read_file(file);
  if (!text) return tl::unexpected(text.error());
  if (text->size() > kFileBytesMax)
    return fail(ErrorCode::kInput, "is too large for an incident", file.string());
  Incident out;
  out.id = file.stem().string();
  std::size_t number = 0;
  for (std::string_view rest = *text; !rest.empty();) {
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) break;  // a line that was never finished was never acknowledged
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    ++number;
    boost::json::error_code ec;
    const auto parsed = boost::json::parse(line, ec);
    const auto* o = parsed.if_object();
    const auto kind = o == nullptr ? kKinds.end() : std::ranges::find(kKinds, text_at(*o, "event"));
    const auto time =
        o == nullptr ? Result<Time>(fail(ErrorCode::kInput, "")) : parse_iso8601(text_at(*o, "time"));
    if (ec || kind == kKinds.end() || !time)
      return fail(ErrorCode::kDamaged, "is no event of an incident",
                  fmt::format("{}:{}", file.string(), number));
    if (number == 1) {
      out.system = text_at(*o, "system");
      out.severity = text_at(*o, "severity");
      out.capsule = text_at(*o, "capsule");
    }
    apply(out, {*time, static_cast<Kind>(kind - kKinds.begin()), text_at(*o, "by"), text_at(*o, "text"),
                text_at(*o, "owner"), text_at(*o, "due")});
  }
  if (out.events.empty() || out.events.front().kind != Kind::kOpened)
    return fail(ErrorCode::kDamaged, "does not begin with an opened incident", file.string());
  return out;
}

Result<Incident> IncidentBook::open(const NewIncident& incident) {
  std::error_code ec;
  fs::create_directories(directory_, ec);
  if (ec) return tl::unexpected(storage_error("cannot create", directory_, ec.value()));
  const Locked locked(directory_, O_RDONLY | O_DIRECTORY);
  if (locked.error() != 0) return tl::unexpected(storage_error("cannot lock", directory_, locked.error()));
  const auto known = all();
  if (!known) return tl::unexpected(known.error());
  for (const auto& other : *known)
    if (!incident.id.empty() && other.id == incident.id) return other;
  for (const auto& other : *known)
    if (other.open() && other.system == incident.system)
      return fail(
          ErrorCode::kUsage, fmt::format("{} is open already for {}", other.id, incident.system), "",
          fmt::format(
              "Add to it with `culprit incident note`, or resolve it first: culprit incident resolve {}",
              other.id));
  const IncidentEvent event{incident.time, Kind::kOpened, incident.by, incident.title};
  const auto line = line_of(
      event, {{"system", incident.system}, {"severity", incident.severity}, {"capsule", incident.capsule}});
  const std::string first = incident.id.empty() ? id_of(incident.system, incident.time) : incident.id;
  std::string id = first;
  for (int n = 2;; ++n) {
    const auto created = create(file_of(id), line);
    if (!created) return tl::unexpected(created.error());
    if (*created) return read(file_of(id));
    id = fmt::format("{}-{}", first, n);
  }
}

std::string IncidentBook::id_of(const std::string& system, Time time) {
  std::string minute = format_utc(floor_minute(time)).substr(0, 16);
  std::erase(minute, ':');
  return fmt::format("{}Z-{}", minute, system);
}

Result<Incident> IncidentBook::add(const std::string& id, const IncidentEvent& event) {
  auto incident = find(id);
  if (!incident) return tl::unexpected(incident.error());
  if (event.text.size() > kTextBytesMax)
    return fail(ErrorCode::kUsage, fmt::format("a text of more than {} bytes", kTextBytesMax));
  const bool after = event.kind == Kind::kFollowUp || event.kind == Kind::kFollowUpDone;
  if (event.kind == Kind::kFollowUpDone && follow_up(*incident, event.text) == nullptr)
    return fail(ErrorCode::kNotFound,
                fmt::format("{} has no follow-up {}", incident->id, printable_text(event.text, 40)), "",
                "`culprit incident followups` shows their numbers.");
  if (!incident->open() && event.kind != Kind::kNote && !after)
    return fail(ErrorCode::kUsage, fmt::format("{} is resolved", incident->id), "",
                "Notes can still be added; open a new incident if it is back.");
  if (auto done = append(file_of(incident->id), line_of(event)); !done) return tl::unexpected(done.error());
  return read(file_of(incident->id));
}

Result<std::vector<Incident>> IncidentBook::all() const {
  std::vector<Incident> out;
  std::error_code ec;
  if (!fs::exists(directory_, ec)) return out;
  for (const auto& entry : fs::directory_iterator(directory_, ec)) {
    if (entry.path().extension() != ".jsonl") continue;
    auto incident = read(entry.path());
    if (!incident) return tl::unexpected(incident.error());
    out.push_back(std::move(*incident));
  }
  if (ec) return tl::unexpected(storage_error("cannot read", directory_, ec.value()));
  std::ranges::sort(out, [](const Incident& a, const Incident& b) {
    return a.opened != b.opened ? a.opened > b.opened : a.id > b.id;
  });
  return out;
}

Result<Incident> IncidentBook::find(const std::string& id) const {
  auto known = all();
  if (!known) return tl::unexpected(known.error());
  std::vector<const Incident*> found;
  std::string names;
  for (const auto& incident : *known) {
    if (id.empty() ? incident.open() : incident.id == id) found.push_back(&incident);
    names += (names.empty() ? "" : ", ") + incident.id;
  }
  if (found.empty() && !id.empty())
    for (const auto& incident : *known)
      if (incident.id.find(id) != std::string::npos) found.push_back(&incident);
  if (found.size() == 1) return *found.front();
  if (found.empty())
    return fail(
        ErrorCode::kNotFound,
        id.empty() ? "no incident is open" : fmt::format("there is no incident '{}'", printable_text(id, 80)),
        directory_.string(),
        names.empty() ? "`culprit incident open` opens one." : "There are " + names + ".");
  return fail(ErrorCode::kUsage,
              id.empty() ? "several incidents are open" : "several incidents have that in their id",
              directory_.string(), "Name one of " + names + ".");
}

}  // namespace culprit
