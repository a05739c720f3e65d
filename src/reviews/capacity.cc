#include "reviews/capacity.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "reviews/instance_class.h"

namespace culprit {

namespace {

constexpr double kGib = 1024.0 * 1024 * 1024;
constexpr double kStorageGrowth = 1.5;  // what is proposed for a disk that fills

std::string_view text_of(const boost::json::value& document, std::string_view name) {
  const auto* o = document.if_object();
  const auto* field = o == nullptr ? nullptr : o->if_contains(name);
  const auto* text = field == nullptr ? nullptr : field->if_string();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

std::optional<double> number_of(const boost::json::value& document, std::string_view name) {
  const auto* o = document.if_object();
  const auto* field = o == nullptr ? nullptr : o->if_contains(name);
  if (field == nullptr || !field->is_number()) return std::nullopt;
  return field->to_number<double>();
}

// The fitted line as it would be: levels and slopes times `factor`, then moved.
Trend changed(Trend trend, double factor, double moved) {
  trend.level = trend.level * factor + moved;
  trend.per_day *= factor;
  trend.low *= factor;
  trend.high *= factor;
  return trend;
}

Resize resized(std::string what, std::string assumes, const Trend& trend, std::optional<double> high,
               std::optional<double> end) {
  Resize out{std::move(what), std::move(assumes), trend.level, end, {}, {}};
  if (high) out.reach_high = reaches(trend, *high);
  if (end) out.reach_end = reaches(trend, *end);
  return out;
}

// Memory and storage are told as what is free, everything else as what is used.
enum class Resource { kNone, kShare, kConnections, kFreeMemory, kFreeStorage };
Resource resource_of(const SystemMetric& metric) {
  const std::string& name = metric.metric.name;
  if (name == "DatabaseConnections") return Resource::kConnections;
  if (name == "FreeableMemory") return Resource::kFreeMemory;
  if (name == "FreeStorageSpace") return Resource::kFreeStorage;
  if (name == "CPUUtilization" || name == "MemoryUtilization") return Resource::kShare;
  return Resource::kNone;
}

struct Subject {
  const SystemMetric& metric;
  const Component* component;
  const Trend& trend;
  std::optional<double> high;
  std::optional<InstanceClass> now, next;
  std::optional<double> storage_gib;
  double desired = 0;

  bool of_instance() const { return component != nullptr && component->kind == ComponentKind::kRdsInstance; }
  std::string class_change() const {
    return now && next ? fmt::format("{} → {}", now->name, next->name) : "the next larger instance class";
  }
};

std::optional<Resize> more_of_share(const Subject& s) {
  if (s.of_instance()) {
    const double factor = s.now && s.next ? s.now->vcpus / s.next->vcpus : 0.5;
    if (factor >= 1) return std::nullopt;  // of burstable classes the small sizes have the same cores
    return resized(s.class_change(),
                   s.now && s.next
                       ? fmt::format("the same work on {} vCPUs instead of {}", s.next->vcpus, s.now->vcpus)
                       : "the same work on twice the vCPUs; the class is not known here",
                   changed(s.trend, factor, 0), s.high, 100);
  }
  if (s.metric.metric.name == "MemoryUtilization")
    return resized("twice the memory a task", "a task needs as many bytes as now", changed(s.trend, 0.5, 0),
                   s.high, 100);
  return resized(s.desired > 0 ? fmt::format("{} → {} tasks", s.desired, 2 * s.desired) : "twice the tasks",
                 "load is spread evenly, and what the tasks wait for keeps up", changed(s.trend, 0.5, 0),
                 s.high, 100);
}

Capacity capacity_of_connections(const Subject& s) {
  Capacity out;
  if (!s.now) {
    out.end_is = "max_connections: the instance class is not known";
    return out;
  }
  out.end = default_max_connections(*s.now);
  out.end_is = fmt::format("max_connections of {}, unless its parameter is set", s.now->name);
  if (s.next)
    out.resize = resized(s.class_change(), "as many connections as now; max_connections by its default",
                         s.trend, s.high, default_max_connections(*s.next));
  return out;
}

Capacity capacity_of_memory(const Subject& s) {
  Capacity out;
  out.end = 0;
  out.end_is = "no memory left";
  if (s.now && s.next)
    out.resize = resized(s.class_change(), "as many bytes in use as now",
                         changed(s.trend, 1, (s.next->memory_gib - s.now->memory_gib) * kGib), s.high, 0);
  return out;
}

Capacity capacity_of_storage(const Subject& s) {
  Capacity out;
  out.end = 0;
  out.end_is = "disk full";
  if (!s.storage_gib) return out;
  const double more = std::ceil(*s.storage_gib * (kStorageGrowth - 1));
  out.resize = resized(fmt::format("{} → {} GiB", *s.storage_gib, *s.storage_gib + more),
                       "it fills as fast as now; RDS can enlarge a disk, not shrink it",
                       changed(s.trend, 1, more * kGib), s.high, 0);
  return out;
}

}  // namespace

Result<Sizes> read_sizes(const Store& store, const System& system) {
  Sizes out;
  const auto instances = store.states("rds:db-instance");
  if (!instances) return tl::unexpected(instances.error());
  const auto services = store.states("ecs:service");
  if (!services) return tl::unexpected(services.error());
  // By time, so that the newest stays.
  for (const auto& component : system.components) {
    for (const auto& state : *instances)
      if (component.kind == ComponentKind::kRdsInstance && state.id == component.name)
        out.instances[component.id] = {std::string(text_of(state.document, "DBInstanceClass")),
                                       number_of(state.document, "AllocatedStorage")};
    for (const auto& state : *services)
      if (component.kind == ComponentKind::kEcsService &&
          (state.id == component.name || text_of(state.document, "serviceName") == component.name))
        out.services[component.id] = {number_of(state.document, "desiredCount").value_or(0)};
  }
  return out;
}

std::optional<Capacity> capacity_of(const SystemMetric& metric, const System& system, const Sizes& sizes,
                                    const Trend& trend, std::optional<double> high) {
  const Resource resource = resource_of(metric);
  if (resource == Resource::kNone) return std::nullopt;
  Subject s{metric, system.component(metric.component), trend, high, {}, {}, {}, 0};
  if (const auto found = sizes.instances.find(metric.component); found != sizes.instances.end()) {
    s.now = instance_class(found->second.instance_class);
    if (s.now) s.next = next_larger(*s.now);
    s.storage_gib = found->second.storage_gib;
  }
  if (const auto found = sizes.services.find(metric.component); found != sizes.services.end())
    s.desired = found->second.desired;
  Capacity out;
  switch (resource) {
    case Resource::kConnections:
      out = capacity_of_connections(s);
      break;
    case Resource::kFreeMemory:
      out = capacity_of_memory(s);
      break;
    case Resource::kFreeStorage:
      out = capacity_of_storage(s);
      break;
    case Resource::kShare:
    case Resource::kNone:
      out.end = 100;
      out.end_is = "100 %";
      out.resize = more_of_share(s);
      break;
  }
  if (out.end) out.reach_end = reaches(trend, *out.end);
  return out;
}

}  // namespace culprit
