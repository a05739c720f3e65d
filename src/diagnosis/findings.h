// Findings: the one value that every teller renders and none computes. JSON is its exact form
// (schemas/findings.schema.json). Holds nothing that depends on when or where the analysis ran.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "diagnosis/evidence.h"
#include "diagnosis/incident_signature.h"
#include "telemetry/gap.h"
#include "telemetry/metric.h"
#include "telemetry/window.h"

namespace culprit {

enum class Verdict { kIncident, kNoIncident, kCannotTell };
enum class Health { kHealthy, kDegraded, kDown, kUnknown };  // worsening order but for the last
enum class MetricStatus {
  kNormal,
  kElevated,
  kHigh,
  kNoData
};  // ✅ Normal, ⚠️ Elevated, 🚨 High/Critical
enum class CauseRole { kPrimary, kSecondary, kContributing, kNone };

// A5: verdict per component.
struct ComponentFinding {
  std::string id;
  std::string title;
  std::string kind;  // "ECS service", "RDS instance", …
  std::string name;  // resource name
  Health health = Health::kUnknown;
  std::string summary;         // one line: why
  std::vector<Claim> reasons;  // empty only for kUnknown
  // Facts of rows A1-A4, in order: {"Tasks", "2 desired, 2 running, 0 pending"}, …
  struct Fact {
    std::string name;
    std::string value;
  };
  std::vector<Fact> facts;
};

// B7: one row of the metrics table, and its chart.
struct MetricFinding {
  std::string id;            // signal, "db.cpu"
  std::string component;     // component id
  std::string title;         // "RDS CPU"
  std::string unit;          // "percent", "seconds", "count", "bytes", "per-second"
  std::string normal_range;  // "< 30 %", "baseline 2.1 ms", as shown
  std::string row;           // "B3"
  MetricStatus status = MetricStatus::kNoData;
  std::optional<double> incident_average;
  std::optional<double> incident_maximum;
  std::optional<double> baseline_median;
  std::optional<Time> peak_time;
  std::optional<Time> onset;        // when it left its baseline
  std::vector<Claim> claims;        // empty only for kNoData
  std::vector<Series> chart;        // baseline, window and tail; first the statistic that matters
  std::optional<double> high_line;  // threshold to draw
};

// Counts of one named pattern (C2-C6).
struct PatternFinding {
  std::string id;
  std::string component;
  std::string title;
  std::string group;    // log group
  std::string pattern;  // as searched
  std::string runbook;  // as the runbook writes it
  std::string note;     // why the two differ
  std::string row;
  std::uint64_t count = 0;  // in the window: all, not only those shown
  double baseline_per_minute = 0;
  std::optional<Time> first, last, peak;  // within the window; peak = minute with most
  std::uint64_t peak_count = 0;
  std::vector<Datapoint> per_minute;    // baseline, window and tail; minutes without match are 0
  std::optional<EvidenceRef> evidence;  // unset only when count is 0
  std::uint64_t shown = 0;              // excerpts shown of count
};

struct StatementFinding {
  std::string fingerprint;  // libpg_query, 16 hex digits
  std::string sql;          // normalised
  std::uint64_t calls = 0;  // logged executions in the window (slow ones: log_min_duration_statement)
  std::uint64_t timeouts = 0;
  std::uint64_t lock_waits = 0;
  double p50_ms = 0, p95_ms = 0, max_ms = 0;
  std::uint64_t in_list_max = 0;
  std::uint64_t baseline_calls = 0;
  std::uint64_t baseline_timeouts = 0;
  std::optional<Time> first, last;
  std::vector<EvidenceRef> evidence;
};

struct EndpointFinding {
  std::string endpoint;                                  // "Api::V1::Accounts::ConversationsController#index"
  std::uint64_t requests = 0, errors = 0, timeouts = 0;  // errors: status >= 500 or unfinished by time-out
  double p50_ms = 0, p95_ms = 0, max_ms = 0;
  double database_share = 0;  // 0..1 of the duration, ActiveRecord
  double baseline_p95_ms = 0;
  std::uint64_t baseline_requests = 0, baseline_errors = 0;
  std::vector<EvidenceRef> evidence;
};

struct JobFinding {
  std::string job_class;
  std::uint64_t runs = 0, failures = 0;
  double p95_ms = 0, max_ms = 0, baseline_p95_ms = 0;
  std::vector<EvidenceRef> evidence;
};

// G3 evaluated over the window.
struct LogAlertFinding {
  std::string id, title, rule;  // rule: "> 5 per minute"
  bool fired = false;
  bool known = true;  // false: no data to decide it
  double worst = 0;   // largest count in any such period
  std::optional<Time> first_fired;
  std::optional<EvidenceRef> evidence;
};

struct TimelineEntry {
  Time time;
  std::string component;
  enum class Kind { kChange, kOnset, kSymptom, kPeak, kRecovery, kState } kind = Kind::kSymptom;
  Claim claim;
  bool exact = true;  // false: known by the minute only; `time` is the minute's start
};

struct NextCheck {
  std::string text;  // what to look at and what each answer would mean
  std::string aws_command;
  std::string culprit_command;
};

// One term of a hypothesis' score.
struct ScoreTerm {
  std::string text;
  double log_odds = 0;
  std::vector<EvidenceRef> evidence;  // empty for the prior and for what could not be seen
};

struct Hypothesis {
  std::string cause;   // "statement-timeouts"
  std::string family;  // "database-performance"
  std::string title;
  std::string summary;  // one or two sentences, names the very query, endpoint or task
  std::string component;
  double confidence = 0;  // 0..1
  CauseRole role = CauseRole::kNone;
  std::vector<ScoreTerm> evidence_for;
  std::vector<ScoreTerm> evidence_against;
  std::vector<ScoreTerm> unseen;  // symptoms for which there were no data
  double prior = 0;
  std::optional<Time> onset;
  NextCheck refute;
  std::vector<NextCheck> checks;
};

struct RecommendationFinding {
  std::string horizon;  // "24h", "1w", "1m"
  std::string text;
  std::string cause;  // the hypothesis it follows from
};

struct PreventionFinding {
  std::string area;  // "monitoring", "code-review", "infrastructure"
  std::string text;
};

struct ContactFinding {
  std::string role, name, reach;
  bool now = false;  // to be called at this severity
};

// A sentence about a root cause, or honest silence.
struct RootCause {
  std::vector<Claim> primary;  // at most one
  std::vector<Claim> secondary;
  std::vector<Claim> contributing;
};

struct SourceFinding {  // what was read, H1
  std::string action;   // "logs:FilterLogEvents", "file:read"
  std::string what;     // log group, file and its detected format, metric count …
  std::uint64_t calls = 0;
  std::int64_t bytes = 0;
};

// A remembered incident that looked like this one.
struct LikeCase {
  std::string id, digest;  // of the case, and of its file
  std::string system;      // name of the system it happened to
  std::string cause;       // as confirmed by people
  std::string hypothesis;  // what the analysis had named then; may be empty
  std::string severity;
  std::optional<Time> onset;
  Window window;
  bool same_incident = false;  // it was made of this very incident
  double likeness = 0;         // 0..1
  std::optional<double> same_order;
  struct Signal {
    std::string name, title;   // "db.cpu", "RDS CPU"
    double now = 0, then = 0;  // usual spreads
  };
  std::vector<Signal> agree, differ;  // the weightiest first
};

// The memory that this analysis was given, and what in it is alike.
struct SeenBefore {
  std::uint64_t cases = 0;              // compared
  std::string digest;                   // of all of them: the same store and memory give the same findings
  std::vector<std::string> unreadable;  // files that are no cases
  std::vector<LikeCase> alike;          // the most alike first
  double nearest = 0;                   // likeness of the most alike one, alike enough or not
};

struct Findings {
  static constexpr int kSchemaVersion = 1;

  struct {
    std::string name, title, zone;
  } system;
  Window window;
  Window baseline;
  std::string zone;  // in which local times are shown

  std::string capsule;          // what the commands call the evidence's capsule
  std::string capsule_options;  // what they need besides, " --from … --to …" or empty

  Verdict verdict = Verdict::kCannotTell;
  std::string headline;              // one sentence
  std::vector<std::string> summary;  // executive summary, a few sentences
  std::string severity;              // "P0" … "P3", empty without an incident
  std::vector<Claim> severity_reasons;
  std::optional<Time> onset;
  std::optional<Time> recovery;           // unset: not seen inside the data
  IncidentSignature signature;            // what it looked like; not part of the JSON
  std::optional<SeenBefore> seen_before;  // unset without a memory

  std::vector<ComponentFinding> components;
  std::vector<MetricFinding> metrics;
  std::vector<PatternFinding> patterns;
  std::vector<StatementFinding> statements;
  std::vector<EndpointFinding> endpoints;
  std::vector<JobFinding> jobs;
  std::vector<LogAlertFinding> log_alerts;
  std::vector<TimelineEntry> timeline;
  std::vector<Hypothesis> hypotheses;  // best first
  RootCause root_cause;
  std::vector<RecommendationFinding> recommendations;
  std::vector<PreventionFinding> prevention;
  std::vector<std::string> known;    // H4: what is known
  std::vector<std::string> unknown;  // H4: what is not
  std::vector<NextCheck> next_checks;
  std::vector<ContactFinding> contacts;
  std::vector<ContactFinding> stakeholders;
  std::vector<Gap> gaps;
  std::vector<SourceFinding> sources;
  EvidenceBook evidence;
  bool redacted = false;  // set by redaction
  std::string redaction_note;
};

std::string_view to_string(Verdict v);              // "incident", "no-incident", "cannot-tell"
std::string_view to_string(Health h);               // "healthy", "degraded", "down", "unknown"
std::string_view to_string(MetricStatus s);         // "normal", "elevated", "high", "no-data"
std::string_view to_string(CauseRole r);            // "primary", "secondary", "contributing", "none"
std::string_view to_string(EvidenceKind k);         // "log", "metric", "state", "change", "gap"
std::string_view to_string(TimelineEntry::Kind k);  // "change", "onset", "symptom", "peak", …

}  // namespace culprit
