// Checks one by one what a collection needs.
#include <fmt/format.h>

#include <set>

#include "sources/aws/answer.h"
#include "sources/aws/client.h"
#include "sources/aws/collect_aws.h"
#include "sources/aws/iam_policy.h"
#include "sources/aws/metric_queries.h"
#include "sources/aws/wire.h"

namespace culprit::aws {

namespace {

using Kind = ApiError::Kind;

constexpr std::chrono::minutes kSkewRefused{5};
constexpr std::chrono::seconds kSkewWarned{30};
constexpr std::chrono::hours kRecent{3};
constexpr std::size_t kQueriesPerCall = 500;

class Doctor {
 public:
  Doctor(const System& system, Client& client) : system_(system), client_(client) {}

  DoctorReport run() {
    if (!credentials()) return std::move(report_);
    const bool known = identity();
    clock();
    if (!known) return std::move(report_);
    services();
    instances();
    metrics();
    log_groups();
    report_.missing_policy = least_policy(missing_);
    return std::move(report_);
  }

  void add(DoctorStatus status, std::string check, std::string detail, std::string hint = {},
           ErrorCode code = ErrorCode::kExpectation) {
    report_.lines.push_back({status, std::move(check), std::move(detail), std::move(hint), code});
  }

 private:
  bool credentials() {
    const auto found = client_.credentials().get();
    if (!found) {
      const Error& error = found.error();
      add(DoctorStatus::kFailed, "credentials",
          error.where.empty() ? error.what : error.where + ": " + error.what, error.hint, error.code);
      return false;
    }
    std::string detail = fmt::format("{} from {}", found->keys.access_key_id, found->source);
    if (found->expiration) detail += fmt::format(", valid until {}", format_utc(*found->expiration));
    add(DoctorStatus::kOk, "credentials", detail);
    add(DoctorStatus::kOk, "region", client_.session().region);
    return true;
  }

  bool identity() {
    const std::string endpoint = endpoint_url(client_.session(), Service::kSts);
    const auto answer = client_.call(Service::kSts, "GetCallerIdentity", {});
    if (answer) {
      add(DoctorStatus::kOk, "endpoint", fmt::format("{} answers", endpoint));
      add(DoctorStatus::kOk, "identity",
          fmt::format("account {}, {}", text_at(*answer, "Account"), text_at(*answer, "Arn")));
      return true;
    }
    const ApiError& error = answer.error();
    if (error.kind == Kind::kCredentials || error.kind == Kind::kSkew) {
      add(DoctorStatus::kOk, "endpoint", fmt::format("{} answers", endpoint));
      add(DoctorStatus::kFailed, "identity", error.text(), error.hint, ErrorCode::kCredentials);
      return false;
    }
    const bool silent =
        error.kind == Kind::kUnreachable || error.kind == Kind::kThrottled || error.kind == Kind::kTransient;
    add(DoctorStatus::kFailed, "endpoint", error.text(),
        error.kind == Kind::kUnreachable
            ? "check the network, --region, --endpoint-url and proxies"
            : "it answers, but does not serve: wait some minutes, then try again",
        silent ? ErrorCode::kUnreachable : ErrorCode::kExpectation);
    return !silent;
  }

  void clock() {
    const auto offset = client_.clock_offset();
    if (!offset) return add(DoctorStatus::kSkipped, "clock", "no answer told the time");
    const Duration size = std::chrono::abs(*offset);
    const std::string detail = fmt::format("this machine is {} {} the service", format_duration(size),
                                           offset->count() < 0 ? "ahead of" : "behind");
    if (size > kSkewRefused)
      return add(DoctorStatus::kFailed, "clock", detail,
                 "set the clock (NTP): AWS refuses requests more than 5 minutes off",
                 ErrorCode::kCredentials);
    if (size > kSkewWarned) return add(DoctorStatus::kWarning, "clock", detail, "set the clock (NTP)");
    add(DoctorStatus::kOk, "clock", "in step with the service");
  }

  // One permission, proven by a call; its answer when there is one.
  ApiResult<boost::json::object> ask(Service service, std::string_view operation,
                                     const boost::json::object& parameters) {
    auto answer = client_.call(service, operation, parameters);
    const std::string action = fmt::format("{}:{}", info(service).cli, operation);
    if (!told_.insert(action).second) return answer;
    const std::string check = fmt::format("permission {}", action);
    if (answer || answer.error().kind == Kind::kMissing || answer.error().kind == Kind::kInvalid) {
      add(DoctorStatus::kOk, check, "allowed");
    } else if (answer.error().kind == Kind::kDenied) {
      add(DoctorStatus::kFailed, check, answer.error().text(), "ask for the policy below",
          ErrorCode::kDenied);
      missing_.push_back(action);
    } else {
      add(DoctorStatus::kFailed, check, answer.error().text(), answer.error().hint,
          answer.error().kind == Kind::kUnreachable ? ErrorCode::kUnreachable : ErrorCode::kExpectation);
    }
    return answer;
  }

  // The outcome for one resource when its call failed: denied is said once, at the permission.
  void resource_failed(const std::string& check, const ApiError& error) {
    if (error.kind == Kind::kDenied)
      add(DoctorStatus::kSkipped, check, "not known: the permission is missing");
    else
      add(DoctorStatus::kFailed, check, error.text(),
          error.kind == Kind::kMissing ? "check the system file and --region" : error.hint);
  }

  void services() {
    for (const auto& component : system_.components) {
      if (component.kind != ComponentKind::kEcsService) continue;
      const std::string check = fmt::format("ECS service {}", component.name);
      if (clusters_.insert(component.cluster).second)
        static_cast<void>(
            ask(Service::kEcs, "DescribeClusters", {{"clusters", boost::json::array{component.cluster}}}));
      const auto answer =
          ask(Service::kEcs, "DescribeServices",
              {{"cluster", component.cluster}, {"services", boost::json::array{component.name}}});
      const auto tasks = ask(
          Service::kEcs, "ListTasks",
          {{"cluster", component.cluster}, {"serviceName", component.name}, {"desiredStatus", "RUNNING"}});
      if (tasks) describe_one_task(component, array_at(*tasks, "taskArns"));
      if (!answer) {
        resource_failed(check, answer.error());
      } else if (const auto& found = array_at(*answer, "services"); found.empty() || !found[0].is_object()) {
        add(DoctorStatus::kFailed, check, fmt::format("cluster {} has no such service", component.cluster),
            "check the system file and --region");
      } else {
        const auto& service = found[0].get_object();
        add(DoctorStatus::kOk, check,
            fmt::format("{}, {} of {} tasks running", text_at(service, "status"),
                        integer_at(service, "runningCount").value_or(0),
                        integer_at(service, "desiredCount").value_or(0)));
      }
    }
  }

  void describe_one_task(const Component& component, const boost::json::array& arns) {
    if (arns.empty() || told_.contains("ecs:DescribeTasks")) return;
    static_cast<void>(ask(Service::kEcs, "DescribeTasks",
                          {{"cluster", component.cluster}, {"tasks", boost::json::array{arns[0]}}}));
  }

  void instances() {
    for (const auto& component : system_.components) {
      if (component.kind != ComponentKind::kRdsInstance) continue;
      const std::string check = fmt::format("DB instance {}", component.name);
      const auto answer =
          ask(Service::kRds, "DescribeDBInstances", {{"DBInstanceIdentifier", component.name}});
      static_cast<void>(ask(Service::kRds, "DescribeEvents",
                            {{"SourceIdentifier", component.name}, {"SourceType", "db-instance"}}));
      if (!answer) {
        resource_failed(check, answer.error());
      } else if (const auto& found = array_at(*answer, "DBInstances");
                 found.empty() || !found[0].is_object()) {
        add(DoctorStatus::kFailed, check, "there is no such instance", "check the system file and --region");
      } else {
        const auto& instance = found[0].get_object();
        add(DoctorStatus::kOk, check,
            fmt::format("{}, {} {} on {}", text_at(instance, "DBInstanceStatus"), text_at(instance, "Engine"),
                        text_at(instance, "EngineVersion"), text_at(instance, "DBInstanceClass")));
      }
    }
  }

  void metrics() {
    std::vector<const SystemMetric*> metrics;
    for (const auto& metric : system_.metrics)
      if (is_cloudwatch_metric(metric) && metrics.size() < kQueriesPerCall) metrics.push_back(&metric);
    if (metrics.empty()) return;
    const std::int64_t end = to_epoch_ms(client_.clock().now()) / 1000 / 60 * 60;
    boost::json::array queries;
    for (std::size_t i = 0; i < metrics.size(); ++i) queries.push_back(query_for(*metrics[i], i));
    const auto answer = ask(Service::kCloudWatch, "GetMetricData",
                            {{"MetricDataQueries", queries},
                             {"StartTime", end - std::chrono::seconds{kRecent}.count()},
                             {"EndTime", end}});
    static_cast<void>(ask(Service::kCloudWatch, "DescribeAlarms", {{"MaxRecords", 1}}));
    std::set<std::string> with_data;
    if (answer)
      for (const auto& item : array_at(*answer, "MetricDataResults"))
        if (item.is_object() && !array_at(item.get_object(), "Values").empty())
          with_data.insert(text_at(item.get_object(), "Id"));
    for (std::size_t i = 0; i < metrics.size(); ++i) {
      const std::string check = fmt::format("metric {}", to_string(metrics[i]->metric));
      if (!answer)
        resource_failed(check, answer.error());
      else if (with_data.contains(fmt::format("q{}", i)))
        add(DoctorStatus::kOk, check, "has data in the last 3 hours");
      else
        metric_without_data(*metrics[i], check);
    }
  }

  static boost::json::object query_for(const SystemMetric& metric, std::size_t i) {
    boost::json::array dimensions;
    for (const auto& d : metric.metric.dimensions)
      dimensions.push_back({{"Name", d.name}, {"Value", d.value}});
    return {{"Id", fmt::format("q{}", i)},
            {"MetricStat",
             {{"Metric",
               {{"Namespace", metric.metric.name_space},
                {"MetricName", metric.metric.name},
                {"Dimensions", dimensions}}},
              {"Period", 300},
              {"Stat", "SampleCount"}}},
            {"ReturnData", true}};
  }

  void metric_without_data(const SystemMetric& metric, const std::string& check) {
    boost::json::array dimensions;
    for (const auto& d : metric.metric.dimensions)
      dimensions.push_back({{"Name", d.name}, {"Value", d.value}});
    const auto listed = ask(Service::kCloudWatch, "ListMetrics",
                            {{"Namespace", metric.metric.name_space},
                             {"MetricName", metric.metric.name},
                             {"Dimensions", dimensions}});
    if (listed && array_at(*listed, "Metrics").empty())
      add(DoctorStatus::kFailed, check, "CloudWatch knows no such metric",
          "check names and dimensions in the system file");
    else
      add(DoctorStatus::kWarning, check, "no data in the last 3 hours");
  }

  void log_groups() {
    std::set<std::string> seen;
    for (const auto& component : system_.components) {
      if (component.log_group.empty() || !seen.insert(component.log_group).second) continue;
      const std::string check = fmt::format("log group {}", component.log_group);
      const auto groups = ask(Service::kLogs, "DescribeLogGroups",
                              {{"logGroupNamePrefix", component.log_group}, {"limit", 50}});
      const std::int64_t now = to_epoch_ms(client_.clock().now());
      const auto events = ask(Service::kLogs, "FilterLogEvents",
                              {{"logGroupName", component.log_group},
                               {"startTime", now - 60'000},
                               {"endTime", now},
                               {"limit", 1}});
      if (!groups) {
        resource_failed(check, groups.error());
        continue;
      }
      const boost::json::object* found = nullptr;
      for (const auto& item : array_at(*groups, "logGroups"))
        if (item.is_object() && text_at(item.get_object(), "logGroupName") == component.log_group)
          found = &item.get_object();
      if (found == nullptr) {
        add(DoctorStatus::kFailed, check, "there is no such log group", "check the system file and --region");
        continue;
      }
      const auto days = integer_at(*found, "retentionInDays");
      const auto bytes = integer_at(*found, "storedBytes").value_or(0);
      add(DoctorStatus::kOk, check,
          fmt::format("{} MB stored, kept {}", bytes / 1'000'000,
                      days ? fmt::format("{} days", *days) : "for ever"));
    }
  }

  const System& system_;
  Client& client_;
  DoctorReport report_;
  std::set<std::string> told_;  // permissions already said
  std::set<std::string> clusters_;
  std::vector<std::string> missing_;
};

}  // namespace

DoctorReport examine(const System& system, Client& client) { return Doctor(system, client).run(); }

}  // namespace culprit::aws

namespace culprit {

bool DoctorReport::ok() const {
  return std::ranges::none_of(lines,
                              [](const DoctorLine& line) { return line.status == DoctorStatus::kFailed; });
}

int DoctorReport::exit_code() const {
  int out = 0;
  for (const auto& line : lines) {
    if (line.status != DoctorStatus::kFailed) continue;
    const bool whole = line.check == "credentials" || line.check == "identity" || line.check == "region" ||
                       line.check == "endpoint" || line.check == "clock";
    if (whole) return culprit::exit_code(line.code);
    out = culprit::exit_code(ErrorCode::kExpectation);
  }
  return out;
}

DoctorReport doctor(const System& system, const AwsOptions& options,
                    const std::function<void(std::string_view)>& notice) {
  const auto session = aws::open_session(aws::Environment::of_process(), options, system);
  if (!session) {
    DoctorReport report;
    const Error& error = session.error();
    report.lines.push_back({DoctorStatus::kFailed, error.code == ErrorCode::kUsage ? "region" : "credentials",
                            error.where.empty() ? error.what : error.where + ": " + error.what, error.hint,
                            error.code});
    return report;
  }
  const auto transport = aws::open_transport(*session);
  aws::Client client(*session, *transport, aws::system_clock(), {}, notice);
  return aws::examine(system, client);
}

}  // namespace culprit
