#include "report/comparison_tellers.h"
#include "report/json_parts.h"

namespace culprit {

namespace {

void put_incident(JsonWriter& w, const ComparedIncident& i) {
  put(w, "name", i.name);
  put(w, "system", i.system);
  put(w, "window", std::optional(i.window));
  put(w, "verdict", to_string(i.verdict));
  put(w, "severity", i.severity);
  put(w, "cause", i.cause);
  put(w, "title", i.title);
  put(w, "confidence", i.confidence);
  put(w, "further_causes", i.further_causes);
  put(w, "onset", i.onset);
  put(w, "recovery", i.recovery);
  put(w, "order", i.order);
}

void put_signals(JsonWriter& w, std::string_view key, const std::vector<SignalAcross>& signals) {
  put_each(w, key, signals, [&](const SignalAcross& s) {
    put(w, "name", s.name);
    w.key("spreads");
    w.begin_array(true);
    for (const auto& value : s.spreads) value ? w.number(*value) : w.null();
    w.end_array();
    w.key("onset_s");
    w.begin_array(true);
    for (const auto& value : s.onset_s) value ? w.integer(*value) : w.null();
    w.end_array();
  });
}

}  // namespace

std::string render_comparison_json(const IncidentComparison& c) {
  JsonWriter w;
  w.begin_object();
  put(w, "schema_version", static_cast<std::uint64_t>(1));
  put_each(w, "incidents", c.incidents, [&](const ComparedIncident& i) { put_incident(w, i); });
  put_bool(w, "same_cause", c.same_cause);
  put_bool(w, "same_severity", c.same_severity);
  put_bool(w, "same_verdict", c.same_verdict);
  put_each(w, "pairs", c.pairs, [&](const IncidentPair& p) {
    put(w, "a", static_cast<std::uint64_t>(p.a + 1));
    put(w, "b", static_cast<std::uint64_t>(p.b + 1));
    put(w, "likeness", p.likeness);
    put_bool(w, "same_shape", p.same_shape);
    put(w, "same_order", p.same_order);
  });
  put_signals(w, "alike", c.alike);
  put_signals(w, "different", c.differ);
  w.end_object();
  return w.take();
}

}  // namespace culprit
