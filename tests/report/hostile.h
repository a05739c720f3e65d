// Findings whose every text is hostile to whatever shows it.
#pragma once

#include <string>

#include "sample_findings.h"

namespace culprit {

// Puts `text` behind every text that can come from a log or an answer.
inline Findings poisoned(const std::string& text) {
  Findings f = sample_incident();
  const auto add = [&](std::string& s) { s += text; };
  add(f.headline);
  for (auto& s : f.summary) add(s);
  for (auto& c : f.severity_reasons) c.rewrite(c.text() + text);
  for (auto& c : f.components) {
    add(c.summary);
    add(c.name);
    for (auto& r : c.reasons) r.rewrite(r.text() + text);
    for (auto& x : c.facts) add(x.value);
  }
  for (auto& m : f.metrics) {
    add(m.title);
    add(m.normal_range);
    for (auto& c : m.claims) c.rewrite(c.text() + text);
  }
  for (auto& p : f.patterns) {
    add(p.title);
    add(p.pattern);
    add(p.note);
  }
  for (auto& s : f.statements) add(s.sql);
  for (auto& e : f.endpoints) add(e.endpoint);
  for (auto& j : f.jobs) add(j.job_class);
  for (auto& a : f.log_alerts) add(a.title);
  for (auto& e : f.timeline) e.claim.rewrite(e.claim.text() + text);
  for (auto& h : f.hypotheses) {
    add(h.title);
    add(h.summary);
    for (auto& t : h.evidence_for) add(t.text);
    for (auto& t : h.unseen) add(t.text);
    add(h.refute.text);
    add(h.refute.aws_command);
  }
  for (auto& c : f.root_cause.primary) c.rewrite(c.text() + text);
  for (auto& r : f.recommendations) add(r.text);
  for (auto& p : f.prevention) add(p.text);
  for (auto& s : f.known) add(s);
  for (auto& s : f.unknown) add(s);
  for (auto& c : f.next_checks) add(c.text);
  LikeCase like;
  like.cause = "an index was dropped" + text;
  like.likeness = 0.91;
  like.agree = {{"db.cpu", "RDS CPU", 14, 12}};
  f.seen_before = SeenBefore{1, "", {}, {like}, 0.91};
  for (auto& g : f.gaps) add(g.detail);
  for (auto& s : f.sources) add(s.what);
  for (std::size_t i = 1; i <= f.evidence.all().size(); ++i) {
    Evidence& e = f.evidence.edit(static_cast<int>(i));
    add(e.title);
    add(e.source);
    add(e.document);
    add(e.aws_command);
    for (auto& x : e.excerpts) {
      add(x.text);
      add(x.stream);
    }
  }
  return f;
}

}  // namespace culprit
