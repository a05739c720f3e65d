#include "report/json_parts.h"

namespace culprit {

namespace {

void put_signals(JsonWriter& w, std::string_view key, const std::vector<LikeCase::Signal>& signals) {
  put_each(w, key, signals, [&](const LikeCase::Signal& s) {
    put(w, "name", s.name);
    put(w, "title", s.title);
    put(w, "now", s.now);
    put(w, "then", s.then);
  });
}

}  // namespace

void put_seen_before(JsonWriter& w, const SeenBefore& seen) {
  w.key("seen_before");
  w.begin_object();
  put(w, "cases", seen.cases);
  put(w, "digest", seen.digest);
  put(w, "unreadable", seen.unreadable);
  put(w, "nearest", seen.nearest);
  put_each(w, "alike", seen.alike, [&](const LikeCase& c) {
    put(w, "id", c.id);
    put(w, "digest", c.digest);
    put(w, "system", c.system);
    put(w, "cause", c.cause);
    put(w, "hypothesis", c.hypothesis);
    put(w, "severity", c.severity);
    put(w, "window", std::optional(c.window));
    put(w, "onset", c.onset);
    put_bool(w, "same_incident", c.same_incident);
    put(w, "likeness", c.likeness);
    put(w, "same_order", c.same_order);
    put_signals(w, "agree", c.agree);
    put_signals(w, "differ", c.differ);
  });
  w.end_object();
}

}  // namespace culprit
