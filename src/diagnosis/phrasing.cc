#include "diagnosis/phrasing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>

#include "telemetry/quantity.h"

namespace culprit {

namespace {

struct Known {
  std::string_view signal, one, many;
};

// What is counted, in docs/signals.md's order.
constexpr Known kCounted[] = {
    {"errors", "error", "errors"},
    {"rack_timeouts", "Rack time-out", "Rack time-outs"},
    {"active_storage_failures", "ActiveStorage failure", "ActiveStorage failures"},
    {"image_processing_failures", "image processing failure", "image processing failures"},
    {"s3_failures", "S3 failure", "S3 failures"},
    {"memory_kills", "kill for memory", "kills for memory"},
    {"memory_allocation_failures", "memory allocation failure", "memory allocation failures"},
    {"query_cancellations", "cancelled query", "cancelled queries"},
    {"database_connection_failures", "database connection failure", "database connection failures"},
    {"redis_failures", "Redis failure", "Redis failures"},
    {"upstream_timeouts", "time-out of a call to another service", "time-outs of calls to other services"},
    {"statement_timeouts", "statement time-out", "statement time-outs"},
    {"lock_timeouts", "lock time-out", "lock time-outs"},
    {"lock_waits", "lock wait", "lock waits"},
    {"deadlocks", "deadlock", "deadlocks"},
    {"connection_refusals", "refused connection", "refused connections"},
    {"slow_statements", "slow statement", "slow statements"},
    {"schema_changes", "schema change", "schema changes"},
    {"server_restarts", "sign of a server restart", "signs of a server restart"},
    {"requests", "request", "requests"},
    {"failed_requests", "failed request", "failed requests"},
    {"jobs", "job", "jobs"},
    {"job_failures", "failed job", "failed jobs"},
    {"responses", "response", "responses"},
    {"failed_responses", "failed response", "failed responses"},
    {"tasks_missing", "task missing", "tasks missing"},
    {"tasks_stopped", "stopped task", "stopped tasks"},
    {"task_memory_kills", "task killed for memory", "tasks killed for memory"},
    {"failed_deployments", "failed deployment", "failed deployments"},
};

// What is measured.
constexpr Known kMeasured[] = {
    {"slow_statement_p95_ms", {}, "the time of slow statements (p95)"},
    {"slow_statement_max_ms", {}, "the time of the slowest statement"},
    {"in_list_max", {}, "the longest IN list"},
    {"error_rate", {}, "the share of failed requests"},
    {"request_p95_ms", {}, "the request time (p95)"},
    {"request_max_ms", {}, "the time of the slowest request"},
    {"database_share", {}, "the share of request time spent in the database"},
    {"job_p95_ms", {}, "the job time (p95)"},
    {"queue_latency_s", {}, "the longest wait in a queue"},
    {"response_p95_ms", {}, "the response time (p95)"},
    {"unavailable", {}, "the instance's unavailability"},
};

std::string_view bare(const Signal& signal) {
  const std::string_view name = signal.name;
  return name.substr(name.find('.') + 1);
}

// "RDS connections", but not "RDS status".
bool looks_plural(std::string_view title) {
  return title.ends_with('s') && !title.ends_with("ss") && !title.ends_with("us");
}

std::set<std::string> words_of(std::string_view sentence) {
  std::set<std::string> out;
  std::string word;
  for (std::size_t i = 0; i <= sentence.size(); ++i) {
    const auto c =
        i < sentence.size() ? static_cast<unsigned char>(sentence[i]) : static_cast<unsigned char>(' ');
    if (std::isalnum(c) != 0 || c == '_' || c >= 0x80) {
      word += static_cast<char>(std::tolower(c));
    } else if (!word.empty()) {
      if (word != "a" && word != "an" && word != "the") out.insert(word);
      word.clear();
    }
  }
  return out;
}

// "Error rate" -> "error rate", but "RDS CPU" stays.
std::string mid_sentence(std::string_view title) {
  std::string out(title);
  const std::string_view first = title.substr(0, title.find(' '));
  const bool word = first.size() > 1 && first[0] >= 'A' && first[0] <= 'Z' &&
                    std::ranges::all_of(first.substr(1), [](char c) { return c >= 'a' && c <= 'z'; });
  if (word) out[0] = static_cast<char>(out[0] - 'A' + 'a');
  return out;
}

}  // namespace

SignalName name_of(const Signal& signal, const System& system) {
  const auto metric = std::ranges::find(system.metrics, signal.name, &SystemMetric::id);
  if (metric != system.metrics.end()) return {mid_sentence(metric->title), {}, looks_plural(metric->title)};
  const auto pattern = std::ranges::find(system.patterns, signal.name, &LogPattern::id);
  if (pattern != system.patterns.end())
    return {fmt::format("log events of “{}”", pattern->title),
            fmt::format("log event of “{}”", pattern->title), true};
  for (const auto& k : kCounted)
    if (k.signal == bare(signal)) return {std::string(k.many), std::string(k.one), true};
  for (const auto& k : kMeasured)
    if (k.signal == bare(signal)) return {std::string(k.many), {}, false};
  std::string words(bare(signal));
  std::ranges::replace(words, '_', ' ');
  return {words, words, looks_plural(words)};
}

std::string amount_of(const Signal& signal, double n, const System& system) {
  const SignalName name = name_of(signal, system);
  const auto whole = static_cast<std::uint64_t>(std::llround(std::max(0.0, n)));
  if (whole == 0) return "no " + name.many;
  return wording::plural(whole, name.one.empty() ? name.many : name.one, name.many);
}

std::string capitalised(std::string_view sentence) {
  std::string out(sentence);
  const std::string_view first = sentence.substr(0, sentence.find(' '));
  const bool identifier = first.find_first_of("_.:/#(") != std::string_view::npos;
  if (!out.empty() && out[0] >= 'a' && out[0] <= 'z' && !identifier)
    out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out;
}

std::string listed(const std::vector<std::string>& items) {
  std::string out;
  for (std::size_t i = 0; i < items.size(); ++i)
    out += (i == 0 ? "" : i + 1 == items.size() ? " and " : ", ") + items[i];
  return out;
}

bool says_the_same(std::string_view a, std::string_view b) {
  constexpr double kShare = 0.85;
  const auto first = words_of(a);
  const auto second = words_of(b);
  std::size_t common = 0;
  for (const auto& word : first) common += second.contains(word) ? 1 : 0;
  const std::size_t all = first.size() + second.size() - common;
  return all > 0 && static_cast<double>(common) >= kShare * static_cast<double>(all);
}

bool is_traffic(const Signal& signal) {
  const std::string_view name = bare(signal);
  return name == "requests" || name == "jobs" || name == "responses";
}

std::string_view change_title(std::string_view kind) {
  if (kind == "schema") return "schema change";
  if (kind == "configuration") return "configuration change";
  if (kind == "task-stop") return "stopped task";
  if (kind == "rds-event") return "RDS event";
  if (kind == "service-event") return "service event";
  return kind;  // "deployment", "restart"
}

}  // namespace culprit
