#include "logs/json_line.h"

#include "logs/json_fields.h"
#include "logs/line_start.h"
#include "logs/number.h"
#include "logs/ruby_line.h"

namespace culprit {

namespace {

constexpr std::size_t kMessageBytesMax = 16 * 1024;
constexpr std::size_t kTextBytesMax = 2'048;
constexpr int kMembersMax = 256;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

// Keys are compared without case and without what parts words: responseTime, response_time, "response-time".
std::string plain_key(std::string_view key) {
  std::string out;
  for (const char c : key.substr(0, 64))
    if (c != '_' && c != '-' && c != '.' && c != '@' && c != ' ') out += lower(c);
  return out;
}

struct Unit {
  std::string_view name;
  double ms;
};
constexpr Unit kUnits[] = {
    {"milliseconds", 1},     {"millis", 1},         {"msecs", 1},  {"msec", 1},  {"ms", 1},
    {"microseconds", 0.001}, {"nanoseconds", 1e-6}, {"us", 0.001}, {"ns", 1e-6}, {"seconds", 1000},
    {"secs", 1000},          {"sec", 1000},         {"s", 1000},
};

struct DurationName {
  std::string_view name;
  double ms;  // what one of its plain numbers means
};
constexpr DurationName kDurations[] = {
    {"duration", 1},          {"latency", 1},         {"responsetime", 1},  {"took", 1},
    {"timetaken", 1},         {"requestduration", 1}, {"elapsed", 1000},    {"elapsedtime", 1000},
    {"processtime", 1000},    {"requesttime", 1000},  {"totalduration", 1}, {"totaltime", 1000},
    {"processingtime", 1000}, {"runtime", 1000},
};

// Milliseconds that one of the member's plain numbers means; nullopt when the key names no duration.
std::optional<double> duration_factor(std::string_view key, std::string_view as_written) {
  // "durations" is a plural, "duration_s" and "durationS" are seconds.
  const bool plural = as_written.ends_with('s') && as_written.size() > 1 &&
                      as_written[as_written.size() - 2] != '_' && as_written[as_written.size() - 2] != '-' &&
                      as_written[as_written.size() - 2] != '.';
  for (const auto& d : kDurations) {
    if (!key.starts_with(d.name)) continue;
    const auto unit = key.substr(d.name.size());
    if (unit.empty()) return d.ms;
    for (const auto& u : kUnits)
      if (unit == u.name && !(unit == "s" && plural)) return u.ms;
  }
  return std::nullopt;
}

std::optional<double> duration_ms(double factor, std::string_view raw) {
  const bool text = raw.size() >= 2 && raw.front() == '"';
  if (text) raw = raw.substr(1, raw.size() - 2);
  const auto value = leading_number(raw);
  if (!value || *value < 0) return std::nullopt;
  if (text) {
    auto unit = raw.substr(std::min(raw.find_first_not_of("0123456789.+-eE"), raw.size()));
    while (!unit.empty() && unit.front() == ' ') unit.remove_prefix(1);
    for (const auto& u : kUnits)
      if (unit == u.name) factor = u.ms;
  }
  const double ms = *value * factor;
  return ms <= 1e12 ? std::optional(ms) : std::nullopt;
}

// https://getpino.io levels; bunyan's are the same.
std::string level_of(std::string_view raw) {
  if (raw.size() >= 2 && raw.front() == '"') {
    std::string out = json_text(raw, 16);
    for (char& c : out) c = upper(c);
    if (out == "ERR") return "ERROR";
    if (out == "WARN") return "WARNING";
    return out;
  }
  const auto number = leading_number(raw);
  if (!number) return {};
  return *number >= 60   ? "FATAL"
         : *number >= 50 ? "ERROR"
         : *number >= 40 ? "WARNING"
         : *number >= 30 ? "INFO"
                         : "DEBUG";
}

std::string path_of(std::string_view raw) {
  std::string out = json_text(raw, kTextBytesMax);
  if (const auto scheme = out.find("://"); scheme != std::string::npos && scheme < 8) {
    const auto slash = out.find('/', scheme + 3);
    out = slash == std::string::npos ? "/" : out.substr(slash);
  }
  out.resize(std::min(out.find_first_of("?#"), out.size()));
  return out;
}

bool is_one_of(std::string_view key, std::initializer_list<std::string_view> names) {
  for (const auto name : names)
    if (key == name) return true;
  return false;
}

// A class in front of a message: "httpx.ReadTimeout: timed out", "OpenAI::TimeoutError (…)".
std::string_view class_in(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && end < 200 &&
         ((lower(text[end]) >= 'a' && lower(text[end]) <= 'z') || (text[end] >= '0' && text[end] <= '9') ||
          text[end] == '_' || text[end] == '.' || text[end] == ':'))
    ++end;
  auto name = text.substr(0, end);
  while (!name.empty() && (name.back() == ':' || name.back() == '.')) name.remove_suffix(1);
  const bool like_class = name.ends_with("Error") || name.ends_with("Exception") ||
                          name.ends_with("Timeout") || name.ends_with("Failure") ||
                          name.find("::") != std::string_view::npos;
  return like_class ? name : std::string_view{};
}

void read_error(std::string_view raw, JsonLine& out) {
  if (raw.empty() || raw == "null" || raw == "false") return;
  if (raw.front() == '{') {
    JsonMembers members(raw);
    JsonMember member;
    for (int i = 0; i < 32 && members.next(member); ++i) {
      const auto key = plain_key(member.key);
      if (is_one_of(key, {"class", "type", "name", "kind"}) && out.error_class.empty() && member.is_string())
        out.error_class = json_text(member.value, kTextBytesMax);
      if (is_one_of(key, {"message", "msg"}) && out.error_message.empty() && member.is_string())
        out.error_message = json_text(member.value, kTextBytesMax);
    }
    return;
  }
  if (raw.front() != '"') return;
  const std::string text = json_text(raw, kTextBytesMax);
  const auto name = class_in(text);
  if (out.error_class.empty()) out.error_class = name;
  if (out.error_message.empty()) {
    auto rest = std::string_view(text).substr(name.size());
    while (rest.starts_with(':') || rest.starts_with(' ')) rest.remove_prefix(1);
    out.error_message = rest.substr(0, rest.find('\n'));
  }
}

void read_member(const JsonMember& member, JsonLine& out) {
  const auto key = plain_key(member.key);
  const auto value = member.value;
  if (const auto factor = duration_factor(key, member.key)) {
    if (!out.duration_ms) out.duration_ms = duration_ms(*factor, value);
  } else if (is_one_of(key, {"level", "lvl", "severity", "loglevel", "levelname", "severitytext"})) {
    if (out.level.empty()) out.level = level_of(value);
  } else if (is_one_of(key, {"message", "msg", "event", "text"})) {
    if (out.message.empty() && member.is_string()) out.message = json_text(value, kMessageBytesMax);
  } else if (is_one_of(key,
                       {"status", "statuscode", "httpstatus", "responsecode", "responsestatus", "code"})) {
    const auto number = json_number(value);
    if (!out.status && number && *number >= 100 && *number <= 599) out.status = static_cast<int>(*number);
  } else if (is_one_of(key, {"path", "endpoint", "url", "uri", "route", "requestpath", "requesturi",
                             "requesturl"})) {
    if (out.path.empty() && member.is_string()) out.path = path_of(value);
  } else if (is_one_of(key, {"method", "httpmethod", "verb", "requestmethod"})) {
    if (out.method.empty() && member.is_string()) out.method = json_text(value, 16);
  } else if (is_one_of(key, {"requestid", "reqid", "xrequestid", "traceid", "correlationid"})) {
    if (out.request_id.empty() && member.is_string()) out.request_id = json_text(value, 128);
  } else if (is_one_of(key, {"errorclass", "errortype", "exceptionclass", "exceptiontype", "errorname"})) {
    if (member.is_string()) out.error_class = json_text(value, kTextBytesMax);
  } else if (is_one_of(key, {"error", "exception", "err", "excinfo", "errormessage"})) {
    read_error(value, out);
  } else if (is_one_of(key, {"http", "request", "req", "response", "res"}) && member.is_object()) {
    // One level down, as pino and OpenTelemetry's bridges nest them.
    JsonMembers inner(value);
    JsonMember nested;
    for (int i = 0; i < 32 && inner.next(nested); ++i)
      if (!nested.is_object()) read_member(nested, out);
  }
}

}  // namespace

std::optional<JsonLine> parse_json_line(std::string_view event) {
  JsonLine out;
  JsonMembers members(event);
  JsonMember member;
  for (int i = 0; members.next(member); ++i)
    if (i < kMembersMax) read_member(member, out);
  if (!members.complete()) return std::nullopt;
  if (event.find_first_not_of(" \t\r\n", members.size()) != std::string_view::npos) return std::nullopt;
  if (const auto time = json_time(event)) out.time = time->time;
  if (out.error_class.empty() && (out.level == "ERROR" || out.level == "FATAL" || out.level == "CRITICAL"))
    out.error_class = class_in(out.message);
  return out;
}

}  // namespace culprit
