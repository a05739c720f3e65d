#include "system/signals.h"

#include <algorithm>

namespace culprit {

namespace {

struct SignalGroup {
  enum class From { kAnyLog, kPostgres, kRails, kSidekiq, kJson, kEcs, kRds } from;
  std::vector<std::string_view> names;
};

const std::vector<SignalGroup>& signal_groups() {
  using From = SignalGroup::From;
  static const std::vector<SignalGroup> groups = {
      {From::kAnyLog,
       {"errors", "rack_timeouts", "active_storage_failures", "image_processing_failures", "s3_failures",
        "memory_kills", "memory_allocation_failures", "query_cancellations", "database_connection_failures",
        "redis_failures", "upstream_timeouts"}},
      {From::kPostgres,
       {"statement_timeouts", "lock_timeouts", "lock_waits", "deadlocks", "connection_refusals",
        "slow_statements", "slow_statement_p95_ms", "slow_statement_max_ms", "in_list_max", "schema_changes",
        "server_restarts"}},
      {From::kRails,
       {"requests", "failed_requests", "error_rate", "request_p95_ms", "request_max_ms", "database_share"}},
      {From::kSidekiq, {"jobs", "job_failures", "job_p95_ms", "queue_latency_s"}},
      {From::kJson, {"responses", "failed_responses", "response_p95_ms", "in_list_max"}},
      {From::kEcs, {"tasks_missing", "tasks_stopped", "task_memory_kills", "failed_deployments"}},
      {From::kRds, {"unavailable"}},
  };
  return groups;
}

bool gives(const Component& component, SignalGroup::From from) {
  const std::string& format = component.log_format;
  const bool detected = format.empty() && component.kind != ComponentKind::kRdsInstance;
  switch (from) {
    case SignalGroup::From::kAnyLog:
      return true;
    case SignalGroup::From::kPostgres:
      return detected || format == "postgres" || component.kind == ComponentKind::kRdsInstance;
    case SignalGroup::From::kRails:
      return detected || format == "rails" || format == "lograge";
    case SignalGroup::From::kSidekiq:
      return detected || format == "sidekiq";
    case SignalGroup::From::kJson:
      return detected || format == "json";
    case SignalGroup::From::kEcs:
      return component.kind == ComponentKind::kEcsService;
    case SignalGroup::From::kRds:
      return component.kind == ComponentKind::kRdsInstance;
  }
  return false;
}

}  // namespace

std::vector<std::string_view> recognised_signals(const Component& component) {
  std::vector<std::string_view> names;
  for (const auto& group : signal_groups())
    if (gives(component, group.from))
      for (const auto name : group.names)
        if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  return names;
}

bool is_recognised_signal(std::string_view name) {
  return std::ranges::any_of(signal_groups(), [&](const SignalGroup& group) {
    return std::ranges::find(group.names, name) != group.names.end();
  });
}

}  // namespace culprit
