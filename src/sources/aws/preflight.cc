// What a collection would ask, before anything is asked.
#include "sources/aws/preflight.h"

#include <fmt/format.h>

#include <set>

#include "sources/aws/credentials.h"
#include "sources/aws/log_chunks.h"
#include "sources/aws/metric_queries.h"
#include "sources/aws/price.h"

namespace culprit::aws {

namespace {

constexpr std::uint64_t kStateBytes = 8'000;           // one service, task list, instance
constexpr std::uint64_t kBytesPerPoint = 40;           // "1755817200,12.345," and its frame
constexpr std::uint64_t kLogBytesPerMinute = 500'000;  // of a busy group; nobody knows before asking
constexpr std::uint64_t kLogPageBytes = 1u << 20;

void add(Preflight& out, std::string action, std::string what, std::uint64_t calls, std::uint64_t bytes,
         double usd = 0) {
  if (calls > 0) out.calls.push_back({std::move(action), std::move(what), calls, bytes, usd});
}

void plan_states(const System& system, Preflight& out) {
  std::set<std::string> clusters;
  std::map<std::string, std::uint64_t> services_of;
  std::uint64_t services = 0, instances = 0;
  for (const auto& component : system.components) {
    if (component.kind == ComponentKind::kEcsService) ++services, ++services_of[component.cluster];
    if (component.kind == ComponentKind::kRdsInstance) ++instances;
  }
  std::uint64_t batches = 0;
  for (const auto& [cluster, count] : services_of) batches += (count + 9) / 10;
  add(out, "sts:GetCallerIdentity", "who asks", 1, 500);
  add(out, "ecs:DescribeClusters", "clusters", services_of.size(), services_of.size() * 1'000);
  add(out, "ecs:DescribeServices", fmt::format("{} services", services), batches, services * kStateBytes);
  add(out, "ecs:ListTasks", "running and stopped tasks", services * 2, services * 2'000);
  add(out, "ecs:DescribeTasks", "task details", services * 2, services * 2 * kStateBytes);
  add(out, "rds:DescribeDBInstances", fmt::format("{} DB instances", instances), instances,
      instances * kStateBytes);
  add(out, "rds:DescribeEvents", "their events", instances, instances * 2'000);
}

void plan_metrics(const System& system, const Window& span, const Window& incident, Time now,
                  Preflight& out) {
  const auto queries = plan_metric_queries(system, span, incident, now);
  if (queries.empty()) return;
  std::uint64_t bytes = 0;
  for (const auto& query : queries)
    bytes += static_cast<std::uint64_t>(query.window.length() / query.period + 1) * kBytesPerPoint;
  add(out, "cloudwatch:GetMetricData", fmt::format("{} series", queries.size()), batches_of(queries).size(),
      bytes, static_cast<double>(queries.size()) * kUsdPerMetricRequested);
  const auto metrics =
      static_cast<std::uint64_t>(std::ranges::count_if(system.metrics, is_cloudwatch_metric));
  add(out, "cloudwatch:ListMetrics", "only for metrics without data, at most", metrics, metrics * 500,
      static_cast<double>(metrics) * kUsdPerCloudWatchCall);
  add(out, "cloudwatch:DescribeAlarms", "alarms on these metrics", 1, 20'000, kUsdPerCloudWatchCall);
}

void plan_logs(const System& system, const CollectAwsOptions& options, const Window& span, Time now,
               Preflight& out) {
  std::set<std::string> groups;
  for (const auto& component : system.components)
    if (!component.log_group.empty()) groups.insert(component.log_group);
  if (groups.empty()) return;
  const auto pieces = plan_pieces(options.window, span, now).size();
  const auto minutes =
      static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::minutes>(span.length()).count());
  const std::uint64_t bytes = std::min(options.max_log_bytes, groups.size() * minutes * kLogBytesPerMinute);
  add(out, "logs:DescribeLogGroups", fmt::format("{} log groups", groups.size()), groups.size(),
      groups.size() * 500);
  add(out, "logs:FilterLogEvents",
      fmt::format("{} groups × {}, guessed at 0.5 MB a minute each, at most {} MiB", groups.size(),
                  format_duration(span.length()), options.max_log_bytes >> 20),
      std::max<std::uint64_t>(groups.size() * pieces, bytes / kLogPageBytes), bytes);
}

std::string bytes_text(std::uint64_t bytes) {
  if (bytes >= 10'000'000) return fmt::format("{} MB", bytes / 1'000'000);
  if (bytes >= 1'000'000) return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
  return fmt::format("{} kB", (bytes + 999) / 1000);
}

}  // namespace

Preflight make_preflight(const System& system, const CollectAwsOptions& options, const Session& session,
                         Time now) {
  Preflight out;
  out.region = session.region;
  out.endpoint = endpoint_url(session, Service::kLogs);
  const Window& window = options.window;
  const Time start =
      options.baseline.length().count() > 0 ? std::min(options.baseline.start, window.start) : window.start;
  const Window span{start, std::max(start, std::min(window.end + options.tail, now))};
  plan_states(system, out);
  plan_metrics(system, span, window, account_time(session, Service::kCloudWatch, span.end, now), out);
  plan_logs(system, options, span, now, out);
  std::set<std::string> permissions;
  for (const auto& call : out.calls) {
    out.total_calls += call.calls;
    out.total_bytes += call.bytes;
    out.total_usd += call.usd;
    if (call.action != "sts:GetCallerIdentity") permissions.insert(call.action);  // needs none
  }
  out.permissions.assign(permissions.begin(), permissions.end());
  return out;
}

}  // namespace culprit::aws

namespace culprit {

std::string Preflight::text() const {
  std::string out = fmt::format("Will ask AWS in {} ({})\n", region, endpoint);
  if (!account.empty()) out += fmt::format("  account      {}\n", account);
  out += fmt::format("  credentials  {}\n\n", credential_source);
  out += fmt::format("  {:<26} {:>6}  {:>8}  {:>8}  {}\n", "call", "times", "bytes", "US$", "for");
  for (const auto& call : calls)
    out += fmt::format("  {:<26} {:>6}  {:>8}  {:>8}  {}\n", call.action, call.calls,
                       aws::bytes_text(call.bytes), call.usd > 0 ? fmt::format("{:.4f}", call.usd) : "free",
                       call.what);
  out += fmt::format("  {:<26} {:>6}  {:>8}  {:>8.4f}\n\n", "in all, about", total_calls,
                     aws::bytes_text(total_bytes), total_usd);
  out += "  permissions  ";
  for (std::size_t i = 0; i < permissions.size(); ++i)
    out += fmt::format("{}{}", i == 0 ? "" : i % 3 == 0 ? ",\n               " : ", ", permissions[i]);
  return out + "\n";
}

}  // namespace culprit
