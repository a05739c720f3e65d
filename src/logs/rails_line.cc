#include "logs/rails_line.h"

#include "logs/json_fields.h"
#include "logs/number.h"
#include "logs/ruby_line.h"

namespace culprit {

namespace {

using Kind = RailsLine::Kind;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string_view before(std::string_view text, char stop) { return text.substr(0, text.find(stop)); }

std::string_view without_query(std::string_view path) { return path.substr(0, path.find_first_of("?#")); }

// An HTTP status; 0 when it is none.
int status_of(std::string_view text) {
  const double number = leading_number(text).value_or(0);
  return number >= 100 && number <= 599 ? static_cast<int>(number) : 0;
}

// Started GET "/api/v1/accounts/1/conversations?page=1" for 10.0.1.7 at 2025-08-21 23:00:00 +0000
bool parse_started(std::string_view body, RailsLine& out) {
  constexpr std::string_view kStarted = "Started ";
  if (!body.starts_with(kStarted)) return false;
  body.remove_prefix(kStarted.size());
  const auto method = before(body, ' ');
  const auto open = body.find('"');
  if (method.empty() || method.size() > 16 || open != method.size() + 1) return false;
  const auto close = body.find('"', open + 1);
  if (close == std::string_view::npos) return false;
  out.method = method;
  out.path = without_query(body.substr(open + 1, close - open - 1));
  const auto rest = body.substr(close + 1);
  if (rest.starts_with(" for ")) out.remote_ip = before(rest.substr(5), ' ');
  out.kind = Kind::kStarted;
  return true;
}

// Processing by Api::V1::Accounts::ConversationsController#index as JSON
bool parse_processing(std::string_view body, RailsLine& out) {
  constexpr std::string_view kProcessing = "Processing by ";
  if (!body.starts_with(kProcessing)) return false;
  const auto endpoint = before(body.substr(kProcessing.size()), ' ');
  if (endpoint.find('#') == std::string_view::npos) return false;
  out.endpoint = endpoint;
  out.kind = Kind::kProcessing;
  return true;
}

// "ActiveRecord: 14599.1ms" among the parts in parentheses.
std::optional<double> part_ms(std::string_view parts, std::string_view name) {
  const auto at = parts.find(name);
  return at == std::string_view::npos ? std::nullopt : leading_number(parts.substr(at + name.size()));
}

// Completed 500 Internal Server Error in 14999ms (Views: 0.2ms | ActiveRecord: 14599.1ms | Allocations:
// 492135)
bool parse_completed(std::string_view body, RailsLine& out) {
  constexpr std::string_view kCompleted = "Completed ";
  if (!body.starts_with(kCompleted)) return false;
  body.remove_prefix(kCompleted.size());
  const auto in = body.find(" in ");
  if (in == std::string_view::npos) return false;
  out.status = status_of(body.substr(0, in));
  const auto duration = leading_number(body.substr(in + 4));
  if (!duration) return false;
  out.duration_ms = duration;
  const auto open = body.find('(', in);
  if (open != std::string_view::npos) {
    out.database_ms = part_ms(body.substr(open), "ActiveRecord: ");
    out.view_ms = part_ms(body.substr(open), "Views: ");
  }
  out.kind = Kind::kCompleted;
  return true;
}

// source=rack-timeout id=… wait=12ms timeout=15000ms service=15001ms state=timed_out at=error
bool parse_rack_timeout(std::string_view body, RailsLine& out) {
  if (!body.starts_with("source=rack-timeout")) return false;
  const auto value = [&](std::string_view key) -> std::string_view {
    const auto at = body.find(key);
    return at == std::string_view::npos ? std::string_view{} : before(body.substr(at + key.size()), ' ');
  };
  const auto id = value(" id=");
  if (!id.empty()) out.id = id;
  const auto state = value(" state=");
  if (state != "timed_out" && state != "expired") {
    out.kind = out.id.empty() ? Kind::kNone : Kind::kOther;
    return true;
  }
  out.duration_ms = leading_number(value(" service="));
  if (out.duration_ms && value(" service=").find("ms") == std::string_view::npos)
    out.duration_ms = *out.duration_ms * 1000;
  out.kind = Kind::kRackTimeout;
  return true;
}

bool ends_like_error(std::string_view name) {
  for (const std::string_view end :
       {"Error", "Exception", "Timeout", "Canceled", "Exit", "Interrupt", "NotFound"})
    if (name.ends_with(end)) return true;
  return name.find("::") != std::string_view::npos;
}

bool parse_raised_line(std::string_view body, RailsLine& out) {
  const bool severe = out.level == "FATAL" || out.level == "ERROR";
  if (!severe && !out.level.empty()) return false;
  const auto raised = parse_raised(body);
  if (raised.class_name.empty() || (!severe && !ends_like_error(raised.class_name))) return false;
  out.error_class = raised.class_name;
  out.error_message = raised.message;
  out.kind = Kind::kRaised;
  return true;
}

// "ActiveRecord::QueryCanceled: PG::QueryCanceled: ERROR: …" as lograge writes it.
void set_lograge_error(RailsRequest& request, std::string_view text) {
  auto name = leading_class(text);
  if (name.empty()) return;
  request.error_class = name;
  auto rest = text.substr(name.size());
  while (!rest.empty() && (rest[0] == ':' || rest[0] == ' ' || rest[0] == '\'')) rest.remove_prefix(1);
  request.error_message = before(rest, '\n');
}

void set_lograge_field(RailsRequest& request, std::string& controller, std::string& action,
                       std::string_view key, std::string_view text) {
  if (key == "method") request.method = text;
  if (key == "path") request.path = without_query(text);
  if (key == "controller") controller = text;
  if (key == "action") action = text;
  if (key == "status") request.status = status_of(text);
  if (key == "duration") request.duration_ms = leading_number(text);
  if (key == "view") request.view_ms = leading_number(text);
  if (key == "db") request.database_ms = leading_number(text);
  if (key == "remote_ip" || key == "ip") request.remote_ip = text;
  if (key == "request_id" || key == "req_id") request.id = text;
  if (key == "error" || key == "exception") {
    if (text.starts_with('[')) {  // exception: ["Class", "message"]
      const auto open = text.find('"');
      if (open != std::string_view::npos) text = text.substr(open + 1);
    }
    set_lograge_error(request, text);
  }
  if (key == "exception_class" || key == "error_class") request.error_class = text;
}

void finish_lograge(RailsLine& out, const std::string& controller, const std::string& action) {
  auto& request = *out.lograge;
  if (!controller.empty() && !action.empty()) request.endpoint = controller + "#" + action;
  request.rack_timeout = is_rack_timeout(request.error_class);
  out.kind = Kind::kLograge;
}

bool parse_lograge_json(std::string_view body, RailsLine& out) {
  if (!body.starts_with('{')) return false;
  JsonMembers members(body);
  JsonMember member;
  RailsRequest request;
  std::string controller, action;
  bool method = false, path = false, status = false;
  for (int i = 0; i < 128 && members.next(member); ++i) {
    method |= member.key == "method";
    path |= member.key == "path";
    status |= member.key == "status";
    if (const auto plain = json_plain(member.value)) {
      set_lograge_field(request, controller, action, member.key, *plain);
    } else {
      set_lograge_field(request, controller, action, member.key, json_text(member.value, 4096));
    }
  }
  if (!method || !path || !status) return false;
  out.lograge = std::make_shared<RailsRequest>(std::move(request));
  finish_lograge(out, controller, action);
  return true;
}

// method=GET path=/x format=json controller=X action=y status=200 duration=12.30 error='Class: text' …
bool parse_lograge_text(std::string_view body, RailsLine& out) {
  if (!body.starts_with("method=") || body.find(" status=") == std::string_view::npos) return false;
  std::string controller, action;
  out.lograge = std::make_shared<RailsRequest>();
  for (std::size_t at = 0; at < body.size();) {
    const auto equals = body.find('=', at);
    if (equals == std::string_view::npos) break;
    const auto key = body.substr(at, equals - at);
    const char quote = equals + 1 < body.size() ? body[equals + 1] : '\0';
    const bool quoted = quote == '\'' || quote == '"';
    const auto begin = equals + 1 + (quoted ? 1 : 0);
    const auto end = std::min(body.find(quoted ? quote : ' ', begin), body.size());
    set_lograge_field(*out.lograge, controller, action, key,
                      body.substr(std::min(begin, body.size()), end - std::min(begin, end)));
    at = end + (quoted ? 2 : 1);
  }
  finish_lograge(out, controller, action);
  return true;
}

// A path's part that names a thing, not a kind of thing.
bool is_identifier(std::string_view part) {
  std::size_t digits = 0, letters = 0, other = 0;
  for (const char c : part) {
    digits += is_digit(c);
    letters += is_letter(c);
    other += !is_digit(c) && !is_letter(c);
  }
  if (digits == 0) return part.size() > 40;
  if (letters == 0 && other == 0) return true;
  return part.size() >= 16 && digits >= 2;  // uuids, signed ids, tokens; but not "v1" or "oauth2"
}

}  // namespace

bool is_rack_timeout(std::string_view class_name) { return class_name.starts_with("Rack::Timeout::"); }

std::string path_shape(std::string_view method, std::string_view path) {
  std::string out(method);
  if (!out.empty()) out += ' ';
  path = without_query(path).substr(0, 2048);
  for (std::size_t at = 0; at < path.size();) {
    const auto end = std::min(path.find('/', at), path.size());
    const auto part = path.substr(at, end - at);
    if (is_identifier(part)) {
      out += ":id";
    } else {
      out += part;
    }
    if (end < path.size()) out += '/';
    at = end + 1;
  }
  return out;
}

RailsLine parse_rails_line(std::string_view line) {
  RailsLine out;
  std::string_view body = line;
  if (const auto ruby = parse_ruby_line(line)) {
    out.level = ruby->level;
    out.pid = ruby->pid;
    body = ruby->body;
  }
  for (auto tag = take_tag(body); !tag.empty(); tag = take_tag(body)) {
    if (tag == "ActiveJob") {  // a job enqueued by the request: nothing about the request itself
      out.kind = out.id.empty() ? Kind::kNone : Kind::kOther;
      return out;
    }
    if (out.id.empty() && is_request_id(tag)) out.id = tag;
  }
  if (parse_started(body, out) || parse_processing(body, out) || parse_completed(body, out) ||
      parse_rack_timeout(body, out) || parse_lograge_json(body, out) || parse_lograge_text(body, out) ||
      parse_raised_line(body, out))
    return out;
  if (!out.id.empty()) out.kind = Kind::kOther;
  return out;
}

}  // namespace culprit
