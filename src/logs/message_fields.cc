#include "logs/message_fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "logs/json_fields.h"
#include "logs/postgres_line.h"
#include "logs/rails_line.h"

namespace culprit {

namespace {

using Value = std::optional<std::string>;

Value json_value(std::string_view document, const std::string& name, const JsonSelector& selector) {
  Value out;
  const auto take = [&](std::string_view raw) {
    if (raw != "null") out = json_text(raw);
    return true;
  };
  // A member whose own name holds dots, or is a number, goes before the path.
  if (select_json(document, {{JsonStep::Kind::kName, name, 0}}, take)) return out;
  select_json(document, selector, take);
  return out;
}

// The text behind the first `name=`, up to a blank; of one in quotes, what stands between them.
Value pair_value(std::string_view message, std::string_view name) {
  for (std::size_t at = 0; (at = message.find(name, at)) != message.npos; ++at) {
    const std::size_t behind = at + name.size();
    const bool begins =
        at == 0 || message[at - 1] == ' ' || message[at - 1] == '\t' || message[at - 1] == ',';
    if (!begins || behind >= message.size() || message[behind] != '=') continue;
    const std::string_view rest = message.substr(behind + 1);
    if (rest.starts_with('"')) {
      const auto quote = rest.find('"', 1);
      if (quote != rest.npos) return std::string(rest.substr(1, quote - 1));
    }
    return std::string(rest.substr(0, rest.find_first_of(" \t\r\n,")));
  }
  return std::nullopt;
}

Value text(std::string_view value) { return value.empty() ? std::nullopt : Value(std::string(value)); }
Value number(const std::optional<double>& value) {
  return value ? Value(fmt::format("{}", *value)) : std::nullopt;
}

Value rails_value(const RailsLine& line, std::string_view name) {
  if (name == "level") return text(line.level);
  if (name == "request_id") return text(line.id);
  if (name == "pid") return line.pid > 0 ? Value(std::to_string(line.pid)) : std::nullopt;
  if (name == "method") return text(line.method);
  if (name == "path") return text(line.path);
  if (name == "remote_ip") return text(line.remote_ip);
  if (name == "endpoint") return text(line.endpoint);
  if (name == "status") return line.status > 0 ? Value(std::to_string(line.status)) : std::nullopt;
  if (name == "duration") return number(line.duration_ms);
  if (name == "db") return number(line.database_ms);
  if (name == "view") return number(line.view_ms);
  if (name == "error_class") return text(line.error_class);
  if (name == "error_message") return text(line.error_message);
  return std::nullopt;
}

// "duration: 1523.221 ms …", the statement's time.
Value statement_duration(std::string_view body) {
  constexpr std::string_view kDuration = "duration: ";
  if (!body.starts_with(kDuration)) return std::nullopt;
  body.remove_prefix(kDuration.size());
  const auto end = body.find(" ms");
  return end == body.npos ? std::nullopt : Value(std::string(body.substr(0, end)));
}

Value postgres_value(const PostgresLine& line, std::string_view name) {
  if (name == "level") return text(line.level);
  if (name == "remote") return text(line.remote);
  if (name == "user") return text(line.user);
  if (name == "database") return text(line.database);
  if (name == "application") return text(line.application);
  if (name == "pid") return text(line.pid_text);
  if (name == "duration") return statement_duration(line.body);
  if (name == "message") return text(line.body);
  return std::nullopt;
}

}  // namespace

MessageFields::MessageFields(std::vector<std::string> names) : names_(std::move(names)) {
  for (const auto& name : names_) selectors_.push_back(dotted_selector(name));
}

std::vector<Value> MessageFields::of(std::string_view message) const {
  std::vector<Value> out(names_.size());
  if (is_json_document(message)) {
    for (std::size_t i = 0; i < names_.size(); ++i) out[i] = json_value(message, names_[i], selectors_[i]);
    return out;
  }
  const std::string_view line = message.substr(0, message.find('\n'));
  const auto postgres = parse_postgres_line(line);
  const auto rails = postgres ? RailsLine{} : parse_rails_line(line);
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (postgres) out[i] = postgres_value(*postgres, names_[i]);
    if (rails.kind != RailsLine::Kind::kNone) out[i] = rails_value(rails, names_[i]);
    if (!out[i]) out[i] = pair_value(message, names_[i]);
  }
  return out;
}

}  // namespace culprit
