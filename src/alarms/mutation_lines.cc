#include "alarms/mutation_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace culprit {

namespace {

struct Line {
  std::string_view signal;
  std::string_view text;
};

// Shapes of Chatwoot's production logs; {ms} is the duration.
constexpr std::string_view kPostgresHead =
    "2025-08-21 23:03:11 UTC:10.0.1.5(43210):chatwoot@chatwoot_production:[12345]:";
constexpr Line kPostgres[] = {
    {"statement_timeouts", "ERROR:  canceling statement due to statement timeout"},
    {"lock_timeouts", "ERROR:  canceling statement due to lock timeout"},
    {"lock_waits", "LOG:  process 12345 still waiting for ShareLock on transaction 7 after {ms} ms"},
    {"deadlocks", "ERROR:  deadlock detected"},
    {"connection_refusals",
     "FATAL:  remaining connection slots are reserved for non-replication superuser connections"},
    {"slow_statements", "LOG:  duration: {ms} ms  execute <unnamed>: SELECT 1"},
    {"slow_statement_p95_ms", "LOG:  duration: {ms} ms  execute <unnamed>: SELECT 1"},
    {"slow_statement_max_ms", "LOG:  duration: {ms} ms  execute <unnamed>: SELECT 1"},
    {"in_list_max", "LOG:  duration: 1500.0 ms  execute <unnamed>: SELECT * FROM m WHERE id IN (1, 2, 3)"},
    {"schema_changes", "LOG:  statement: DROP INDEX index_messages_on_conversation_id"},
    {"server_restarts", "LOG:  database system is ready to accept connections"},
    {"errors", "ERROR:  invalid input syntax for type integer"},
};

constexpr std::string_view kRailsHead = "I, [2025-08-21T23:03:11.755035 #1]  INFO -- : [a8d7a57f-ceba-4992] ";
constexpr std::string_view kRailsFatal =
    "F, [2025-08-21T23:03:11.755035 #1] FATAL -- : [a8d7a57f-ceba-4992] ";
constexpr Line kRails[] = {
    {"requests", "Completed 200 OK in 12ms (Views: 0.1ms | ActiveRecord: 5.1ms | Allocations: 4921)"},
    {"failed_requests",
     "Completed 500 Internal Server Error in 14999ms (ActiveRecord: 14599.1ms | Allocations: 492)"},
    {"error_rate",
     "Completed 500 Internal Server Error in 14999ms (ActiveRecord: 14599.1ms | Allocations: 492)"},
    {"request_p95_ms", "Completed 200 OK in {ms}ms (Views: 0.1ms | ActiveRecord: 5.1ms | Allocations: 4921)"},
    {"request_max_ms", "Completed 200 OK in {ms}ms (Views: 0.1ms | ActiveRecord: 5.1ms | Allocations: 4921)"},
    {"database_share",
     "Completed 200 OK in 900ms (Views: 0.1ms | ActiveRecord: 890.1ms | Allocations: 4921)"},
};

// What any Ruby program may write, whatever its format.
constexpr Line kFailures[] = {
    {"rack_timeouts", "Rack::Timeout::RequestTimeoutException (Request ran for longer than 15000ms ):"},
    {"active_storage_failures", "ActiveStorage::FileNotFoundError (ActiveStorage::FileNotFoundError):"},
    {"image_processing_failures", "ImageProcessing::Error (timeout):"},
    {"s3_failures", "Seahorse::Client::NetworkingError (Net::OpenTimeout):"},
    {"memory_kills", "Killed process 4242 (ruby) total-vm:2097152kB"},
    {"memory_allocation_failures", "NoMemoryError (failed to allocate memory):"},
    {"query_cancellations",
     "ActiveRecord::QueryCanceled (PG::QueryCanceled: ERROR:  canceling statement due to statement "
     "timeout):"},
    {"database_connection_failures", "ActiveRecord::ConnectionNotEstablished (connection to server failed):"},
    {"redis_failures", "Redis::CannotConnectError (Error connecting to Redis):"},
    {"upstream_timeouts", "Net::ReadTimeout (Net::ReadTimeout):"},
    {"errors", "NoMethodError (undefined method 'x' for nil):"},
};

constexpr Line kJson[] = {
    {"job_failures",
     R"j({"ts":"2025-08-21T23:03:11.1Z","lvl":"WARN","msg":"Job raised exception","ctx":{"class":"J"}})j"},
    {"jobs",
     R"j({"ts":"2025-08-21T23:03:11.1Z","lvl":"INFO","msg":"done","ctx":{"class":"J","elapsed":0.1}})j"},
    {"job_p95_ms",
     R"j({"ts":"2025-08-21T23:03:11.1Z","lvl":"INFO","msg":"done","ctx":{"class":"J","elapsed":60.1}})j"},
    {"responses", R"j({"level":"INFO","message":"request completed","status":200,"duration_ms":12})j"},
    {"failed_responses",
     R"j({"level":"ERROR","message":"request completed","status":502,"duration_ms":12})j"},
    {"response_p95_ms",
     R"j({"level":"INFO","message":"request completed","status":200,"duration_ms":{ms}})j"},
    {"in_list_max",
     R"j({"level":"INFO","message":"query","sql":"SELECT 1 WHERE id IN (1, 2, 3, 4, 5, 6, 7, 8)"})j"},
};

template <std::size_t N>
std::string_view find(const Line (&lines)[N], std::string_view signal) {
  const auto found = std::ranges::find(lines, signal, &Line::signal);
  return found == std::end(lines) ? std::string_view{} : found->text;
}

std::string with_duration(std::string_view text, double ms) {
  std::string out(text);
  if (const auto at = out.find("{ms}"); at != std::string::npos)
    out.replace(at, 4, fmt::format("{:.0f}", ms));
  return out;
}

}  // namespace

std::string line_of(std::string_view signal, const Component& component, double ms) {
  if (component.log_group.empty()) return {};
  if (component.kind == ComponentKind::kRdsInstance || component.log_format == "postgres") {
    const auto text = find(kPostgres, signal);
    return text.empty() ? std::string() : std::string(kPostgresHead) + with_duration(text, ms);
  }
  if (const auto text = find(kRails, signal); !text.empty())
    return std::string(kRailsHead) + with_duration(text, ms);
  if (const auto text = find(kFailures, signal); !text.empty())
    return std::string(kRailsFatal) + std::string(text);
  return with_duration(find(kJson, signal), ms);
}

}  // namespace culprit
