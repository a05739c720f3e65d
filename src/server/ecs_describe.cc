// ECS: DescribeClusters, DescribeServices, DescribeTasks, DescribeTaskDefinition.
#include <fmt/format.h>

#include <algorithm>

#include "server/ecs_evidence.h"
#include "server/ecs_operations.h"
#include "server/states.h"

namespace culprit::server {

namespace {

constexpr std::size_t kClustersMax = 100;
constexpr std::size_t kServicesMax = 10;
constexpr std::size_t kTasksMax = 100;

boost::json::object missing(const std::string& arn) { return {{"arn", arn}, {"reason", "MISSING"}}; }

std::string ecs_arn(const Account& account, std::string_view kind, std::string_view name) {
  return fmt::format("arn:aws:ecs:{}:{}:{}/{}", account.name().region, account.name().id, kind, name);
}

const boost::json::object* find(const std::vector<boost::json::object>& resources, const std::string& cluster,
                                std::string_view member, const std::string& name_or_arn) {
  const std::string name = last_part(name_or_arn);
  for (const auto& resource : resources)
    if (cluster_of(resource) == cluster && last_part(text_of(resource, member)) == name) return &resource;
  return nullptr;
}

// Tags are answered only where they are asked for.
boost::json::object without_tags(boost::json::object resource, const Parameters& p) {
  const auto include = p.texts("include");
  if (std::ranges::find(include, "TAGS") == include.end()) resource.erase("tags");
  return resource;
}

}  // namespace

boost::json::object describe_clusters(Account& account, const ApiRequest& request) {
  const auto evidence = ecs_evidence(account);
  auto names = request.parameters.texts("clusters");
  if (names.empty()) names = {"default"};
  if (names.size() > kClustersMax) throw ApiFault{"InvalidParameterException", "Too many clusters."};
  boost::json::array clusters, failures;
  for (const auto& name : names) {
    const auto found = std::ranges::find_if(evidence.clusters, [&](const auto& cluster) {
      return text_of(cluster, "clusterName") == last_part(name);
    });
    if (found == evidence.clusters.end())
      failures.push_back(missing(name.starts_with("arn:") ? name : ecs_arn(account, "cluster", name)));
    else
      clusters.push_back(*found);
  }
  return {{"clusters", std::move(clusters)}, {"failures", std::move(failures)}};
}

boost::json::object describe_services(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const auto evidence = ecs_evidence(account);
  const auto names = p.texts("services");
  if (names.empty()) throw ApiFault{"InvalidParameterException", "Services cannot be empty."};
  if (names.size() > kServicesMax)
    throw ApiFault{"InvalidParameterException", fmt::format("Too many services: at most {}.", kServicesMax)};
  const std::string cluster = need_cluster(evidence, p.text_or("cluster", ""));
  boost::json::array services, failures;
  for (const auto& name : names) {
    if (const auto* service = find(evidence.services, cluster, "serviceArn", name))
      services.push_back(without_tags(*service, p));
    else
      failures.push_back(
          missing(ecs_arn(account, "service", fmt::format("{}/{}", cluster, last_part(name)))));
  }
  return {{"services", std::move(services)}, {"failures", std::move(failures)}};
}

boost::json::object describe_tasks(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const auto evidence = ecs_evidence(account);
  const auto names = p.texts("tasks");
  if (names.empty()) throw ApiFault{"InvalidParameterException", "Tasks cannot be empty."};
  if (names.size() > kTasksMax)
    throw ApiFault{"InvalidParameterException", fmt::format("Too many tasks: at most {}.", kTasksMax)};
  const std::string cluster = need_cluster(evidence, p.text_or("cluster", ""));
  boost::json::array tasks, failures;
  for (const auto& name : names) {
    if (const auto* task = find(evidence.tasks, cluster, "taskArn", name))
      tasks.push_back(without_tags(*task, p));
    else
      failures.push_back(missing(ecs_arn(account, "task", fmt::format("{}/{}", cluster, last_part(name)))));
  }
  return {{"tasks", std::move(tasks)}, {"failures", std::move(failures)}};
}

namespace {

std::int64_t revision_of(std::string_view name) {
  const auto colon = name.rfind(':');
  std::int64_t revision = 0;
  if (colon != std::string_view::npos)
    for (const char c : name.substr(colon + 1)) {
      if (c < '0' || c > '9' || revision > 1'000'000'000) return 0;
      revision = revision * 10 + (c - '0');
    }
  return revision;
}

std::string family_of(std::string_view name) {
  return std::string(revision_of(name) == 0 ? name : name.substr(0, name.rfind(':')));
}

// Nobody stores task definitions; a task shows what it was made of.
boost::json::object definition_of(const boost::json::object& task) {
  const std::string arn = text_of(task, "taskDefinitionArn");
  boost::json::array containers;
  if (const auto* list = task.if_contains("containers"); list != nullptr && list->is_array())
    for (const auto& item : list->get_array()) {
      const auto* container = item.if_object();
      if (container == nullptr) continue;
      boost::json::object definition{{"name", text_of(*container, "name")},
                                     {"image", text_of(*container, "image")}};
      definition["essential"] = true;
      definition["portMappings"] = boost::json::array{};
      definition["environment"] = boost::json::array{};
      containers.push_back(std::move(definition));
    }
  boost::json::object out{{"taskDefinitionArn", arn},
                          {"containerDefinitions", std::move(containers)},
                          {"family", family_of(last_part(arn))},
                          {"revision", revision_of(arn)},
                          {"volumes", boost::json::array{}},
                          {"status", "ACTIVE"},
                          {"networkMode", "awsvpc"}};
  if (const auto launch = text_of(task, "launchType"); !launch.empty())
    out["requiresCompatibilities"] = boost::json::array{launch};
  for (const auto member : {"cpu", "memory"})
    if (const auto* value = task.if_contains(member)) out[member] = *value;
  return out;
}

}  // namespace

boost::json::object describe_task_definition(Account& account, const ApiRequest& request) {
  const auto evidence = ecs_evidence(account);
  const std::string name = last_part(request.parameters.need_text("taskDefinition"));
  const boost::json::object* best = nullptr;
  for (const auto& task : evidence.tasks) {
    const std::string own = last_part(text_of(task, "taskDefinitionArn"));
    if (own.empty() || (revision_of(name) == 0 ? family_of(own) != name : own != name)) continue;
    if (best == nullptr || revision_of(own) > revision_of(text_of(*best, "taskDefinitionArn"))) best = &task;
  }
  if (best == nullptr) throw ApiFault{"ClientException", "Unable to describe task definition."};
  return {{"taskDefinition", definition_of(*best)}, {"tags", boost::json::array{}}};
}

}  // namespace culprit::server
