#include "watch/state_file.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <cmath>

#include "base/file.h"

namespace culprit {

namespace {

namespace json = boost::json;

constexpr std::int64_t kFormat = 1;
constexpr std::size_t kBytesMax = 64u << 20;

// Reading: what is missing or of another kind is not there; what must be there is asked for by need_….
const json::object* object_at(const json::object& o, std::string_view key) {
  const auto* v = o.if_contains(key);
  return v == nullptr ? nullptr : v->if_object();
}
const json::array& array_at(const json::object& o, std::string_view key) {
  static const json::array kNone;
  const auto* v = o.if_contains(key);
  return v != nullptr && v->is_array() ? v->get_array() : kNone;
}
std::string text_at(const json::object& o, std::string_view key) {
  const auto* v = o.if_contains(key);
  return v != nullptr && v->is_string() ? std::string(v->get_string()) : std::string();
}
std::int64_t number_at(const json::object& o, std::string_view key) {
  const auto* v = o.if_contains(key);
  return v != nullptr && v->is_int64() ? v->get_int64() : 0;
}
bool flag_at(const json::object& o, std::string_view key) {
  const auto* v = o.if_contains(key);
  return v != nullptr && v->is_bool() && v->get_bool();
}
std::optional<Time> time_at(const json::object& o, std::string_view key) {
  const auto time = parse_iso8601(text_at(o, key));
  return time ? std::optional(*time) : std::nullopt;
}
Duration duration_at(const json::object& o, std::string_view key) {
  constexpr std::int64_t kMost = 1'000'000'000'000;  // 30 years
  return Duration{std::clamp<std::int64_t>(number_at(o, key), 0, kMost)};
}

json::value text_of(const std::optional<Time>& time) {
  return time ? json::value(format_utc(*time)) : json::value(nullptr);
}

json::array list_of(const std::set<std::string>& texts) {
  json::array out;
  for (const auto& text : texts) out.emplace_back(text);
  return out;
}
std::set<std::string> texts_at(const json::object& o, std::string_view key) {
  std::set<std::string> out;
  for (const auto& item : array_at(o, key))
    if (item.is_string()) out.emplace(item.get_string());
  return out;
}

json::object object_of(const AlarmMemory& alarm) {
  return {{"state", to_string(alarm.state)},
          {"since", format_utc(alarm.since)},
          {"reason", alarm.reason},
          {"spent", alarm.spent}};
}
std::optional<AlarmMemory> read_alarm(const json::object& o) {
  const auto state = parse_alarm_state(text_at(o, "state"));
  const auto since = time_at(o, "since");
  if (!state || !since) return std::nullopt;
  return AlarmMemory{*state, *since, text_at(o, "reason"), flag_at(o, "spent")};
}

json::object object_of(const WatchedIncident& i) {
  json::object alarms;
  for (const auto& [name, time] : i.alarms) alarms[name] = format_utc(time);
  return {{"id", i.id},
          {"ours", i.ours},
          {"title", i.title},
          {"severity", i.severity},
          {"opened", format_utc(i.opened)},
          {"alarms", std::move(alarms)},
          {"unacknowledged_ms", i.unacknowledged.count()},
          {"acknowledged", i.acknowledged},
          {"quiet_since", text_of(i.quiet_since)},
          {"told", list_of(i.told)},
          {"updates", i.updates}};
}
std::optional<WatchedIncident> read_incident(const json::object& o) {
  WatchedIncident out;
  const auto opened = time_at(o, "opened");
  out.id = text_at(o, "id");
  if (!opened || out.id.empty()) return std::nullopt;
  out.opened = *opened;
  out.ours = flag_at(o, "ours");
  out.title = text_at(o, "title");
  out.severity = text_at(o, "severity");
  if (const auto* alarms = object_at(o, "alarms"))
    for (const auto& [name, value] : *alarms)
      if (const auto time = time_at(*alarms, name)) out.alarms[std::string(name)] = *time;
  out.unacknowledged = duration_at(o, "unacknowledged_ms");
  out.acknowledged = flag_at(o, "acknowledged");
  out.quiet_since = time_at(o, "quiet_since");
  out.told = texts_at(o, "told");
  out.updates = static_cast<int>(std::clamp<std::int64_t>(number_at(o, "updates"), 0, 1'000'000));
  return out;
}

json::object object_of(const Effect& e) {
  json::object out{
      {"kind", to_string(e.kind)}, {"incident", e.incident}, {"time", format_utc(e.time)}, {"text", e.text}};
  if (!e.severity.empty()) out["severity"] = e.severity;
  if (e.entry) out["entry"] = entry_text(*e.entry);
  if (e.window) {
    out["start"] = format_utc(e.window->start);
    out["end"] = format_utc(e.window->end);
  }
  return out;
}
std::optional<Effect> read_effect(const json::object& o) {
  Effect out;
  const auto kind = text_at(o, "kind");
  bool known = false;
  for (int k = 0; k <= static_cast<int>(Effect::Kind::kEvidence); ++k)
    if (kind == to_string(static_cast<Effect::Kind>(k))) {
      out.kind = static_cast<Effect::Kind>(k);
      known = true;
    }
  const auto time = time_at(o, "time");
  if (!known || !time) return std::nullopt;
  out.time = *time;
  out.incident = text_at(o, "incident");
  out.text = text_at(o, "text");
  out.severity = text_at(o, "severity");
  if (const auto start = time_at(o, "start"), end = time_at(o, "end"); start && end)
    out.window = Window{*start, *end};
  if (out.kind == Effect::Kind::kNotify) {
    auto entry = read_entry(text_at(o, "entry"));
    if (!entry) return std::nullopt;
    out.entry = std::move(*entry);
  }
  if (out.kind == Effect::Kind::kEvidence && !out.window) return std::nullopt;
  return out;
}

bool same_series(const RecordedMetrics::Point& a, const RecordedMetrics::Point& b) {
  return a.metric == b.metric && a.statistic == b.statistic && a.period == b.period &&
         a.from_log == b.from_log;
}

// Points of one series stand together.
json::array series_of(const std::vector<RecordedMetrics::Point>& points) {
  json::array out;
  for (std::size_t i = 0; i < points.size();) {
    const auto& first = points[i];
    json::array dimensions, values;
    for (const auto& d : first.metric.dimensions) dimensions.push_back(json::array{d.name, d.value});
    for (; i < points.size() && same_series(first, points[i]); ++i)
      if (std::isfinite(points[i].value))
        values.push_back(json::array{to_epoch_ms(points[i].time), points[i].value});
    out.push_back(json::object{{"namespace", first.metric.name_space},
                               {"name", first.metric.name},
                               {"dimensions", std::move(dimensions)},
                               {"statistic", first.statistic},
                               {"period_s", first.period.count()},
                               {"from_log", first.from_log},
                               {"points", std::move(values)}});
  }
  return out;
}
void read_series(const json::object& o, std::vector<RecordedMetrics::Point>& out) {
  RecordedMetrics::Point point;
  point.metric.name_space = text_at(o, "namespace");
  point.metric.name = text_at(o, "name");
  for (const auto& d : array_at(o, "dimensions"))
    if (d.is_array() && d.get_array().size() == 2 && d.get_array()[0].is_string() &&
        d.get_array()[1].is_string())
      point.metric.dimensions.push_back(
          {std::string(d.get_array()[0].get_string()), std::string(d.get_array()[1].get_string())});
  point.statistic = text_at(o, "statistic");
  point.period = std::chrono::seconds(std::clamp<std::int64_t>(number_at(o, "period_s"), 1, 86'400));
  point.from_log = flag_at(o, "from_log");
  for (const auto& p : array_at(o, "points")) {
    if (!p.is_array() || p.get_array().size() != 2) continue;
    json::error_code ec;
    const auto ms = p.get_array()[0].to_number<std::int64_t>(ec);
    if (ec) continue;
    point.value = p.get_array()[1].to_number<double>(ec);
    if (ec) continue;
    point.time = from_epoch_ms(ms);
    out.push_back(point);
  }
}

json::object object_of(const Moment& m) {
  return {{"wall", format_utc(m.wall)}, {"steady_ms", m.steady.count()}, {"boot", m.boot}};
}

Result<WatchState> damaged() { return fail(ErrorCode::kDamaged, "is no state of a watch of this version"); }

}  // namespace

std::string state_text(const WatchState& s) {
  json::object alarms;
  for (const auto& [name, memory] : s.alarms) alarms[name] = object_of(memory);
  json::array effects;
  for (const auto& effect : s.effects) effects.push_back(object_of(effect));
  json::object out{{"format", kFormat},
                   {"system", s.system},
                   {"evaluated", text_of(s.evaluated)},
                   {"before_jump", text_of(s.before_jump)},
                   {"messages", s.messages},
                   {"alarms", std::move(alarms)},
                   {"effects", std::move(effects)}};
  if (s.last) out["last"] = object_of(*s.last);
  if (s.incident) out["incident"] = object_of(*s.incident);
  if (s.outage)
    out["outage"] = json::object{{"since", format_utc(s.outage->since)},
                                 {"why", s.outage->why},
                                 {"unseen_ms", s.outage->unseen.count()},
                                 {"told", list_of(s.outage->told)}};
  out["metrics"] = series_of(s.metrics);
  return json::serialize(out) + "\n";
}

Result<WatchState> read_state(std::string_view text) {
  if (text.size() > kBytesMax) return damaged();
  json::error_code ec;
  const auto parsed = json::parse(text, ec);
  const auto* o = ec ? nullptr : parsed.if_object();
  if (o == nullptr || number_at(*o, "format") != kFormat) return damaged();
  WatchState out;
  out.system = text_at(*o, "system");
  out.evaluated = time_at(*o, "evaluated");
  out.before_jump = time_at(*o, "before_jump");
  out.messages = std::max<std::int64_t>(0, number_at(*o, "messages"));
  if (const auto* last = object_at(*o, "last"))
    if (const auto wall = time_at(*last, "wall"))
      out.last = Moment{*wall, duration_at(*last, "steady_ms"), text_at(*last, "boot")};
  if (const auto* alarms = object_at(*o, "alarms"))
    for (const auto& [name, value] : *alarms) {
      auto memory = value.is_object() ? read_alarm(value.get_object()) : std::nullopt;
      if (!memory) return damaged();
      out.alarms[std::string(name)] = std::move(*memory);
    }
  if (const auto* incident = object_at(*o, "incident")) {
    out.incident = read_incident(*incident);
    if (!out.incident) return damaged();
  }
  if (const auto* outage = object_at(*o, "outage"))
    if (const auto since = time_at(*outage, "since"))
      out.outage = Outage{*since, text_at(*outage, "why"), duration_at(*outage, "unseen_ms"),
                          texts_at(*outage, "told")};
  for (const auto& item : array_at(*o, "effects")) {
    auto effect = item.is_object() ? read_effect(item.get_object()) : std::nullopt;
    if (!effect) return damaged();  // a decision must not vanish
    out.effects.push_back(std::move(*effect));
  }
  for (const auto& item : array_at(*o, "metrics"))
    if (item.is_object()) read_series(item.get_object(), out.metrics);
  return out;
}

Result<WatchState> load_state(const std::filesystem::path& file) {
  const auto text = read_file(file);
  if (!text && text.error().code == ErrorCode::kNotFound) return WatchState{};
  if (!text) return tl::unexpected(text.error());
  auto state = read_state(*text);
  if (!state)
    return fail(state.error().code, state.error().what, file.string(),
                "Move it away to begin anew: open incidents of the book are then joined, and their alarms "
                "told again.");
  return state;
}

Result<void> save_state(const std::filesystem::path& file, const WatchState& state) {
  return write_file_atomically(file, state_text(state));
}

}  // namespace culprit
