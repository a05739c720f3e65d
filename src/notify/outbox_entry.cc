#include "notify/outbox_entry.h"

#include <fmt/format.h>

#include <boost/json.hpp>

namespace culprit {

namespace {

constexpr std::int64_t kFormat = 1;
constexpr std::size_t kBytesMax = 1 << 20;
constexpr std::size_t kAlarmsMax = 1'000;

std::string text_at(const boost::json::object& o, std::string_view key) {
  const auto* v = o.if_contains(key);
  return v != nullptr && v->is_string() ? std::string(v->get_string()) : std::string();
}

std::optional<std::int64_t> number_at(const boost::json::object& o, std::string_view key) {
  const auto* v = o.if_contains(key);
  return v != nullptr && v->is_int64() ? std::optional(v->get_int64()) : std::nullopt;
}

std::optional<Time> time_at(const boost::json::object& o, std::string_view key) {
  const auto time = parse_iso8601(text_at(o, key));
  return time ? std::optional(*time) : std::nullopt;
}

tl::unexpected<Error> damaged(std::string what) { return fail(ErrorCode::kDamaged, std::move(what)); }

Result<Notice> read_notice(const boost::json::object& o) {
  Notice out;
  const auto kind = parse_notice_kind(text_at(o, "kind"));
  const auto time = time_at(o, "time");
  if (!kind || !time) return damaged("its message has no kind or time");
  out.kind = *kind;
  out.time = *time;
  out.incident = text_at(o, "incident");
  out.system = text_at(o, "system");
  out.title = text_at(o, "title");
  out.severity = text_at(o, "severity");
  out.text = text_at(o, "text");
  if (const auto* alarms = o.if_contains("alarms"); alarms != nullptr && alarms->is_array())
    for (const auto& alarm : alarms->get_array())
      if (alarm.is_string() && out.alarms.size() < kAlarmsMax) out.alarms.emplace_back(alarm.get_string());
  return out;
}

}  // namespace

std::string entry_text(const OutboxEntry& e) {
  boost::json::array alarms;
  for (const auto& alarm : e.notice.alarms) alarms.emplace_back(alarm);
  boost::json::object out{{"format", kFormat},     {"key", e.key},       {"channel", e.channel},
                          {"who", e.who},          {"number", e.number}, {"created", format_utc(e.created)},
                          {"attempts", e.attempts}};
  if (e.last) out["last"] = format_utc(*e.last);
  if (e.next) out["next"] = format_utc(*e.next);
  if (!e.problem.empty()) out["problem"] = e.problem;
  out["notice"] = boost::json::object{
      {"kind", to_string(e.notice.kind)}, {"incident", e.notice.incident},    {"system", e.notice.system},
      {"title", e.notice.title},          {"severity", e.notice.severity},    {"text", e.notice.text},
      {"alarms", std::move(alarms)},      {"time", format_utc(e.notice.time)}};
  return boost::json::serialize(out) + "\n";
}

Result<OutboxEntry> read_entry(std::string_view text) {
  if (text.size() > kBytesMax) return damaged("is too large for a message");
  boost::json::error_code ec;
  boost::json::parse_options options;
  options.max_depth = 8;
  const auto parsed = boost::json::parse(text, ec, {}, options);
  const auto* o = ec ? nullptr : parsed.if_object();
  if (o == nullptr) return damaged("is no message of the outbox");
  const auto format = number_at(*o, "format");
  if (!format || *format != kFormat) return damaged("is no message of this version's outbox");
  const auto* body = o->if_contains("notice");
  if (body == nullptr || !body->is_object()) return damaged("holds no message");
  auto notice = read_notice(body->get_object());
  if (!notice) return tl::unexpected(notice.error());
  OutboxEntry out;
  out.notice = std::move(*notice);
  out.key = text_at(*o, "key");
  out.channel = text_at(*o, "channel");
  out.who = text_at(*o, "who");
  out.problem = text_at(*o, "problem");
  const auto created = time_at(*o, "created");
  if (out.key.empty() || out.channel.empty() || !created) return damaged("has no key, channel or time");
  out.created = *created;
  out.number = number_at(*o, "number").value_or(0);
  out.attempts =
      static_cast<int>(std::clamp<std::int64_t>(number_at(*o, "attempts").value_or(0), 0, 1'000'000));
  out.last = time_at(*o, "last");
  out.next = time_at(*o, "next");
  return out;
}

}  // namespace culprit
