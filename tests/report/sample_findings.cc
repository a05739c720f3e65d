#include "sample_findings.h"

#include "sample_builders.h"

namespace culprit {

using namespace sample;  // NOLINT: builders of this test only

namespace {

constexpr const char* kDbGroup = "/aws/rds/instance/chatscomm-db-prod/postgresql";
constexpr const char* kWebGroup = "/aws/ecs/chatscomm-chatwoot-prod-web";
constexpr const char* kWorkerGroup = "/aws/ecs/chatscomm-chatwoot-prod-worker";
constexpr const char* kSql =
    "SELECT conversations.* FROM conversations LEFT OUTER JOIN contact_inboxes ON contact_inboxes.id = "
    "conversations.contact_inbox_id WHERE conversations.account_id = $1 AND conversations.inbox_id IN ($2, "
    "...) "
    "AND conversations.status = $3 ORDER BY conversations.last_activity_at DESC LIMIT $4 OFFSET $5";

struct Refs {
  EvidenceRef timeouts, rack, cpu, connections, latency, errors, index_drop, tasks, memory, jobs, endpoint;
};

Evidence log_evidence(std::string title, std::string component, std::string group, std::uint64_t count) {
  Evidence e;
  e.kind = EvidenceKind::kLog;
  e.title = std::move(title);
  e.component = std::move(component);
  e.source = std::move(group);
  e.window = Window{kWindowStart, kWindowEnd};
  e.count = count;
  e.aws_command =
      "aws logs filter-log-events --profile chatscomm --log-group-name " + e.source +
      " --start-time 1755817200000 --end-time 1755817800000 --filter-pattern '\"statement timeout\"'";
  e.culprit_command = "culprit explain incident.culprit E1 --excerpts 50";
  return e;
}

Evidence metric_evidence(std::string title, std::string source, std::string unit,
                         std::vector<Datapoint> points) {
  Evidence e;
  e.kind = EvidenceKind::kMetric;
  e.title = std::move(title);
  e.component = "db";
  e.source = std::move(source);
  e.window = Window{kWindowStart, kWindowEnd};
  e.count = 10;
  e.points = std::move(points);
  e.statistic = "Average";
  e.unit = std::move(unit);
  e.aws_command =
      "aws cloudwatch get-metric-statistics --profile chatscomm --namespace AWS/RDS --metric-name "
      "CPUUtilization "
      "--dimensions Name=DBInstanceIdentifier,Value=chatscomm-db-prod --start-time 2025-08-21T23:00:00Z "
      "--end-time 2025-08-21T23:10:00Z --period 60 --statistics Average Maximum";
  e.culprit_command = "culprit explain incident.culprit db.cpu";
  return e;
}

Refs add_evidence(EvidenceBook& book) {
  Evidence timeouts =
      log_evidence("38 statement time-outs of fingerprint a0e1c72b9d5f3846", "db", kDbGroup, 38);
  timeouts.excerpts = {
      {48211, at("2025-08-21T23:02:24Z"), "postgresql.log.2025-08-21-23",
       "2025-08-21 23:02:24 UTC:10.0.1.5(43210):chatwoot@chatwoot_production:[12345]:ERROR:  canceling "
       "statement due "
       "to statement timeout\n2025-08-21 23:02:24 "
       "UTC:10.0.1.5(43210):chatwoot@chatwoot_production:[12345]:STATEMENT:  "
       "SELECT \"conversations\".* FROM \"conversations\" WHERE \"conversations\".\"account_id\" = 7 AND "
       "\"conversations\".\"inbox_id\" IN (101, 102, 103, 104) LIMIT 25",
       false},
      {49377, at("2025-08-21T23:05:31Z"), "postgresql.log.2025-08-21-23",
       "2025-08-21 23:05:31 UTC:10.0.1.6(51122):chatwoot@chatwoot_production:[12391]:ERROR:  canceling "
       "statement due "
       "to statement timeout",
       true},
      {50102, at("2025-08-21T23:09:12Z"), "postgresql.log.2025-08-21-23",
       "2025-08-21 23:09:12 UTC:10.0.1.5(43288):chatwoot@chatwoot_production:[12402]:ERROR:  canceling "
       "statement due "
       "to statement timeout",
       true}};
  const EvidenceRef e1 = book.add(std::move(timeouts));
  Evidence rack = log_evidence("31 requests ended by Rack::Timeout at 15 s", "web", kWebGroup, 31);
  rack.excerpts = {
      {48230, at("2025-08-21T23:02:26.755Z"), "web/chatwoot/3f2a9c71",
       "F, [2025-08-21T23:02:26.755035 #1] FATAL -- : [a8d7a57f-ceba-4992-b866-5cb322ab1211] \n"
       "[a8d7a57f-ceba-4992-b866-5cb322ab1211] Rack::Timeout::RequestTimeoutException (Request ran for "
       "longer than 15000ms ):\n[a8d7a57f-ceba-4992-b866-5cb322ab1211] <script>alert('x')</script> | `pipe`",
       false}};
  const EvidenceRef e2 = book.add(std::move(rack));
  const EvidenceRef e3 =
      book.add(metric_evidence("RDS CPU at 83 % on average, 99 % at most",
                               "AWS/RDS CPUUtilization DBInstanceIdentifier=chatscomm-db-prod", "Percent",
                               {{at("2025-08-21T23:02:00Z"), 41.2},
                                {at("2025-08-21T23:04:00Z"), 96.8},
                                {at("2025-08-21T23:06:00Z"), 99.1}}));
  const EvidenceRef e4 =
      book.add(metric_evidence("Database connections rose from 22 to 92",
                               "AWS/RDS DatabaseConnections DBInstanceIdentifier=chatscomm-db-prod", "Count",
                               {{at("2025-08-21T23:05:00Z"), 88}, {at("2025-08-21T23:06:00Z"), 92}}));
  const EvidenceRef e5 = book.add(metric_evidence(
      "Read latency 18 times its baseline", "AWS/RDS ReadLatency DBInstanceIdentifier=chatscomm-db-prod",
      "Seconds", {{at("2025-08-21T23:04:00Z"), 0.0312}, {at("2025-08-21T23:06:00Z"), 0.0381}}));
  const EvidenceRef e6 = book.add(log_evidence("412 lines with ERROR in the web log", "web", kWebGroup, 412));
  Evidence drop = log_evidence("DROP INDEX seen in the database log", "db", kDbGroup, 1);
  drop.kind = EvidenceKind::kChange;
  drop.excerpts = {
      {48190, at("2025-08-21T23:02:03Z"), "postgresql.log.2025-08-21-23",
       "2025-08-21 23:02:03 UTC:10.0.9.2(39112):deploy@chatwoot_production:[12299]:LOG:  statement: DROP "
       "INDEX index_conversations_on_account_id_and_inbox_id",
       false}};
  const EvidenceRef e7 = book.add(std::move(drop));
  Evidence tasks;
  tasks.kind = EvidenceKind::kState;
  tasks.title = "Web service: 2 desired, 2 running, no task stopped";
  tasks.component = "web";
  tasks.source = "ecs:service chatscomm-chatwoot-prod-web-service";
  tasks.document =
      "{\n  \"serviceName\": \"chatscomm-chatwoot-prod-web-service\",\n  \"desiredCount\": 2,\n  "
      "\"runningCount\": 2,\n"
      "  \"pendingCount\": 0\n}";
  tasks.aws_command =
      "aws ecs describe-services --profile chatscomm --cluster chatscomm-ecs-cluster-prod --services "
      "chatscomm-chatwoot-prod-web-service";
  tasks.culprit_command = "culprit explain incident.culprit E8";
  const EvidenceRef e8 = book.add(std::move(tasks));
  Evidence memory =
      metric_evidence("Web memory stayed at 48 %",
                      "AWS/ECS MemoryUtilization ServiceName=chatscomm-chatwoot-prod-web-service", "Percent",
                      {{at("2025-08-21T23:05:00Z"), 48.1}});
  memory.component = "web";
  const EvidenceRef e9 = book.add(std::move(memory));
  const EvidenceRef e10 =
      book.add(log_evidence("9 jobs failed with PG::QueryCanceled", "worker", kWorkerGroup, 9));
  const EvidenceRef e11 = book.add(
      log_evidence("ConversationsController#index: 44 of 107 requests failed", "web", kWebGroup, 44));
  return {e1, e2, e3, e4, e5, e6, e7, e8, e9, e10, e11};
}

void add_components(Findings& f, const Refs& r) {
  f.components = {
      {"web",
       "Web application",
       "ECS service",
       "chatscomm-chatwoot-prod-web-service",
       Health::kDegraded,
       "41 % of conversation list requests failed",
       {Claim("44 of 107 requests of the conversation list ended in an error or time-out", r.endpoint,
              {r.rack}),
        Claim("All tasks kept running, so the cause lies outside the service", r.tasks)},
       {{"Tasks", "2 desired, 2 running, 0 pending"},
        {"Deployment", "PRIMARY, COMPLETED since 2025-08-20T14:11:09Z"},
        {"Task definition", "chatscomm-chatwoot-prod-web:118, 1 vCPU, 2 GB"},
        {"Stopped tasks", "none in the window"}}},
      {"worker",
       "Worker (Sidekiq)",
       "ECS service",
       "chatscomm-chatwoot-prod-worker",
       Health::kDegraded,
       "9 of 214 jobs failed on cancelled statements",
       {Claim("9 jobs failed with PG::QueryCanceled and were retried", r.jobs)},
       {{"Tasks", "1 desired, 1 running, 0 pending"}}},
      {"db",
       "Database",
       "RDS instance",
       "chatscomm-db-prod",
       Health::kDegraded,
       "CPU 99 %, 38 statements cancelled after 14 s",
       {Claim("RDS CPU reached 99 %, above the raised line of 70 %", r.cpu),
        Claim("38 statements were cancelled by statement_timeout", r.timeouts)},
       {{"Status", "available"},
        {"Engine", "postgres 14.7"},
        {"Class", "db.t3.medium"},
        {"Storage", "100 GB gp3"},
        {"Connections", "limit 405 (from the instance class)"}}},
      {"ai",
       "AI backend",
       "ECS service",
       "chatscomm-ai-backend-prod",
       Health::kUnknown,
       "its log group could not be read",
       {},
       {}},
  };
}

MetricFinding metric(std::string id, std::string component, std::string title, std::string unit,
                     std::string normal, std::string row, MetricStatus status) {
  MetricFinding m;
  m.id = std::move(id);
  m.component = std::move(component);
  m.title = std::move(title);
  m.unit = std::move(unit);
  m.normal_range = std::move(normal);
  m.row = std::move(row);
  m.status = status;
  return m;
}

MetricId rds(std::string name) {
  return {"AWS/RDS", std::move(name), {{"DBInstanceIdentifier", "chatscomm-db-prod"}}};
}

MetricId ecs(std::string name) {
  return {"AWS/ECS",
          std::move(name),
          {{"ClusterName", "chatscomm-ecs-cluster-prod"},
           {"ServiceName", "chatscomm-chatwoot-prod-web-service"}}};
}

MetricFinding db_cpu(const Refs& r) {
  MetricFinding m = metric("db.cpu", "db", "RDS CPU", "percent", "< 30 %", "B3", MetricStatus::kHigh);
  m.incident_average = 83.4;
  m.incident_maximum = 99.1;
  m.baseline_median = 18.2;
  m.peak_time = at("2025-08-21T23:06:00Z");
  m.onset = at("2025-08-21T23:02:00Z");
  m.high_line = 70;
  m.claims = {Claim("RDS CPU reached 99 %, above the raised line of 70 %", r.cpu)};
  Noise average(1);
  Noise maximum(2);
  // Four minutes without datapoints before the incident: a gap, not a zero.
  const auto held = [](Time t) { return t < at("2025-08-21T22:31:00Z") || t > at("2025-08-21T22:34:00Z"); };
  m.chart = {series(
                 rds("CPUUtilization"), "Average", "Percent", 60,
                 [&](Time t) { return 18 + 3 * average.next() + 76 * stress(t); }, held),
             series(
                 rds("CPUUtilization"), "Maximum", "Percent", 60,
                 [&](Time t) { return std::min(99.6, 23 + 4 * maximum.next() + 77 * stress(t)); }, held)};
  return m;
}

MetricFinding db_connections(const Refs& r) {
  MetricFinding m =
      metric("db.connections", "db", "RDS connections", "count", "< 50", "B4", MetricStatus::kHigh);
  m.incident_average = 71;
  m.incident_maximum = 92;
  m.baseline_median = 22;
  m.peak_time = at("2025-08-21T23:06:00Z");
  m.onset = at("2025-08-21T23:03:00Z");
  m.high_line = 80;
  m.claims = {Claim("Connections rose from 22 to 92, above the raised line of 80", r.connections)};
  Noise noise(3);
  m.chart = {series(rds("DatabaseConnections"), "Average", "Count", 60,
                    [&](Time t) { return std::round(22 + 2 * noise.next() + 68 * stress(t)); })};
  return m;
}

MetricFinding db_latency(const Refs& r, const char* id, const char* title, const char* name, double base,
                         double factor, std::uint64_t seed, MetricStatus status) {
  MetricFinding m = metric(id, "db", title, "seconds", "baseline 2.1 ms", "B5", status);
  Noise noise(seed);
  m.chart = {series(rds(name), "Average", "Seconds", 60,
                    [&](Time t) { return base * (1 + 0.2 * noise.next() + factor * stress(t)); })};
  for (auto& p : m.chart[0].points) p.value = std::round(p.value * 1e6) / 1e6;
  m.baseline_median = base;
  m.incident_average = base * (1 + factor * 0.8);
  m.incident_maximum = base * (1.1 + factor);
  m.peak_time = at("2025-08-21T23:06:00Z");
  m.claims = {Claim("Read latency rose to 18 times its baseline", r.latency)};
  if (status != MetricStatus::kNormal) m.onset = at("2025-08-21T23:02:00Z");
  return m;
}

void add_web_metrics(Findings& f, const Refs& r) {
  MetricFinding cpu = metric("web.cpu", "web", "Web CPU", "percent", "< 20 %", "B1", MetricStatus::kElevated);
  cpu.incident_average = 24.7;
  cpu.incident_maximum = 31.5;
  cpu.baseline_median = 12.4;
  cpu.peak_time = at("2025-08-21T23:04:00Z");
  cpu.high_line = 70;
  cpu.claims = {Claim("Web CPU rose above its normal 20 %", r.tasks)};
  Noise n1(5);
  cpu.chart = {series(ecs("CPUUtilization"), "Average", "Percent", 60,
                      [&](Time t) { return 12.4 + 1.5 * n1.next() + 14 * stress(t); })};
  MetricFinding memory =
      metric("web.memory", "web", "Web memory", "percent", "< 60 %", "B2", MetricStatus::kNormal);
  memory.incident_average = 47.9;
  memory.incident_maximum = 48.6;
  memory.baseline_median = 47.2;
  memory.peak_time = at("2025-08-21T23:05:00Z");
  memory.claims = {Claim("Web memory stayed at 48 %", r.memory)};
  Noise n2(6);
  memory.chart = {series(ecs("MemoryUtilization"), "Average", "Percent", 300,
                         [&](Time t) { return 47.2 + 0.5 * n2.next() + stress(t); })};
  MetricFinding rate =
      metric("web.error_rate", "web", "Error rate", "percent", "< 1 %", "B6", MetricStatus::kHigh);
  rate.incident_average = 14.2;
  rate.incident_maximum = 22.8;
  rate.baseline_median = 0.2;
  rate.peak_time = at("2025-08-21T23:05:00Z");
  rate.onset = at("2025-08-21T23:02:00Z");
  rate.high_line = 5;
  rate.claims = {Claim("14 % of all requests failed, normal is below 1 %", r.endpoint)};
  Noise n3(7);
  rate.chart = {series({"Culprit", "error_rate", {}}, "Average", "Percent", 60,
                       [&](Time t) { return std::max(0.0, 0.2 + 0.2 * n3.next() + 20 * stress(t)); })};
  MetricFinding ai =
      metric("ai.cpu", "ai", "AI backend CPU", "percent", "< 20 %", "B1", MetricStatus::kNoData);
  f.metrics.insert(f.metrics.begin(), {cpu, memory});
  f.metrics.insert(f.metrics.end(), {rate, ai});
}

PatternFinding pattern(std::string id, std::string component, std::string title, std::string group,
                       std::string searched, std::string row, double base, double peak, std::uint64_t seed,
                       std::optional<EvidenceRef> ref) {
  PatternFinding p;
  p.id = std::move(id);
  p.component = std::move(component);
  p.title = std::move(title);
  p.group = std::move(group);
  p.pattern = std::move(searched);
  p.runbook = p.pattern;
  p.row = std::move(row);
  p.baseline_per_minute = base;
  p.evidence = ref;
  Noise noise(seed);
  p.per_minute = per_minute(
      [&](Time t) { return base * (1 + noise.next()) + peak * stress(t) * (0.8 + 0.2 * noise.next()); });
  for (const auto& point : p.per_minute) {
    if (point.time < kWindowStart || point.time >= kWindowEnd || point.value == 0) continue;
    p.count += static_cast<std::uint64_t>(point.value);
    if (!p.first) p.first = point.time + std::chrono::seconds(14);
    p.last = point.time + std::chrono::seconds(41);
    if (static_cast<std::uint64_t>(point.value) > p.peak_count) {
      p.peak_count = static_cast<std::uint64_t>(point.value);
      p.peak = point.time;
    }
  }
  p.shown = std::min<std::uint64_t>(p.count, 5);
  if (p.count == 0) p.evidence.reset();
  return p;
}

void add_patterns(Findings& f, const Refs& r) {
  PatternFinding timeout =
      pattern("web.timeout", "web", "Time-outs", kWebGroup, "?timeout ?Timeout", "C2", 0.1, 4.6, 11, r.rack);
  timeout.runbook = "timeout";
  timeout.note = "CloudWatch's terms are case-sensitive: `timeout` alone misses Rack::Timeout";
  PatternFinding in_list =
      pattern("db.in_list", "db", "Large IN lists", kDbGroup, "\"IN (\"", "C3", 0.6, 7, 12, r.timeouts);
  in_list.runbook = "IN (";
  in_list.note = "the service refuses the bracket unless the term is quoted";
  PatternFinding duration = pattern("db.duration_ms", "db", "Slow statements", kDbGroup, "%duration.*ms%",
                                    "C3", 2.2, 30, 13, r.timeouts);
  duration.runbook = "duration.*ms";
  duration.note = "as written it is refused; `%…%` makes it a regular expression";
  f.patterns = {
      pattern("web.error", "web", "Errors", kWebGroup, "ERROR", "C2", 1.4, 52, 14, r.errors),
      timeout,
      pattern("web.active_storage", "web", "ActiveStorage", kWebGroup, "ActiveStorage", "C2", 0, 0, 15,
              std::nullopt),
      pattern("db.error", "db", "Errors", kDbGroup, "ERROR", "C3", 0.1, 6, 16, r.timeouts),
      duration,
      in_list,
      pattern("worker.error", "worker", "Errors", kWorkerGroup, "ERROR", "C4", 0.2, 1.6, 17, r.jobs)};
}

void add_workload(Findings& f, const Refs& r) {
  f.statements = {{"a0e1c72b9d5f3846",
                   kSql,
                   61,
                   38,
                   2,
                   13890.4,
                   14002.3,
                   14004.8,
                   187,
                   4,
                   0,
                   at("2025-08-21T23:02:24Z"),
                   at("2025-08-21T23:09:12Z"),
                   {r.timeouts}},
                  {"7be2f1d0c3a49956",
                   "UPDATE contacts SET last_activity_at = $1, updated_at = $2 WHERE contacts.id = $3",
                   12,
                   0,
                   5,
                   1402,
                   2210.7,
                   2391,
                   0,
                   9,
                   0,
                   at("2025-08-21T23:03:01Z"),
                   at("2025-08-21T23:08:40Z"),
                   {r.timeouts}}};
  f.endpoints = {{"Api::V1::Accounts::ConversationsController#index",
                  107,
                  44,
                  31,
                  6120,
                  14987,
                  15003,
                  0.97,
                  212,
                  1190,
                  2,
                  {r.endpoint, r.rack}},
                 {"Api::V1::Accounts::Conversations::MessagesController#create",
                  288,
                  3,
                  0,
                  180,
                  940,
                  2210,
                  0.41,
                  150,
                  3100,
                  1,
                  {r.errors}},
                 {"Api::V1::WidgetController#show", 97, 0, 0, 41, 88, 130, 0.22, 85, 1002, 0, {}}};
  f.jobs = {{"Conversations::UserMentionJob", 60, 9, 14020, 14380, 310, {r.jobs}},
            {"EventDispatcherJob", 154, 0, 88, 140, 71, {}}};
  f.log_alerts = {
      {"statement-timeouts", "Statement time-outs", "> 5 per minute", true, true, 7,
       at("2025-08-21T23:04:00Z"), r.timeouts},
      {"rack-timeouts", "Rack time-outs", "> 2 per minute", true, true, 6, at("2025-08-21T23:03:00Z"),
       r.rack},
      {"active-storage", "ActiveStorage processing failures", "> 10 per hour", false, true, 0, {}, {}},
      {"memory", "Memory allocation errors", "> 0", false, false, 0, {}, {}}};
}

TimelineEntry entry(const char* time, const char* component, TimelineEntry::Kind kind, const char* text,
                    EvidenceRef ref) {
  return {at(time), component, kind, Claim(text, ref)};
}

void add_timeline(Findings& f, const Refs& r) {
  using Kind = TimelineEntry::Kind;
  f.timeline = {
      entry("2025-08-21T22:41:00Z", "web", Kind::kState, "Web service steady: 2 of 2 tasks running", r.tasks),
      entry("2025-08-21T23:02:03Z", "db", Kind::kChange,
            "DROP INDEX index_conversations_on_account_id_and_inbox_id by role deploy", r.index_drop),
      entry("2025-08-21T23:02:10Z", "db", Kind::kOnset, "RDS CPU leaves its baseline of 18 %", r.cpu),
      entry("2025-08-21T23:02:24Z", "db", Kind::kSymptom, "First statement cancelled after 14 s", r.timeouts),
      entry("2025-08-21T23:02:26Z", "web", Kind::kSymptom, "First request ended by Rack::Timeout", r.rack),
      entry("2025-08-21T23:03:40Z", "worker", Kind::kSymptom, "First job failed with PG::QueryCanceled",
            r.jobs),
      entry("2025-08-21T23:05:00Z", "web", Kind::kPeak, "Error rate peaks at 23 %", r.endpoint),
      entry("2025-08-21T23:06:00Z", "db", Kind::kPeak, "RDS CPU peaks at 99 %, connections at 92", r.cpu),
      entry("2025-08-21T23:09:40Z", "db", Kind::kRecovery,
            "CPU, latency and errors back within their baseline", r.cpu)};
}

Hypothesis statement_timeouts(const Refs& r) {
  Hypothesis h;
  h.cause = "statement-timeouts";
  h.family = "database-performance";
  h.title = "Statement time-outs in PostgreSQL";
  h.summary =
      "Statement a0e1c72b9d5f3846 (conversation list, IN list of up to 187 inboxes) ran into the 14 s "
      "statement_timeout "
      "38 times after the index index_conversations_on_account_id_and_inbox_id was dropped.";
  h.component = "db";
  h.confidence = 0.931;
  h.role = CauseRole::kPrimary;
  h.prior = -3;
  h.onset = kOnset;
  h.evidence_for = {{"38 statements cancelled, none in the hour before", 2.6, {r.timeouts}},
                    {"RDS CPU above 70 %", 1.2, {r.cpu}},
                    {"Read latency 18 times its baseline", 1.1, {r.latency}},
                    {"Requests time out 2 s after the first cancelled statement", 0.9, {r.rack, r.endpoint}},
                    {"An index of the table was dropped 7 s before the onset", 0.8, {r.index_drop}}};
  h.evidence_against = {{"No large change in the number of requests", -0.4, {r.endpoint}}};
  h.unseen = {{"Performance Insights: waits of the statement (not asked)", 0, {}}};
  h.refute = {
      "EXPLAIN of the statement: if it uses an index scan on (account_id, inbox_id), the dropped index is "
      "not the reason.",
      "aws rds describe-events --profile chatscomm --source-type db-instance --source-identifier "
      "chatscomm-db-prod",
      "culprit explain incident.culprit a0e1c72b9d5f3846"};
  h.checks = {
      {"Is the index there? An empty answer of \\d conversations for that name confirms the cause.", "", ""}};
  return h;
}

Hypothesis other(std::string cause, std::string family, std::string title, double confidence,
                 CauseRole role) {
  Hypothesis h;
  h.cause = std::move(cause);
  h.family = std::move(family);
  h.title = std::move(title);
  h.confidence = confidence;
  h.role = role;
  h.prior = -3;
  return h;
}

void add_causes(Findings& f, const Refs& r) {
  Hypothesis rack = other("rack-timeouts", "database-performance", "Requests killed by rack-timeout", 0.42,
                          CauseRole::kSecondary);
  rack.component = "web";
  rack.summary =
      "31 requests reached 15 s; they wait for the database and follow from the cancelled statements.";
  rack.evidence_for = {{"31 Rack::Timeout errors", 2.2, {r.rack}}};
  rack.evidence_against = {{"It starts 2 s after the database's time-outs", -0.9, {r.timeouts, r.rack}}};
  Hypothesis memory = other("memory-kills", "memory", "Tasks killed for memory", 0.021, CauseRole::kNone);
  memory.component = "web";
  memory.evidence_against = {{"Web memory stayed at 48 %", -1.4, {r.memory}},
                             {"No task stopped in the window", -1.1, {r.tasks}}};
  Hypothesis ai = other("ai-slow", "ai-backend", "AI backend slow", 0.05, CauseRole::kNone);
  ai.component = "ai";
  ai.unseen = {{"Log of the AI backend (permission denied)", 0, {}},
               {"CPU of the AI backend (no datapoints)", 0, {}}};
  f.hypotheses = {statement_timeouts(r), rack, ai, memory};
  f.root_cause.primary = {
      Claim("Statement a0e1c72b9d5f3846 lost its index and ran into statement_timeout 38 times", r.timeouts,
            {r.index_drop, r.cpu})};
  f.root_cause.secondary = {
      Claim("Requests of the conversation list waited for it and were ended at 15 s", r.rack, {r.endpoint})};
  f.root_cause.contributing = {
      Claim("IN lists of up to 187 inboxes made each execution expensive", r.timeouts)};
  f.recommendations = {
      {"24h", "Recreate index_conversations_on_account_id_and_inbox_id with CREATE INDEX CONCURRENTLY.",
       "statement-timeouts"},
      {"24h", "Watch RDS CPU and statement time-outs for 30 minutes after it is valid.",
       "statement-timeouts"},
      {"24h", "Forbid schema changes on chatscomm-db-prod until the index is back.", "statement-timeouts"},
      {"1w", "Bound the IN list of ConversationsController#index: at most 50 inboxes a query.",
       "statement-timeouts"},
      {"1w", "Add the CloudWatch alarm RDS-HighConnections-chatwoot-prod with its dimension.",
       "statement-timeouts"},
      {"1m", "Load-test the conversation list with a production-sized account before each release.",
       "statement-timeouts"}};
  f.prevention = {{"monitoring", "Alert on more than 5 statement time-outs a minute."},
                  {"monitoring", "Alert on the p95 of ConversationsController#index above 2 s."},
                  {"code-review", "A migration that removes an index names the statements that used it."},
                  {"infrastructure", "Take schema rights from the role deploy outside of migrations."}};
}

void add_conduct(Findings& f) {
  f.known = {"The conversation list failed from 17:02 to 17:09 local time.",
             "No task of any service was restarted."};
  f.unknown = {"Who ran DROP INDEX, and whether it was part of a migration.",
               "Whether the AI backend was affected: its log could not be read."};
  f.next_checks = {
      {"Who was connected as deploy from 10.0.9.2? A migration run in CI would show as a deployment event.",
       "aws logs filter-log-events --profile chatscomm --log-group-name "
       "/aws/rds/instance/chatscomm-db-prod/postgresql --filter-pattern '\"DROP INDEX\"'",
       "culprit explain incident.culprit db.schema_changes"},
      {"Grant logs:FilterLogEvents on the AI backend's log group and analyse again.", "", ""}};
  f.contacts = {{"On-call", "Platform rotation", "+506 4000 0001", true},
                {"Database", "R. Mora", "#db-oncall", true},
                {"DevOps", "Platform team", "#devops", false}};
  f.stakeholders = {{"", "Support lead", "support-leads@chatscomm.example", true},
                    {"", "Product", "#product", false}};
  f.gaps = {
      {GapReason::kDenied, "/aws/ecs/chatscomm-ai-backend-prod", "ai",
       "No permission to read this log group.", "logs:FilterLogEvents", Window{kWindowStart, kWindowEnd}},
      {GapReason::kEmpty, "AWS/ECS CPUUtilization ServiceName=chatscomm-ai-backend-prod", "ai",
       "No datapoints in the window.", "", Window{kWindowStart, kWindowEnd}},
      {GapReason::kCut, kWebGroup, "web",
       "Stopped at --max-log-bytes after 256 MB; the last 40 s are missing.", "",
       Window{at("2025-08-21T23:59:20Z"), kEnd}},
      {GapReason::kNotAsked, "Performance Insights", "db",
       "Not asked; it would show the waits of each statement.", "pi:GetResourceMetrics", std::nullopt}};
  f.sources = {{"ecs:DescribeServices", "4 services of chatscomm-ecs-cluster-prod", 1, 18211},
               {"cloudwatch:GetMetricData", "11 metrics, 22 statistics", 3, 214002},
               {"logs:FilterLogEvents", kDbGroup, 41, 38112870},
               {"logs:FilterLogEvents", kWebGroup, 118, 268435456},
               {"file:read", "web-extra.log.gz (rails, 12,400 events)", 1, 1204221}};
}

}  // namespace

Findings sample_incident() {
  Findings f;
  f.system = {"chatwoot", "Chatwoot production", "America/Costa_Rica"};
  f.zone = "America/Costa_Rica";
  f.window = {kWindowStart, kWindowEnd};
  f.baseline = {kStart, kWindowStart};
  f.verdict = Verdict::kIncident;
  f.headline =
      "A dropped index made the conversation list time out: 38 cancelled statements, 31 failed requests in "
      "seven minutes";
  f.severity = "P1";
  f.onset = kOnset;
  f.recovery = kRecovery;
  const Refs r = add_evidence(f.evidence);
  f.summary = {
      "From 17:02 to 17:09 local time 41 % of conversation list requests failed. The database spent its time "
      "in one statement whose index had been dropped seconds before the onset.",
      "The service recovered without a restart; no data were lost."};
  f.severity_reasons = {
      Claim("A major feature failed: 41 % of conversation list requests", r.endpoint, {r.rack}),
      Claim("The database was saturated: CPU 99 %", r.cpu)};
  add_components(f, r);
  f.metrics = {
      db_cpu(r), db_connections(r),
      db_latency(r, "db.read_latency", "RDS read latency", "ReadLatency", 0.0021, 17, 8, MetricStatus::kHigh),
      db_latency(r, "db.write_latency", "RDS write latency", "WriteLatency", 0.0034, 1.1, 9,
                 MetricStatus::kElevated)};
  add_web_metrics(f, r);
  add_patterns(f, r);
  add_workload(f, r);
  add_timeline(f, r);
  add_causes(f, r);
  add_conduct(f);
  return f;
}

}  // namespace culprit
