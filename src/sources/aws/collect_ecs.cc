// ECS: clusters, services, running and stopped tasks (runbook rows A1-A3).
#include <fmt/format.h>

#include "sources/aws/answer.h"
#include "sources/aws/collection.h"

namespace culprit::aws {

namespace {

constexpr std::size_t kServicesPerCall = 10;
constexpr std::size_t kTasksPerCall = 100;
constexpr std::size_t kTasksMax = 5'000;  // ECS runs at most 5,000 of a service

using Components = std::vector<const Component*>;

void keep_states(Collection& collection, boost::json::object& answer, std::string_view list,
                 std::string_view kind, std::string_view id) {
  auto* items = answer.if_contains(list);
  if (items == nullptr || !items->is_array()) return;
  for (auto& item : items->get_array()) {
    if (!item.is_object()) continue;
    write_times_as_cli(item);
    ResourceState state;
    state.kind = kind;
    state.id = text_at(item.get_object(), id);
    state.observed_at = collection.clock().now();
    state.document = std::move(item);
    collection.put(state);
  }
}

std::string component_of(const Components& components, const std::string& name_or_arn) {
  const std::string name = name_or_arn.substr(name_or_arn.rfind('/') + 1);
  for (const auto* component : components)
    if (component->name == name) return component->id;
  return {};
}

void keep_failures(Collection& collection, const boost::json::object& answer, const Components& components,
                   std::string_view kind) {
  for (const auto& item : array_at(answer, "failures")) {
    const auto* failure = item.if_object();
    if (failure == nullptr) continue;
    const std::string arn = text_at(*failure, "arn");
    const std::string reason = text_at(*failure, "reason");
    Gap gap;
    gap.reason = reason == "MISSING" ? GapReason::kMissing : GapReason::kUnreadable;
    gap.subject = fmt::format("{} {}", kind, arn.substr(arn.rfind('/') + 1));
    gap.component = component_of(components, arn);
    gap.detail = reason == "MISSING"
                     ? std::string("ECS knows nothing of that name in this cluster and region")
                     : fmt::format("ECS reports a failure: {} {}", reason, text_at(*failure, "detail"));
    collection.put(gap);
  }
}

void describe_cluster(Client& client, Collection& collection, const std::string& cluster) {
  const Asked asked{Service::kEcs, "DescribeClusters", fmt::format("ECS cluster {}", cluster), "",
                    std::nullopt};
  auto answer = client.call(Service::kEcs, asked.operation, {{"clusters", boost::json::array{cluster}}});
  if (!answer) return collection.failed(asked, answer.error());
  keep_failures(collection, *answer, {}, "ECS cluster");
  keep_states(collection, *answer, "clusters", "ecs:cluster", "clusterName");
}

void describe_services(Client& client, Collection& collection, const std::string& cluster,
                       const Components& components) {
  for (std::size_t at = 0; at < components.size() && collection.going(); at += kServicesPerCall) {
    const Components batch(
        components.begin() + static_cast<std::ptrdiff_t>(at),
        components.begin() + static_cast<std::ptrdiff_t>(std::min(at + kServicesPerCall, components.size())));
    boost::json::array names;
    for (const auto* component : batch) names.emplace_back(component->name);
    auto answer = client.call(Service::kEcs, "DescribeServices", {{"cluster", cluster}, {"services", names}});
    if (!answer) {
      for (const auto* component : batch)
        collection.failed({Service::kEcs, "DescribeServices", fmt::format("ECS service {}", component->name),
                           component->id, std::nullopt},
                          answer.error());
      continue;
    }
    keep_failures(collection, *answer, batch, "ECS service");
    keep_states(collection, *answer, "services", "ecs:service", "serviceName");
  }
}

// ARNs of a service's tasks; a failure is a gap.
boost::json::array list_tasks(Client& client, Collection& collection, const Component& component,
                              const std::string& status) {
  boost::json::array arns;
  const std::string subject =
      fmt::format("{} tasks of ECS service {}", status == "RUNNING" ? "running" : "stopped", component.name);
  bool cut = false;
  const auto done = for_each_page(
      client, Service::kEcs, "ListTasks",
      {{"cluster", component.cluster}, {"serviceName", component.name}, {"desiredStatus", status}},
      "nextToken", [&](boost::json::object& page) {
        for (const auto& arn : array_at(page, "taskArns")) {
          cut = arns.size() >= kTasksMax;
          if (cut) return false;
          if (arn.is_string()) arns.push_back(arn);
        }
        return collection.going();
      });
  if (!done)
    collection.failed({Service::kEcs, "ListTasks", subject, component.id, std::nullopt}, done.error());
  if (cut)
    collection.put(Gap{GapReason::kCut, subject, component.id,
                       fmt::format("only the first {} tasks were looked at", kTasksMax), "ecs:ListTasks",
                       std::nullopt});
  return arns;
}

void describe_tasks(Client& client, Collection& collection, const Component& component,
                    const boost::json::array& arns) {
  for (std::size_t at = 0; at < arns.size() && collection.going(); at += kTasksPerCall) {
    boost::json::array batch;
    for (std::size_t i = at; i < std::min(at + kTasksPerCall, arns.size()); ++i) batch.push_back(arns[i]);
    auto answer =
        client.call(Service::kEcs, "DescribeTasks", {{"cluster", component.cluster}, {"tasks", batch}});
    if (!answer) {
      collection.failed({Service::kEcs, "DescribeTasks",
                         fmt::format("tasks of ECS service {}", component.name), component.id, std::nullopt},
                        answer.error());
      return;
    }
    keep_failures(collection, *answer, {}, "ECS task");
    keep_states(collection, *answer, "tasks", "ecs:task", "taskArn");
  }
}

}  // namespace

void collect_ecs(Client& client, Collection& collection) {
  std::map<std::string, Components> clusters;
  std::size_t services = 0;
  for (const auto& component : collection.system().components)
    if (component.kind == ComponentKind::kEcsService) {
      clusters[component.cluster].push_back(&component);
      ++services;
    }
  if (services == 0) return;
  collection.progress().start("ECS services and tasks", services);
  for (const auto& [cluster, components] : clusters) {
    if (!collection.going()) return;
    describe_cluster(client, collection, cluster);
    if (collection.going()) describe_services(client, collection, cluster, components);
    for (const auto* component : components) {
      for (const char* status : {"RUNNING", "STOPPED"}) {
        if (!collection.going()) return;
        describe_tasks(client, collection, *component, list_tasks(client, collection, *component, status));
      }
      collection.progress().advance(1);
    }
  }
}

}  // namespace culprit::aws
