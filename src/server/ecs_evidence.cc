#include "server/ecs_evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "server/api_fault.h"
#include "server/states.h"

namespace culprit::server {

namespace {

bool later(const boost::json::object& object, std::string_view member, Time horizon) {
  const auto time = time_in(object.if_contains(member));
  return time && *time >= horizon;
}

std::vector<boost::json::object> in_seconds(std::vector<boost::json::object> states) {
  for (auto& state : states) {
    boost::json::value value = std::move(state);
    write_times_as_seconds(value);
    state = std::move(value.get_object());
  }
  return states;
}

// Events and deployments that came later are not there yet.
void hide_later(boost::json::object& service, Time horizon) {
  for (const auto member : {"events", "deployments"}) {
    auto* list = service.if_contains(member);
    if (list == nullptr || !list->is_array()) continue;
    boost::json::array kept;
    for (auto& item : list->get_array())
      if (!item.is_object() || !later(item.get_object(), "createdAt", horizon))
        kept.push_back(std::move(item));
    *list = std::move(kept);
  }
}

// A task that stopped later was running.
void revive(boost::json::object& task, Time horizon) {
  if (!later(task, "stoppedAt", horizon) && !later(task, "stoppingAt", horizon)) return;
  for (const auto member : {"stoppedAt", "stoppingAt", "executionStoppedAt", "stopCode", "stoppedReason"})
    task.erase(member);
  task["lastStatus"] = "RUNNING";
  task["desiredStatus"] = "RUNNING";
  auto* containers = task.if_contains("containers");
  if (containers == nullptr || !containers->is_array()) return;
  for (auto& container : containers->get_array())
    if (auto* object = container.if_object()) {
      object->erase("exitCode");
      object->erase("reason");
      (*object)["lastStatus"] = "RUNNING";
    }
}

std::int64_t count_of(const std::vector<boost::json::object>& resources, std::string_view cluster,
                      std::string_view status) {
  return std::ranges::count_if(resources, [&](const auto& r) {
    return cluster_of(r) == cluster && (text_of(r, "lastStatus") == status || text_of(r, "status") == status);
  });
}

// Clusters that nobody described are known by what runs in them.
void add_clusters(EcsEvidence& evidence) {
  std::set<std::string> known, arns;
  for (const auto& cluster : evidence.clusters) known.insert(text_of(cluster, "clusterName"));
  for (const auto* list : {&evidence.services, &evidence.tasks})
    for (const auto& resource : *list) arns.insert(text_of(resource, "clusterArn"));
  for (const auto& arn : arns) {
    const std::string name = last_part(arn);
    if (name.empty() || !known.insert(name).second) continue;
    evidence.clusters.push_back({{"clusterArn", arn},
                                 {"clusterName", name},
                                 {"status", "ACTIVE"},
                                 {"registeredContainerInstancesCount", 0},
                                 {"runningTasksCount", count_of(evidence.tasks, name, "RUNNING")},
                                 {"pendingTasksCount", count_of(evidence.tasks, name, "PENDING")},
                                 {"activeServicesCount", count_of(evidence.services, name, "ACTIVE")},
                                 {"statistics", boost::json::array{}},
                                 {"tags", boost::json::array{}},
                                 {"settings", boost::json::array{}},
                                 {"capacityProviders", boost::json::array{}},
                                 {"defaultCapacityProviderStrategy", boost::json::array{}}});
  }
}

}  // namespace

std::string cluster_of(const boost::json::object& resource) {
  return last_part(text_of(resource, "clusterArn"));
}

EcsEvidence ecs_evidence(const Account& account) {
  const Evidence store = account.evidence();
  EcsEvidence out;
  out.clusters = in_seconds(states_at(account, *store, "ecs:cluster"));
  out.services = in_seconds(states_at(account, *store, "ecs:service"));
  out.tasks = in_seconds(states_at(account, *store, "ecs:task"));
  const Time horizon = account.horizon();
  std::erase_if(out.tasks, [&](const auto& task) { return later(task, "createdAt", horizon); });
  for (auto& task : out.tasks) revive(task, horizon);
  for (auto& service : out.services) hide_later(service, horizon);
  add_clusters(out);
  return out;
}

std::string need_cluster(const EcsEvidence& evidence, const std::string& name_or_arn) {
  const std::string name = name_or_arn.empty() ? "default" : last_part(name_or_arn);
  for (const auto& cluster : evidence.clusters)
    if (text_of(cluster, "clusterName") == name) return name;
  throw ApiFault{"ClusterNotFoundException", "Cluster not found."};
}

}  // namespace culprit::server
