// ECS: ListClusters, ListServices, ListTasks.
#include <algorithm>

#include "server/ecs_evidence.h"
#include "server/ecs_operations.h"
#include "server/page_token.h"
#include "server/states.h"

namespace culprit::server {

namespace {

boost::json::object page_of(const Parameters& p, std::string_view member, std::vector<std::string> arns,
                            const std::string& question, std::int64_t results_default) {
  std::ranges::sort(arns);
  const auto results = static_cast<std::size_t>(p.integer_or("maxResults", results_default, {1, 100}));
  std::size_t start = 0;
  if (const auto token = p.text("nextToken")) {
    const auto numbers = read_token(*token, question, 1);
    if (!numbers || numbers->front() < 0) p.refuse("Invalid token.");
    start = static_cast<std::size_t>(numbers->front());
  }
  boost::json::array page;
  for (std::size_t i = start; i < std::min(arns.size(), start + results); ++i) page.emplace_back(arns[i]);
  boost::json::object out{{member, std::move(page)}};
  if (start + results < arns.size())
    out["nextToken"] = make_token(question, {static_cast<std::int64_t>(start + results)});
  return out;
}

bool fits(const boost::json::object& resource, std::string_view member, const std::string& wanted) {
  return wanted.empty() || text_of(resource, member) == wanted;
}

}  // namespace

boost::json::object list_clusters(Account& account, const ApiRequest& request) {
  std::vector<std::string> arns;
  for (const auto& cluster : ecs_evidence(account).clusters) arns.push_back(text_of(cluster, "clusterArn"));
  return page_of(request.parameters, "clusterArns", std::move(arns), question_digest({"clusters"}), 100);
}

boost::json::object list_services(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const auto evidence = ecs_evidence(account);
  const std::string cluster = need_cluster(evidence, p.text_or("cluster", ""));
  const std::string launch_type = p.text_or("launchType", "");
  std::vector<std::string> arns;
  for (const auto& service : evidence.services)
    if (cluster_of(service) == cluster && fits(service, "launchType", launch_type))
      arns.push_back(text_of(service, "serviceArn"));
  return page_of(p, "serviceArns", std::move(arns), question_digest({"services", cluster, launch_type}), 10);
}

boost::json::object list_tasks(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const auto evidence = ecs_evidence(account);
  const std::string cluster = need_cluster(evidence, p.text_or("cluster", ""));
  const std::string service = last_part(p.text_or("serviceName", ""));
  const std::string family = p.text_or("family", "");
  const std::string status = p.text_or("desiredStatus", "RUNNING");
  const std::string started_by = p.text_or("startedBy", "");
  const std::string launch_type = p.text_or("launchType", "");
  if (status != "RUNNING" && status != "PENDING" && status != "STOPPED")
    throw ApiFault{"InvalidParameterException", "Invalid desiredStatus: " + status};
  if (!service.empty() && !std::ranges::any_of(evidence.services, [&](const auto& known) {
        return cluster_of(known) == cluster && text_of(known, "serviceName") == service;
      }))
    throw ApiFault{"ServiceNotFoundException", "Service not found."};
  std::vector<std::string> arns;
  for (const auto& task : evidence.tasks) {
    const std::string definition = last_part(text_of(task, "taskDefinitionArn"));
    const std::string desired = text_of(task, "desiredStatus");
    if (cluster_of(task) == cluster && (desired.empty() ? text_of(task, "lastStatus") : desired) == status &&
        (service.empty() || text_of(task, "group") == "service:" + service) &&
        fits(task, "startedBy", started_by) && fits(task, "launchType", launch_type) &&
        (family.empty() || definition.substr(0, definition.rfind(':')) == family))
      arns.push_back(text_of(task, "taskArn"));
  }
  return page_of(p, "taskArns", std::move(arns), question_digest({"tasks", cluster, service, family, status}),
                 100);
}

}  // namespace culprit::server
