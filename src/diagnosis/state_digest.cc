#include "diagnosis/state_digest.h"

#include <span>

#include "diagnosis/aws_answer.h"

namespace culprit {

namespace {

namespace json = boost::json;

constexpr std::size_t kElements = 3;  // of a list: the newest come first

constexpr std::string_view kService[] = {"serviceArn",   "serviceName",  "status",     "desiredCount",
                                         "runningCount", "pendingCount", "launchType", "taskDefinition",
                                         "deployments",  "events"};
constexpr std::string_view kDeployment[] = {
    "status",    "rolloutState", "rolloutStateReason", "taskDefinition", "createdAt",
    "updatedAt", "desiredCount", "runningCount",       "pendingCount",   "failedTasks"};
constexpr std::string_view kTask[] = {
    "taskArn", "taskDefinitionArn", "lastStatus", "desiredStatus", "healthStatus",  "cpu",
    "memory",  "startedAt",         "stoppedAt",  "stopCode",      "stoppedReason", "containers"};
constexpr std::string_view kContainer[] = {"name", "lastStatus", "exitCode", "reason", "healthStatus"};
constexpr std::string_view kInstance[] = {"DBInstanceIdentifier",
                                          "DBInstanceStatus",
                                          "DBInstanceClass",
                                          "Engine",
                                          "EngineVersion",
                                          "AllocatedStorage",
                                          "StorageType",
                                          "Iops",
                                          "MultiAZ",
                                          "AvailabilityZone",
                                          "InstanceCreateTime",
                                          "LatestRestorableTime",
                                          "PendingModifiedValues",
                                          "DBParameterGroups"};

using Fields = std::span<const std::string_view>;

Fields fields_of(std::string_view kind) {
  if (kind == "ecs:service") return kService;
  if (kind == "ecs:task") return kTask;
  if (kind == "rds:db-instance") return kInstance;
  return {};
}

Fields fields_of_element(std::string_view list) {
  if (list == "deployments") return kDeployment;
  if (list == "containers") return kContainer;
  return {};
}

json::value picked(const json::value& object, Fields fields) {
  const auto* from = object.if_object();
  if (from == nullptr || fields.empty()) return object;
  json::object out;
  for (const auto name : fields)
    if (const auto* v = from->if_contains(name)) out.emplace(name, *v);
  return out;
}

std::string list_text(std::string_view name, const json::array& list) {
  std::string out = "[";
  std::size_t shown = 0;
  for (const auto& element : list) {
    if (shown == kElements) break;
    out += (shown++ == 0 ? "\n    " : ",\n    ") + json::serialize(picked(element, fields_of_element(name)));
  }
  return out + (shown == 0 ? "]" : "\n  ]");
}

}  // namespace

std::string state_digest(std::string_view kind, const boost::json::value& document) {
  const json::value kept = picked(document, fields_of(kind));
  const auto* object = kept.if_object();
  if (object == nullptr) return json::serialize(kept);
  std::string out = "{";
  for (const auto& [name, value] : *object) {
    out += (out.size() == 1 ? "\n  " : ",\n  ") + json::serialize(json::value(name)) + ": ";
    const auto* list = value.if_array();
    out += list != nullptr ? list_text(name, *list) : json::serialize(value);
  }
  return out + "\n}";
}

}  // namespace culprit
