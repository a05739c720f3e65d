// What the user says about the system under care: plain values read from a YAML system file
// (schemas/system.schema.json, docs/system-file.md). Never to be confused with an AWS profile.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "telemetry/metric.h"

namespace culprit {

enum class ComponentKind { kEcsService, kRdsInstance, kOther };

struct Component {
  std::string id;     // "web", "db"
  std::string title;  // "Web application"
  ComponentKind kind = ComponentKind::kOther;
  std::string cluster;                  // ECS only
  std::string name;                     // ECS service name or DB instance identifier
  std::string log_group;                // empty = none
  std::string log_format;               // "rails", "lograge", "sidekiq", "postgres", "json", "" = detect
  std::vector<std::string> depends_on;  // component ids it calls
  bool critical = false;                // a failure of it is a failure of a major feature
};

// A range check: what is normal, what raises the alarm. Unset = judged by the baseline only.
struct MetricRange {
  std::optional<double> normal_below;
  std::optional<double> normal_above;
  std::optional<double> high_above;
  std::optional<double> high_below;
  // Elevated / high when the window exceeds the baseline this many times (for latencies).
  std::optional<double> elevated_over_baseline;
  std::optional<double> high_over_baseline;
};

struct SystemMetric {
  std::string id;  // "db.cpu": the signal's name
  // Set for a row that no CloudWatch metric gives but a recogniser does ("web.error_rate", docs/signals.md);
  // equals id, and metric, statistics and period say nothing then.
  std::string signal;
  std::string component;  // component id
  std::string title;      // "RDS CPU"
  MetricId metric;
  std::vector<std::string> statistics;        // "Average", "Maximum", "p99"
  std::vector<std::string> extra_statistics;  // asked for where useful
  std::chrono::seconds period{60};
  std::string unit;  // "percent", "seconds", "count", "bytes", "per-second"
  MetricRange range;
  std::string row;  // runbook row, "B1"
  // A longer look back at a coarser period (B2: 2 h at 300 s).
  std::optional<std::chrono::seconds> long_view;
  std::optional<std::chrono::seconds> long_period;
};

// A named pattern over a component's log (C2-C6). An event matches when it holds any of the literals.
struct LogPattern {
  std::string id;         // "web.timeout"
  std::string component;  // component id
  std::string title;
  std::vector<std::string> any_of;  // literals
  bool ignore_case = false;
  std::vector<std::string> all_regex;  // RE2, all must match too (for `duration.*ms`)
  std::string runbook;                 // the pattern as the runbook writes it
  std::string filter;                  // a CloudWatch filter pattern that is valid and means the same
  std::string note;                    // why it differs from the runbook's, shown in the report
  std::string row;                     // "C2"
};

// One comparison on a signal over the incident window. A signal is a metric id, a pattern id, or one of the
// recognisers' (docs/signals.md), for example "db.statement_timeouts".
struct Predicate {
  enum class Aggregate { kMax, kMin, kAverage, kSum, kLast, kP95 };
  std::string signal;
  Aggregate aggregate = Aggregate::kMax;
  std::optional<double> above;           // strictly
  std::optional<double> below;           // strictly
  std::optional<double> above_baseline;  // times the baseline's same aggregate
  std::optional<double> min_value;       // with above_baseline: and at least this much in itself
};

struct Symptom {
  Predicate when;
  std::string says;       // "RDS CPU above 70 %"
  double weight = 1.0;    // log-odds added when it holds
  double absent = 0.0;    // log-odds added (<= 0) when data are there and it does not hold
  bool required = false;  // without it (or without data for it) the issue is no hypothesis
};

struct Check {
  std::string text;  // what to look at, and what each answer would mean
  // Empty, or a command that may name {start_ms} {end_ms} (epoch milliseconds), {start_utc} {end_utc} (ISO
  // 8601) of the incident window, and the placeholders of recommendations.
  std::string aws_command;
  std::string culprit_command;  // CAPSULE stands for the capsule's file name; may be empty
};

struct Recommendation {
  std::string horizon;  // "24h", "1w", "1m"
  std::string text;     // may name {statement} {fingerprint} {endpoint} {task} {component} {job} {in_list}
};

struct Prevention {
  std::string area;  // "monitoring", "code-review", "infrastructure"
  std::string text;
};

struct KnownIssue {
  std::string id;      // the cause: "statement-timeouts"
  std::string family;  // "database-performance" (E1) ...
  std::string title;
  std::string component;
  std::string summary;  // one sentence with {placeholders}
  std::string row;      // "E1"
  double prior = -3.0;  // log-odds before evidence
  std::vector<Symptom> symptoms;
  std::vector<Symptom> against;       // symptoms whose weight is negative when they hold
  std::vector<std::string> explains;  // causes of other issues that this one brings about
  std::vector<Check> checks;          // what a human would do next
  Check refute;                       // the check that would show it wrong
  std::vector<Recommendation> recommendations;
  std::vector<Prevention> prevention;
};

// G3: more than `above` matches of a signal in `per` (a sliding count of whole minutes).
struct LogAlert {
  std::string id;
  std::string title;
  std::string signal;
  double above = 0;
  std::chrono::minutes per{1};
  std::string row;
  // As a CloudWatch metric filter and alarm: both or neither.
  std::string filter;           // filter pattern that matches one line an event of the signal
  std::string alarm;            // name of the alarm
  std::string severity = "P2";  // that `culprit watch` opens an incident with
};

// G1, G2: a CloudWatch alarm on one of the system's metrics, with the dimensions that the metric has.
struct AlarmRule {
  enum class Crossing { kAbove, kAtLeast, kBelow, kAtMost, kOutsideBand, kAboveBand, kBelowBand };
  std::string id;
  std::string name;  // of the alarm in CloudWatch
  std::string title;
  std::string signal;  // id of a metric that CloudWatch has
  std::string statistic = "Average";
  std::chrono::seconds period{300};
  Crossing crossing = Crossing::kAbove;
  double bound = 0;  // threshold, or width of the band
  double periods = 1;
  std::optional<double> datapoints;  // of `periods`; unset = all
  std::string missing = "missing";   // "missing", "ignore", "breaching", "not-breaching"
  std::string row;
  std::string severity = "P2";  // that `culprit watch` opens an incident with
};

// A service level objective on events of a log: the share of bad ones among all.
struct Objective {
  std::string id;
  std::string title;
  std::string component;
  double target = 0;       // percent of good events, 99.5
  std::string all_filter;  // filter pattern of every event
  std::string bad_filter;  // of those that count against it
  std::string name;        // alarms' names begin with it
};

// H5. The first level whose any rule holds, from P0 down; none = P3 when an incident is there.
struct SeverityRule {
  std::string level;  // "P0" ... "P3"
  std::string says;
  std::vector<Predicate> all;  // all must hold
};

struct Contact {
  std::string role;  // "DevOps", "Database", "Infrastructure", "On-call"
  std::string name;
  std::string reach;  // phone, channel, e-mail
  std::vector<std::string> severities;
  std::vector<std::string> notify;  // channel ids
  std::chrono::minutes after{0};    // told when nobody has acknowledged for so long; 0 = at once
};

struct Stakeholder {
  std::string name;
  std::string reach;
  std::vector<std::string> severities;
  std::vector<std::string> notify;  // channel ids
};

// A way by which messages go out. Secrets are references: "env:NAME" or "file:/path".
struct Channel {
  enum class Kind { kSlack, kPagerDuty, kWebhook, kSmtp };
  std::string id;
  Kind kind = Kind::kWebhook;
  std::string url;   // a reference; of a webhook, PagerDuty and SMTP also the address itself
  std::string key;   // reference: PagerDuty's routing key, the key that signs a webhook
  std::string from;  // SMTP
  std::vector<std::string> to;
  std::string user;      // SMTP
  std::string password;  // reference
  std::string ca;        // file with the certificates to trust instead of the machine's
  bool operator==(const Channel&) const = default;
};

struct System {
  std::string name;
  std::string title;
  std::string zone = "UTC";  // the team's clock
  std::string aws_profile;
  std::string aws_region;
  std::vector<Component> components;
  std::vector<SystemMetric> metrics;
  std::vector<LogPattern> patterns;
  std::vector<LogAlert> log_alerts;
  std::vector<AlarmRule> alarms;
  std::vector<Objective> objectives;
  std::vector<std::string> alarm_actions;  // ARNs that every alarm tells, such as an SNS topic
  std::vector<KnownIssue> known_issues;
  std::vector<SeverityRule> severity_rules;
  std::vector<Prevention> prevention;  // for every incident
  std::vector<Channel> channels;
  std::vector<Contact> contacts;
  std::vector<Stakeholder> stakeholders;
  // The file as YAML with `use` and variables resolved: it reads back to the same system without any other
  // file or option, so it is what a capsule keeps.
  std::string source_text;

  const Component* component(std::string_view id) const;
  const SystemMetric* metric(std::string_view id) const;
  const Channel* channel(std::string_view id) const;
};

}  // namespace culprit
