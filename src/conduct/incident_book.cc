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

constexpr std::array<std::string_view, 6> kKinds = {"opened",   "acknowledged", "note",
                                                    "severity", "status-sent",  "resolved"};
constexpr std::size_t kTextBytesMax = 10'000;
constexpr std::size_t kFileBytesMax = 16 << 20;

std::string line_of(const IncidentEvent& event, const boost::json::object& more = {}) {
  boost::json::object out{{"time", format_utc(event.time)}, {"event", to_string(event.kind)}};
  if (!event.by.empty()) out["by"] = event.by;
  if (!event.text.empty()) out["text"] = event.text;
  for (const auto& [key, value] : more) out[key] = value;
  return boost::json::serialize(out) + "\n";
}

std::string text_at(const boost::json::object& o, std::string_view key) {
  const auto* v = o.if_contains(key);
  return v != nullptr && v->is_string() ? std::string(v->get_string()) : std::string();
}

// Appends under a lock and syncs: what was acknowledged on the terminal is on disk.
Result<void> append(const fs::path& file, std::string_view line, bool fresh) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | (fresh ? O_CREAT | O_EXCL : 0), 0600);
  if (fd < 0) return tl::unexpected(storage_error("cannot write", file, errno));
  const auto end = [&](int error) -> Result<void> {
    ::close(fd);
    if (error == 0) return {};
    return tl::unexpected(storage_error("cannot write", file, error));
  };
  if (::flock(fd, LOCK_EX) != 0) return end(errno);
  while (!line.empty()) {
    const auto n = ::write(fd, line.data(), line.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return end(errno);
    line.remove_prefix(static_cast<std::size_t>(n));
  }
  return ::fsync(fd) == 0 ? end(0) : end(errno);
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
    apply(out, {*time, static_cast<Kind>(kind - kKinds.begin()), text_at(*o, "by"), text_at(*o, "text")});
  }
  if (out.events.empty() || out.events.front().kind != Kind::kOpened)
    return fail(ErrorCode::kDamaged, "does not begin with an opened incident", file.string());
  return out;
}

Result<Incident> IncidentBook::open(const NewIncident& incident) {
  std::error_code ec;
  fs::create_directories(directory_, ec);
  if (ec) return tl::unexpected(storage_error("cannot create", directory_, ec.value()));
  const auto known = all();
  if (!known) return tl::unexpected(known.error());
  for (const auto& other : *known)
    if (other.open() && other.system == incident.system)
      return fail(
          ErrorCode::kUsage, fmt::format("{} is open already for {}", other.id, incident.system), "",
          fmt::format(
              "Add to it with `culprit incident note`, or resolve it first: culprit incident resolve {}",
              other.id));
  std::string minute = format_utc(floor_minute(incident.time)).substr(0, 16);
  std::erase(minute, ':');
  std::string id = fmt::format("{}Z-{}", minute, incident.system);
  for (int n = 2; fs::exists(file_of(id), ec); ++n) id = fmt::format("{}Z-{}-{}", minute, incident.system, n);
  const IncidentEvent event{incident.time, Kind::kOpened, incident.by, incident.title};
  const auto line = line_of(
      event, {{"system", incident.system}, {"severity", incident.severity}, {"capsule", incident.capsule}});
  if (auto done = append(file_of(id), line, true); !done) return tl::unexpected(done.error());
  return read(file_of(id));
}

Result<Incident> IncidentBook::add(const std::string& id, const IncidentEvent& event) {
  const auto incident = find(id);
  if (!incident) return tl::unexpected(incident.error());
  if (event.text.size() > kTextBytesMax)
    return fail(ErrorCode::kUsage, fmt::format("a text of more than {} bytes", kTextBytesMax));
  if (!incident->open() && event.kind != Kind::kNote)
    return fail(ErrorCode::kUsage, fmt::format("{} is resolved", incident->id), "",
                "Notes can still be added; open a new incident if it is back.");
  if (auto done = append(file_of(incident->id), line_of(event), false); !done)
    return tl::unexpected(done.error());
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
