#include "logs/line_start.h"

#include "logs/json_fields.h"
#include "logs/postgres_record.h"
#include "logs/ruby_line.h"

namespace culprit {

namespace {

// Members that hold an event's time, as common loggers name them.
constexpr std::string_view kTimeFields[] = {
    "ts", "time",      "timestamp",  "@timestamp", "datetime",   "date",      "asctime",
    "t",  "eventTime", "event_time", "Timestamp",  "created_at", "logged_at", "timeMillis"};

bool is_time_field(std::string_view key) {
  for (const auto field : kTimeFields)
    if (field == key) return true;
  return false;
}

std::optional<JsonTime> time_of_member(const JsonMember& member) {
  if (member.is_string()) {
    const auto text = member.value.substr(1, member.value.size() - 2);
    const auto stamp = parse_stamp(text, Time{});
    if (stamp && stamp->size >= 10) return JsonTime{stamp->time, member.key, stamp->zone_given};
    return std::nullopt;
  }
  const auto number = json_number(member.value);
  const auto time = number ? time_of_epoch(*number) : std::nullopt;
  if (!time) return std::nullopt;
  return JsonTime{*time, member.key, true};
}

// What the members of a JSON line tell of its writer.
struct JsonKind {
  LogFormat format = LogFormat::kUnknown;
  std::optional<JsonTime> time;
};

JsonKind json_kind(std::string_view line) {
  JsonKind out;
  JsonMembers members(line);
  JsonMember member;
  bool any = false, method = false, path = false, status = false, lvl = false, msg = false, tid = false;
  bool severity = false, stamp = false;
  bool rails = false;  // members that only lograge writes beside them
  for (int i = 0; i < 64 && members.next(member); ++i) {
    any = true;
    if (!out.time && is_time_field(member.key)) out.time = time_of_member(member);
    method |= member.key == "method";
    path |= member.key == "path";
    status |= member.key == "status";
    rails |= member.key == "controller" || member.key == "action" || member.key == "format";
    severity |= member.key == "error_severity";
    stamp |= member.key == "timestamp";
    lvl |= member.key == "lvl";
    msg |= member.key == "msg";
    tid |= member.key == "tid" || member.key == "pid";
  }
  if (!any) return out;
  if (severity && stamp && is_postgres_json(line)) {
    out.format = LogFormat::kPostgresJson;
    return out;
  }
  out.format = lvl && msg && tid                   ? LogFormat::kSidekiqJson
               : method && path && status && rails ? LogFormat::kLograge
                                                   : LogFormat::kJson;
  return out;
}

bool is_lograge_text(std::string_view body) {
  return body.starts_with("method=") && body.find(" path=") != std::string_view::npos &&
         body.find(" status=") != std::string_view::npos;
}

std::string_view without_tags(std::string_view body) {
  while (!take_tag(body).empty()) {
  }
  return body;
}

// "pid=1 tid=abc …" (Sidekiq 6 and later), "1 TID-abc …" (before), right after the time.
bool is_sidekiq_rest(std::string_view rest) {
  const auto head = rest.substr(0, 64);
  if (head.starts_with("pid=")) return head.find(" tid=") != std::string_view::npos;
  const auto tid = head.find(" TID-");
  return tid != std::string_view::npos && tid > 0 && head.find_first_not_of("0123456789") == tid;
}

// Sidekiq's console formatter may put the level, even coloured, before the time.
std::string_view after_level_word(std::string_view line) {
  std::string_view rest = line;
  if (rest.starts_with("\x1b[")) {
    const auto m = rest.substr(0, 12).find('m');
    if (m == std::string_view::npos) return line;
    rest.remove_prefix(m + 1);
  }
  for (const std::string_view word : {"DEBUG", "INFO", "WARN", "ERROR", "FATAL"}) {
    if (!rest.starts_with(word)) continue;
    rest.remove_prefix(word.size());
    while (!rest.empty() && (rest[0] == ' ' || rest[0] == '\x1b')) {
      const auto skip = rest[0] == ' ' ? 1 : std::min(rest.substr(0, 12).find('m'), std::size_t{11}) + 1;
      rest.remove_prefix(std::min(skip, rest.size()));
    }
    return rest;
  }
  return line;
}

void set_stamp(LineStart& out, const Stamp& stamp) {
  out.time = stamp.time;
  out.zone_given = stamp.zone_given;
  out.unknown_zone = stamp.unknown_zone;
}

}  // namespace

std::optional<JsonTime> json_time(std::string_view line) {
  JsonMembers members(line);
  JsonMember member;
  for (int i = 0; i < 64 && members.next(member); ++i)
    if (is_time_field(member.key))
      if (const auto time = time_of_member(member)) return time;
  return std::nullopt;
}

bool is_bare_rails_line(std::string_view line) {
  const auto body = without_tags(line);
  return body.starts_with("Started ") || body.starts_with("Processing by ") ||
         body.starts_with("Completed ") || is_lograge_text(body);
}

LineStart recognise_line(std::string_view line, Time year_hint) {
  LineStart out;
  if (line.empty() || line[0] == ' ' || line[0] == '\t') return out;
  if (line[0] == '{') {
    const auto kind = json_kind(line);
    out.format = kind.format;
    if (kind.time) {
      out.time = kind.time->time;
      out.time_field = kind.time->field;
      out.zone_given = kind.time->zone_given;
    }
    return out;
  }
  if (const auto ruby = parse_ruby_line(line)) {
    const auto body = without_tags(ruby->body);
    const bool lograge =
        is_lograge_text(body) || (body.starts_with('{') && json_kind(body).format == LogFormat::kLograge);
    out.format = lograge ? LogFormat::kLograge : LogFormat::kRails;
    out.time = ruby->time;
    return out;
  }
  if (const auto csv = postgres_csv_start(line, year_hint)) {
    out.format = LogFormat::kPostgresCsv;
    set_stamp(out, csv->stamp);
    return out;
  }
  if (auto postgres = parse_postgres_line(line, year_hint)) {
    out.format = LogFormat::kPostgres;
    if (postgres->stamp) set_stamp(out, postgres->stamp->stamp);
    out.postgres = postgres;
    return out;
  }
  const auto rest = after_level_word(line);
  if (const auto stamp = parse_stamp(rest, year_hint)) {
    set_stamp(out, *stamp);
    const auto behind = rest.substr(std::min(stamp->size + 1, rest.size()));
    out.format = is_sidekiq_rest(behind) ? LogFormat::kSidekiqText : LogFormat::kTimestamped;
    return out;
  }
  if (is_bare_rails_line(line)) {
    const auto body = without_tags(line);
    out.format = body.starts_with("method=") ? LogFormat::kLograge : LogFormat::kRails;
    if (const auto at = body.rfind(" at "); body.starts_with("Started ") && at != std::string_view::npos)
      if (const auto stamp = parse_stamp(body.substr(at + 4), year_hint)) set_stamp(out, *stamp);
    return out;
  }
  if (const auto placed = find_stamp(line, year_hint)) {
    out.format = LogFormat::kTimestamped;
    set_stamp(out, placed->stamp);
  }
  return out;
}

std::optional<CloudWatchPrefix> cloudwatch_prefix(std::string_view line) {
  if (line.size() < 20 || line[4] != '-' || line[10] != 'T') return std::nullopt;
  const auto stamp = parse_stamp(line, Time{});
  if (!stamp || !stamp->iso_t) return std::nullopt;
  if (stamp->size < line.size() && line[stamp->size] != ' ') return std::nullopt;
  CloudWatchPrefix out{stamp->time, std::min(stamp->size + 1, line.size()), 0};
  // Stream names hold a '/' ("ecs/web/0f3a…"), a digit or a '-' ("chatscomm-db-prod.0").
  const auto space = line.substr(0, 600).find(' ', out.size);
  if (space != std::string_view::npos && space > out.size) {
    const auto name = line.substr(out.size, space - out.size);
    if (name.find_first_of("/-.") != std::string_view::npos &&
        name.find_first_of("{}[]\"=()") == std::string_view::npos)
      out.stream_size = space + 1;
  }
  return out;
}

}  // namespace culprit
