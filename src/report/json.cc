// The exact form of findings. schemas/findings.schema.json describes it; change both together.
#include "report/json_parts.h"
#include "report/report.h"

namespace culprit {

namespace {

void put_gap(JsonWriter& w, const Gap& g) {
  put(w, "reason", to_string(g.reason));
  put(w, "subject", g.subject);
  put(w, "component", g.component);
  put(w, "detail", g.detail);
  put(w, "action", g.action);
  put(w, "window", g.window);
}

void put_overview(JsonWriter& w, const Findings& f) {
  put(w, "schema_version", static_cast<std::uint64_t>(Findings::kSchemaVersion));
  w.key("system");
  w.begin_object();
  put(w, "name", f.system.name);
  put(w, "title", f.system.title);
  put(w, "zone", f.system.zone);
  w.end_object();
  put(w, "zone", f.zone);
  put(w, "window", std::optional(f.window));
  put(w, "baseline", std::optional(f.baseline));
  put(w, "capsule", f.capsule);
  put(w, "capsule_options", f.capsule_options);
  put(w, "verdict", to_string(f.verdict));
  put(w, "headline", f.headline);
  put(w, "summary", f.summary);
  w.key("severity");
  f.severity.empty() ? w.null() : w.string(f.severity);
  put(w, "severity_reasons", f.severity_reasons);
  put(w, "onset", f.onset);
  put(w, "recovery", f.recovery);
}

}  // namespace

std::string render_json(const Findings& f) {
  JsonWriter w;
  w.begin_object();
  put_overview(w, f);
  put_technical(w, f);
  put_causes(w, f);
  if (f.seen_before) put_seen_before(w, *f.seen_before);
  put_each(w, "gaps", f.gaps, [&](const Gap& g) { put_gap(w, g); });
  put_each(w, "sources", f.sources, [&](const SourceFinding& s) {
    put(w, "action", s.action);
    put(w, "what", s.what);
    put(w, "calls", s.calls);
    w.key("bytes");
    w.integer(s.bytes);
  });
  put_evidence(w, f);
  put_bool(w, "redacted", f.redacted);
  put(w, "redaction_note", f.redaction_note);
  w.end_object();
  return w.take();
}

}  // namespace culprit
