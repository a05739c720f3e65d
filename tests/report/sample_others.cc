#include "sample_builders.h"
#include "sample_findings.h"

namespace culprit {

using namespace sample;  // NOLINT: builders of this test only

namespace {

Findings frame() {
  Findings f;
  f.system = {"chatwoot", "Chatwoot production", "America/Costa_Rica"};
  f.zone = "America/Costa_Rica";
  f.window = {kWindowStart, kWindowEnd};
  f.baseline = {kStart, kWindowStart};
  return f;
}

Evidence simple(EvidenceKind kind, std::string title, std::string component, std::string source) {
  Evidence e;
  e.kind = kind;
  e.title = std::move(title);
  e.component = std::move(component);
  e.source = std::move(source);
  e.window = Window{kWindowStart, kWindowEnd};
  e.aws_command =
      "aws ecs describe-services --cluster chatscomm-ecs-cluster-prod --services "
      "chatscomm-chatwoot-prod-web-service";
  e.culprit_command = "culprit explain incident.culprit web.cpu";
  return e;
}

}  // namespace

Findings sample_quiet() {
  Findings f = frame();
  f.verdict = Verdict::kNoIncident;
  f.headline = "No incident was found in this window: all signals stayed within their normal ranges";
  const EvidenceRef tasks =
      f.evidence.add(simple(EvidenceKind::kState, "2 desired, 2 running", "web", "ecs:service web"));
  Evidence points = simple(EvidenceKind::kMetric, "Web CPU 13 % on average", "web", "AWS/ECS CPUUtilization");
  points.count = 10;
  points.points = {{kWindowStart, 13.1}};
  points.statistic = "Average";
  points.unit = "Percent";
  const EvidenceRef cpu = f.evidence.add(std::move(points));
  f.summary = {"None of the 4 known issues has a symptom in the window."};
  f.components = {{"web",
                   "Web application",
                   "ECS service",
                   "chatscomm-chatwoot-prod-web-service",
                   Health::kHealthy,
                   "2 of 2 tasks running",
                   {Claim("2 of 2 tasks running", tasks)},
                   {{"Tasks", "2 desired, 2 running, 0 pending"}}}};
  MetricFinding m;
  m.id = "web.cpu";
  m.component = "web";
  m.title = "Web CPU";
  m.unit = "percent";
  m.normal_range = "< 20 %";
  m.row = "B1";
  m.status = MetricStatus::kNormal;
  m.incident_average = 13.1;
  m.incident_maximum = 14;
  m.baseline_median = 12.9;
  m.peak_time = at("2025-08-21T23:04:00Z");
  m.claims = {Claim("Web CPU stayed below 20 %", cpu)};
  Noise noise(21);
  m.chart = {series({"AWS/ECS", "CPUUtilization", {{"ServiceName", "web"}}}, "Average", "Percent", 60,
                    [&](Time) { return 13 + noise.next(); })};
  f.metrics = {m};
  PatternFinding p;
  p.id = "web.error";
  p.component = "web";
  p.title = "Errors";
  p.group = "/aws/ecs/chatscomm-chatwoot-prod-web";
  p.pattern = p.runbook = "ERROR";
  p.row = "C2";
  p.per_minute = per_minute([](Time) { return 0; });
  f.patterns = {p};
  f.known = {"All tasks ran through the window."};
  f.sources = {{"file:read", "web.log (rails, 12,400 events)", 1, 1204221}};
  return f;
}

Findings sample_cannot_tell() {
  Findings f = frame();
  f.zone = "UTC";
  f.system.zone = "UTC";
  f.verdict = Verdict::kCannotTell;
  f.headline = "Cannot tell: 5 of 6 sources could not be read";
  const EvidenceRef gap = f.evidence.add(
      simple(EvidenceKind::kGap, "Log group denied", "db", "/aws/rds/instance/chatscomm-db-prod/postgresql"));
  f.summary = {"What could be seen neither supports nor excludes an incident."};
  f.components = {
      {"web", "Web application", "ECS service", "web", Health::kUnknown, "no answer", {}, {}},
      {"db", "Database", "RDS instance", "chatscomm-db-prod", Health::kUnknown, "no answer", {}, {}}};
  MetricFinding m;
  m.id = "db.cpu";
  m.component = "db";
  m.title = "RDS CPU";
  m.unit = "percent";
  m.normal_range = "< 30 %";
  m.row = "B3";
  f.metrics = {m};
  Hypothesis h;
  h.cause = "statement-timeouts";
  h.family = "database-performance";
  h.title = "Statement time-outs in PostgreSQL";
  h.component = "db";
  h.confidence = 0.18;
  h.prior = -3;
  h.evidence_against = {{"The database log was denied, so nothing speaks for it", -0.2, {gap}}};
  h.unseen = {{"Statement time-outs (log denied)", 0, {}}, {"RDS CPU (no datapoints)", 0, {}}};
  f.hypotheses = {h};
  f.unknown = {"Whether the database was slow."};
  f.next_checks = {{"Grant logs:FilterLogEvents and collect again.",
                    "aws iam put-role-policy --role-name reader", "culprit doctor"}};
  const std::array<GapReason, 8> reasons{
      GapReason::kDenied,    GapReason::kMissing,     GapReason::kEmpty,      GapReason::kCut,
      GapReason::kThrottled, GapReason::kUnreachable, GapReason::kUnreadable, GapReason::kNotAsked};
  for (const GapReason reason : reasons)
    f.gaps.push_back({reason, "/aws/ecs/" + std::string(to_string(reason)), "web", "Nothing could be read.",
                      reason == GapReason::kDenied ? "logs:FilterLogEvents" : "", f.window});
  return f;
}

}  // namespace culprit
