// Every text of Findings, in a fixed order, so that pseudonyms are the same on every run.
#include "report/redact.h"

namespace culprit {

namespace {

class Walk {
 public:
  explicit Walk(Redactor& redactor) : redactor_(redactor) {}

  void all(Findings& f) {
    text(f.headline);
    texts(f.summary);
    claims(f.severity_reasons);
    technical(f);
    causes(f);
    texts(f.known);
    texts(f.unknown);
    if (f.seen_before)
      for (auto& c : f.seen_before->alike) text(c.cause);
    checks(f.next_checks);
    for (auto& g : f.gaps) text(g.subject), text(g.detail);
    for (auto& s : f.sources) text(s.what);
    for (std::size_t i = 1; i <= f.evidence.all().size(); ++i) evidence(f.evidence.edit(static_cast<int>(i)));
  }

 private:
  void text(std::string& s) {
    if (!s.empty()) s = redactor_.redact(s);
  }
  void texts(std::vector<std::string>& all) {
    for (auto& s : all) text(s);
  }
  void claim(Claim& c) { c.rewrite(redactor_.redact(c.text())); }
  void claims(std::vector<Claim>& all) {
    for (auto& c : all) claim(c);
  }
  void check(NextCheck& c) { text(c.text), text(c.aws_command), text(c.culprit_command); }
  void checks(std::vector<NextCheck>& all) {
    for (auto& c : all) check(c);
  }
  void terms(std::vector<ScoreTerm>& all) {
    for (auto& t : all) text(t.text);
  }

  void technical(Findings& f) {
    for (auto& c : f.components) {
      text(c.name), text(c.summary);
      claims(c.reasons);
      for (auto& fact : c.facts) text(fact.value);
    }
    for (auto& m : f.metrics) {
      text(m.title), text(m.normal_range);
      claims(m.claims);
      for (auto& s : m.chart)
        for (auto& d : s.id.dimensions) text(d.value);
    }
    for (auto& p : f.patterns) text(p.title), text(p.group), text(p.pattern), text(p.runbook), text(p.note);
    for (auto& s : f.statements) text(s.sql);
    for (auto& e : f.endpoints) text(e.endpoint);
    for (auto& j : f.jobs) text(j.job_class);
    for (auto& a : f.log_alerts) text(a.title);
    for (auto& e : f.timeline) claim(e.claim);
  }

  void causes(Findings& f) {
    for (auto& h : f.hypotheses) {
      text(h.title), text(h.summary);
      terms(h.evidence_for), terms(h.evidence_against), terms(h.unseen);
      check(h.refute);
      checks(h.checks);
    }
    claims(f.root_cause.primary), claims(f.root_cause.secondary), claims(f.root_cause.contributing);
    for (auto& r : f.recommendations) text(r.text);
    for (auto& p : f.prevention) text(p.text);
  }

  void evidence(Evidence& e) {
    text(e.title), text(e.source), text(e.document), text(e.aws_command), text(e.culprit_command);
    for (auto& x : e.excerpts) text(x.stream), text(x.text);
  }

  Redactor& redactor_;
};

}  // namespace

void redact(Findings& findings) {
  Redactor redactor;
  Walk(redactor).all(findings);
  Walk(redactor).all(findings);
  findings.redacted = true;
  findings.redaction_note = redactor.note();
  if (findings.redaction_note.empty()) findings.redaction_note = "nothing had to be replaced";
  if (!findings.contacts.empty() || !findings.stakeholders.empty())
    findings.redaction_note += "; contacts are shown as the system file has them";
}

}  // namespace culprit
