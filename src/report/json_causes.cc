#include <fmt/format.h>

#include "report/json_parts.h"

namespace culprit {

namespace {

void put_terms(JsonWriter& w, std::string_view key, const std::vector<ScoreTerm>& terms) {
  put_each(w, key, terms, [&](const ScoreTerm& t) {
    put(w, "text", t.text);
    put(w, "log_odds", t.log_odds);
    put(w, "evidence", t.evidence);
  });
}

void put_check(JsonWriter& w, const NextCheck& c) {
  put(w, "text", c.text);
  put(w, "aws_command", c.aws_command);
  put(w, "culprit_command", c.culprit_command);
}

// Every piece of evidence that a term of the hypothesis names, ascending.
std::vector<EvidenceRef> all_evidence(const Hypothesis& h) {
  std::vector<EvidenceRef> out;
  for (const auto* terms : {&h.evidence_for, &h.evidence_against})
    for (const auto& t : *terms) out.insert(out.end(), t.evidence.begin(), t.evidence.end());
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

void put_hypothesis(JsonWriter& w, const Hypothesis& h) {
  put(w, "cause", h.cause);
  put(w, "family", h.family);
  put(w, "title", h.title);
  put(w, "summary", h.summary);
  put(w, "component", h.component);
  put(w, "confidence", h.confidence);
  put(w, "role", to_string(h.role));
  put(w, "prior", h.prior);
  put(w, "onset", h.onset);
  put(w, "evidence", all_evidence(h));
  put_terms(w, "evidence_for", h.evidence_for);
  put_terms(w, "evidence_against", h.evidence_against);
  put_terms(w, "unseen", h.unseen);
  w.key("refute");
  w.begin_object();
  put_check(w, h.refute);
  w.end_object();
  put_each(w, "checks", h.checks, [&](const NextCheck& c) { put_check(w, c); });
}

void put_contacts(JsonWriter& w, std::string_view key, const std::vector<ContactFinding>& contacts) {
  put_each(w, key, contacts, [&](const ContactFinding& c) {
    put(w, "role", c.role);
    put(w, "name", c.name);
    put(w, "reach", c.reach);
    put_bool(w, "now", c.now);
  });
}

}  // namespace

void put_causes(JsonWriter& w, const Findings& f) {
  put_each(w, "timeline", f.timeline, [&](const TimelineEntry& e) {
    put(w, "time", std::optional(e.time));
    put(w, "component", e.component);
    put(w, "kind", to_string(e.kind));
    put_bool(w, "exact", e.exact);
    put(w, "text", e.claim.text());
    put(w, "evidence", e.claim.evidence());
  });
  put_each(w, "hypotheses", f.hypotheses, [&](const Hypothesis& h) { put_hypothesis(w, h); });
  w.key("root_cause");
  w.begin_object();
  put(w, "primary", f.root_cause.primary);
  put(w, "secondary", f.root_cause.secondary);
  put(w, "contributing", f.root_cause.contributing);
  w.end_object();
  put_each(w, "recommendations", f.recommendations, [&](const RecommendationFinding& r) {
    put(w, "horizon", r.horizon);
    put(w, "text", r.text);
    put(w, "cause", r.cause);
  });
  put_each(w, "prevention", f.prevention, [&](const PreventionFinding& p) {
    put(w, "area", p.area);
    put(w, "text", p.text);
  });
  put(w, "known", f.known);
  put(w, "unknown", f.unknown);
  put_each(w, "next_checks", f.next_checks, [&](const NextCheck& c) { put_check(w, c); });
  put_contacts(w, "contacts", f.contacts);
  put_contacts(w, "stakeholders", f.stakeholders);
}

void put_evidence(JsonWriter& w, const Findings& f) {
  put_each(w, "evidence", f.evidence.all(), [&](const Evidence& e) {
    put(w, "id", fmt::format("E{}", e.id));
    put(w, "kind", to_string(e.kind));
    put(w, "title", e.title);
    put(w, "component", e.component);
    put(w, "source", e.source);
    put(w, "window", e.window);
    put(w, "count", e.count);
    put_each(w, "excerpts", e.excerpts, [&](const Excerpt& x) {
      put(w, "event", x.number);
      put(w, "time", std::optional(x.time));
      put(w, "stream", x.stream);
      put(w, "text", x.text);
      put_bool(w, "cut", x.cut);
    });
    put(w, "statistic", e.statistic);
    put(w, "unit", e.unit);
    put(w, "points", e.points);
    put(w, "document", e.document);
    put(w, "aws_command", e.aws_command);
    put(w, "culprit_command", e.culprit_command);
  });
}

}  // namespace culprit
