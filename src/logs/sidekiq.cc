#include "logs/sidekiq.h"

#include "logs/active_job.h"
#include "logs/json_fields.h"
#include "logs/line_start.h"
#include "logs/number.h"
#include "logs/ruby_line.h"
#include "logs/timestamp.h"

namespace culprit {

namespace {

using Event = SidekiqEntry::Event;

constexpr std::size_t kTextBytesMax = 2'048;

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, std::min(text.find('\n'), kTextBytesMax)));
}

// "Net::ReadTimeout: message": Sidekiq's error handler writes class and message so.
void note_error(SidekiqEntry& entry) {
  if (!entry.error_class.empty()) return;
  std::string_view text = entry.message;
  if (text.starts_with("fail: ")) text.remove_prefix(6);
  const auto name = leading_class(text);
  const auto rest = text.substr(name.size());
  const bool severe = entry.level == "WARN" || entry.level == "ERROR" || entry.level == "FATAL";
  const bool like_class = name.find("::") != std::string_view::npos || name.ends_with("Error") ||
                          name.ends_with("Exception") || name.ends_with("Timeout") ||
                          name.ends_with("Shutdown");
  if (severe && like_class && (rest.empty() || rest.starts_with(": ") || rest.starts_with(" (")))
    entry.error_class = name;
}

// "start", "done", "fail", with the time behind it in older releases ("done: 1.234 sec").
void note_event(SidekiqEntry& entry) {
  const std::string_view text = entry.message;
  const auto is = [text](std::string_view word) {
    return text == word || (text.starts_with(word) && text.substr(word.size()).starts_with(": "));
  };
  if (text == "start") entry.event = Event::kStart;
  if (is("done")) entry.event = Event::kDone;
  if (is("fail")) entry.event = Event::kFail;
  if (entry.event != Event::kDone && entry.event != Event::kFail) return;
  const auto colon = text.find(": ");
  if (!entry.elapsed_s && colon != std::string_view::npos && text.ends_with(" sec"))
    entry.elapsed_s = leading_number(text.substr(colon + 2));
}

void set_text(std::string& out, std::string_view raw) {
  if (raw.size() >= 2 && raw.front() == '"') out = json_text(raw, kTextBytesMax);
}

std::optional<double> bounded_number(std::string_view raw) {
  if (raw.size() >= 2 && raw.front() == '"') raw = raw.substr(1, raw.size() - 2);
  return leading_number(raw);
}

// The job hash as Sidekiq stores it.
void read_job(std::string_view job, SidekiqEntry& entry) {
  JsonMembers members(job);
  JsonMember member;
  std::string name, wrapped, shown;
  while (members.next(member)) {
    if (member.key == "class") set_text(name, member.value);
    if (member.key == "wrapped") set_text(wrapped, member.value);
    if (member.key == "display_class") set_text(shown, member.value);
    if (member.key == "jid") set_text(entry.jid, member.value);
    if (member.key == "queue") set_text(entry.queue, member.value);
    if (member.key == "error_class") set_text(entry.error_class, member.value);
  }
  const auto& best = !shown.empty() ? shown : !wrapped.empty() ? wrapped : name;
  if (!best.empty()) entry.job_class = best;
}

// The "ctx" of a line: what the job logger knows of the running job.
void read_context(std::string_view context, SidekiqEntry& entry) {
  JsonMembers members(context);
  JsonMember member;
  std::string name, wrapped;
  while (members.next(member)) {
    if (member.key == "class") set_text(name, member.value);
    if (member.key == "wrapped") set_text(wrapped, member.value);
    if (member.key == "jid") set_text(entry.jid, member.value);
    if (member.key == "queue") set_text(entry.queue, member.value);
    if (member.key == "elapsed") entry.elapsed_s = bounded_number(member.value);
    if (member.key == "latency") entry.latency_s = bounded_number(member.value);
  }
  const auto& best = wrapped.empty() ? name : wrapped;
  if (!best.empty()) entry.job_class = best;
}

// The report of an exception: {"context":"Job raised exception","job":{…}} as JSON text.
bool read_exception_report(std::string_view message, SidekiqEntry& entry) {
  if (!message.starts_with('{')) return false;
  const auto context = json_member(message, "context");
  if (context.empty()) return false;
  entry.message = json_text(context, kTextBytesMax);
  if (const auto job = json_member(message, "job"); !job.empty()) read_job(job, entry);
  if (entry.message == "Job raised exception") {
    entry.event = Event::kFail;
    entry.teller = SidekiqEntry::Teller::kErrorReport;
  }
  return true;
}

std::optional<SidekiqEntry> parse_json(std::string_view event) {
  SidekiqEntry entry;
  JsonMembers members(event);
  JsonMember member;
  std::string message;
  bool lvl = false, msg = false, origin = false;
  while (members.next(member)) {
    if (member.key == "lvl") {
      set_text(entry.level, member.value);
      lvl = true;
    } else if (member.key == "msg") {
      message = json_text(member.value);
      msg = true;
    } else if (member.key == "ctx") {
      read_context(member.value, entry);
    } else if (member.key == "tid" || member.key == "pid") {
      origin = true;
    }
  }
  // A line cut in its message still tells level and thread.
  if (!lvl || !(msg || !members.complete()) || !origin) return std::nullopt;
  if (read_exception_report(message, entry)) return entry;
  entry.message = first_line(message);
  const auto time = json_time(event);
  if (!parse_active_job(entry.message, time ? std::optional(time->time) : std::nullopt, entry))
    note_event(entry);
  note_error(entry);
  return entry;
}

std::string_view value_of(std::string_view text, std::string_view key) {
  const auto at = text.find(key);
  if (at == std::string_view::npos) return {};
  const auto value = text.substr(at + key.size());
  return value.substr(0, value.find(' '));
}

// "2025-08-21T23:00:00.123Z pid=1 tid=abc class=X jid=Y elapsed=1.2 INFO: done", and before Sidekiq 6
// "2025-08-21T23:00:00.123Z 1 TID-abc X JID-Y INFO: done: 1.2 sec".
std::optional<SidekiqEntry> parse_text(std::string_view event) {
  const auto line = event.substr(0, event.find('\n'));
  if (recognise_line(line, Time{}).format != LogFormat::kSidekiqText) return std::nullopt;
  SidekiqEntry entry;
  std::size_t level_at = std::string_view::npos;
  for (const std::string_view level : {"DEBUG", "INFO", "WARN", "ERROR", "FATAL"}) {
    const auto at = line.find(" " + std::string(level) + ": ");
    if (at >= level_at) continue;
    level_at = at;
    entry.level = level;
  }
  if (level_at == std::string_view::npos) {
    // The level may stand before the time, the message behind the first ": ".
    entry.level = line.substr(0, line.find(' '));
    level_at = line.find(": ", 24);
    if (level_at == std::string_view::npos) return std::nullopt;
  }
  const auto head = line.substr(0, level_at);
  const auto message = event.substr(event.find(": ", level_at) + 2);
  entry.job_class = value_of(head, " class=");
  entry.jid = value_of(head, " jid=");
  entry.queue = value_of(head, " queue=");
  if (const auto elapsed = value_of(head, " elapsed="); !elapsed.empty())
    entry.elapsed_s = leading_number(elapsed);
  if (entry.jid.empty()) {
    entry.jid = value_of(head, " JID-");
    if (const auto tid = head.find(" TID-"); tid != std::string_view::npos && !entry.jid.empty()) {
      const auto space = head.find(' ', tid + 1);
      if (space != std::string_view::npos) entry.job_class = leading_class(head.substr(space + 1));
    }
  }
  if (read_exception_report(message, entry)) return entry;
  entry.message = first_line(message);
  const auto stamp = find_stamp(line, Time{});
  if (!parse_active_job(entry.message, stamp ? std::optional(stamp->stamp.time) : std::nullopt, entry))
    note_event(entry);
  note_error(entry);
  return entry;
}

// ActiveJob through Rails' own logger.
std::optional<SidekiqEntry> parse_ruby(std::string_view event) {
  SidekiqEntry entry;
  const auto ruby = parse_ruby_line(event);
  const auto body = ruby ? ruby->body : event;
  if (ruby) entry.level = ruby->level;
  if (!parse_active_job(body, ruby ? std::optional(ruby->time) : std::nullopt, entry)) return std::nullopt;
  return entry;
}

}  // namespace

bool JobTellings::is_new(const SidekiqEntry& entry) {
  constexpr std::size_t kClassesMax = 10'000;
  if (entry.event == Event::kOther) return false;
  const auto key = std::pair(entry.job_class, entry.event);
  if (told_.size() >= kClassesMax && !told_.contains(key)) return true;
  auto& by_teller = told_[key];
  const auto most = *std::max_element(by_teller.begin(), by_teller.end());
  return ++by_teller[static_cast<std::size_t>(entry.teller)] > most;
}

std::optional<SidekiqEntry> parse_sidekiq(std::string_view event) {
  if (event.empty()) return std::nullopt;
  if (event.front() == '{') return parse_json(event);
  if (auto entry = parse_text(event)) return entry;
  return parse_ruby(event);
}

}  // namespace culprit
