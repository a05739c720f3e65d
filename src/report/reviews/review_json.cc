// schemas/review.schema.json: change both together.
#include <boost/json.hpp>
#include <cmath>

#include "base/printable.h"
#include "report/reviews/review_tellers.h"
#include "report/reviews/review_wording.h"

namespace culprit {

namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

constexpr int kSchemaVersion = 1;

value maybe(const std::optional<double>& v) { return v && std::isfinite(*v) ? value(*v) : value(nullptr); }
value maybe(const std::optional<Time>& t) { return t ? value(format_utc(*t)) : value(nullptr); }
std::string text(std::string_view s) { return printable(s); }

object window_json(const Window& w) { return {{"start", format_utc(w.start)}, {"end", format_utc(w.end)}}; }

value trend_json(const Review& review, const MetricReview& m) {
  if (!m.trend) return nullptr;
  const Trend& t = *m.trend;
  object out{{"per_day", t.per_day}, {"low", t.low},       {"high", t.high},
             {"level", t.level},     {"grows", t.grows()}, {"step", nullptr}};
  if (t.step)
    out["step"] = object{{"date", wording::date(day_of(review, t.step->day))},
                         {"size", t.step->size},
                         {"low", t.step->low},
                         {"high", t.step->high}};
  return out;
}

value forecasts_json(const MetricReview& m) {
  array out;
  if (m.trend)
    for (const std::size_t ahead : {7u, 30u, 90u}) {
      const Forecast f = forecast(*m.trend, ahead);
      out.push_back(object{{"in_days", ahead}, {"value", f.value}, {"low", f.low}, {"high", f.high}});
    }
  return out;
}

object reach_json(const Reach& r) {
  return {{"days", maybe(r.days)}, {"earliest", maybe(r.earliest)}, {"latest", maybe(r.latest)}};
}

value capacity_json(const MetricReview& m) {
  if (!m.capacity) return nullptr;
  object out{{"end", maybe(m.capacity->end)},
             {"end_is", m.capacity->end_is},
             {"reached", reach_json(m.capacity->reach_end)},
             {"resize", nullptr}};
  if (const auto& r = m.capacity->resize)
    out["resize"] = object{{"what", r->what},
                           {"assumes", r->assumes},
                           {"level", r->level},
                           {"end", maybe(r->end)},
                           {"limit_reached", reach_json(r->reach_high)},
                           {"end_reached", reach_json(r->reach_end)}};
  return out;
}

object metric_json(const Review& review, const MetricReview& m) {
  array daily;
  for (const double v : m.daily) daily.push_back(std::isnan(v) ? value(nullptr) : value(v));
  object o{{"id", m.id},
           {"title", text(m.title)},
           {"unit", m.unit},
           {"component", m.component},
           {"days_with_data", m.days_with_data},
           {"week", maybe(m.week)},
           {"weeks_before", maybe(m.weeks_before)},
           {"change_percent", maybe(m.change_percent)},
           {"moved", m.moved},
           {"worst", maybe(m.worst)},
           {"limit", maybe(m.limit)}};
  o["trend"] = trend_json(review, m);
  o["limit_in_days"] = maybe(m.reach.days);
  o["limit_in_days_earliest"] = maybe(m.reach.earliest);
  o["limit_in_days_latest"] = maybe(m.reach.latest);
  o["forecast_error_percent"] = m.error ? value(m.error->percent) : value(nullptr);
  o["forecast_days_inside"] = m.error ? value(m.error->inside) : value(nullptr);
  o["forecast_days_tested"] = m.error ? value(m.error->tested) : value(nullptr);
  o["forecast"] = forecasts_json(m);
  o["capacity"] = capacity_json(m);
  o["daily_is"] = m.daily_is;
  o["daily"] = std::move(daily);
  return o;
}

void add_activity(const Review& review, object& out) {
  array endpoints, statements, templates;
  for (const auto& e : review.endpoints)
    endpoints.push_back(object{{"endpoint", text(e.endpoint)},
                               {"requests", e.requests},
                               {"requests_before", e.requests_before},
                               {"errors", e.errors},
                               {"errors_before", e.errors_before},
                               {"timeouts", e.timeouts},
                               {"total_ms", e.total_ms},
                               {"p50_ms", e.p50_ms},
                               {"p95_ms", e.p95_ms},
                               {"max_ms", e.max_ms},
                               {"p95_before_ms", maybe(e.p95_before_ms)}});
  for (const auto& s : review.statements)
    statements.push_back(object{{"fingerprint", s.fingerprint},
                                {"sql", text(s.sql)},
                                {"calls", s.calls},
                                {"calls_before", s.calls_before},
                                {"timeouts", s.timeouts},
                                {"timeouts_before", s.timeouts_before},
                                {"lock_waits", s.lock_waits},
                                {"total_ms", s.total_ms},
                                {"p50_ms", s.p50_ms},
                                {"p95_ms", s.p95_ms},
                                {"max_ms", s.max_ms}});
  for (const auto& t : review.templates)
    templates.push_back(object{{"group", text(t.group)},
                               {"template", text(t.text)},
                               {"example", text(t.example)},
                               {"shift", t.shift},
                               {"count", t.count},
                               {"before", t.before},
                               {"first", format_utc(t.first)}});
  out["endpoints"] = std::move(endpoints);
  out["endpoints_in_all"] = review.endpoints_in_all;
  out["statements"] = std::move(statements);
  out["statements_in_all"] = review.statements_in_all;
  out["messages_compared"] = review.templates_compared;
  out["messages"] = std::move(templates);
  out["messages_in_all"] = review.templates_in_all;
}

void add_conduct(const Review& review, object& out) {
  array alarms, objectives, changes, incidents;
  for (const auto& a : review.alarms) {
    array fired;
    for (const Time t : a.fired) fired.emplace_back(format_utc(t));
    alarms.push_back(object{{"alarm", a.name},
                            {"title", text(a.title)},
                            {"row", a.row},
                            {"seen", a.seen},
                            {"fired", std::move(fired)},
                            {"in_alarm_s", a.in_alarm.count() / 1000}});
  }
  for (const auto& o : review.objectives)
    objectives.push_back(object{{"id", o.id},
                                {"title", text(o.title)},
                                {"target", o.target},
                                {"events", o.all},
                                {"bad", o.bad},
                                {"spent", maybe(o.spent())},
                                {"events_28_days", o.all_month},
                                {"bad_28_days", o.bad_month},
                                {"spent_28_days", maybe(o.spent_month())},
                                {"days_covered", o.days_month}});
  for (const auto& c : review.changes)
    changes.push_back(object{{"time", format_utc(c.time)},
                             {"component", c.component},
                             {"kind", c.kind},
                             {"text", text(c.text)},
                             {"times", c.times}});
  for (const auto& i : review.incidents)
    incidents.push_back(object{{"id", i.id},
                               {"severity", i.severity},
                               {"title", text(i.title)},
                               {"opened", format_utc(i.opened)},
                               {"acknowledged", maybe(i.acknowledged)},
                               {"resolved", maybe(i.resolved)}});
  out["alarms"] = std::move(alarms);
  out["objectives"] = std::move(objectives);
  out["changes"] = std::move(changes);
  out["changes_in_all"] = review.changes_in_all;
  out["incidents"] = review.has_book ? value(std::move(incidents)) : value(nullptr);
}

}  // namespace

std::string render_review_json(const Review& review) {
  const bool weekly = review.kind == Review::Kind::kWeekly;
  array metrics, without_data, not_seen;
  for (const auto& m : review.metrics) metrics.push_back(metric_json(review, m));
  for (const auto& title : review.without_data) without_data.emplace_back(text(title));
  for (const auto& what : review.not_seen) not_seen.emplace_back(text(what));
  object out{{"schema_version", kSchemaVersion},
             {"kind", weekly ? "weekly" : "monthly"},
             {"system", review.system},
             {"title", text(review.title)},
             {"zone", review.zone.name()},
             {"first", wording::date(std::chrono::sys_days{review.first})},
             {"last", wording::date(std::chrono::sys_days{review.last})},
             {"week", window_json(review.week)},
             {"before", window_json(review.before)},
             {"metrics", std::move(metrics)},
             {"without_data", std::move(without_data)},
             {"not_seen", std::move(not_seen)}};
  if (weekly) {
    add_activity(review, out);
    add_conduct(review, out);
  }
  return boost::json::serialize(out) + "\n";
}

}  // namespace culprit
