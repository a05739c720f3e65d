// RDS: instances and their events (runbook row A4).
#include <fmt/format.h>

#include "sources/aws/answer.h"
#include "sources/aws/collection.h"

namespace culprit::aws {

namespace {

constexpr std::chrono::hours kEventsKept{14 * 24};

void describe_instance(Client& client, Collection& collection, const Component& component) {
  const Asked asked{Service::kRds, "DescribeDBInstances", fmt::format("DB instance {}", component.name),
                    component.id, std::nullopt};
  auto answer = client.call(Service::kRds, asked.operation, {{"DBInstanceIdentifier", component.name}});
  if (!answer) return collection.failed(asked, answer.error());
  auto* instances = answer->if_contains("DBInstances");
  if (instances == nullptr || !instances->is_array() || instances->get_array().empty()) {
    Gap gap;
    gap.reason = GapReason::kMissing;
    gap.subject = asked.subject;
    gap.component = component.id;
    gap.detail = "RDS answered without the instance";
    return collection.put(gap);
  }
  for (auto& item : instances->get_array()) {
    if (!item.is_object()) continue;
    ResourceState state;
    state.kind = "rds:db-instance";
    state.id = text_at(item.get_object(), "DBInstanceIdentifier");
    state.observed_at = collection.clock().now();
    state.document = std::move(item);
    collection.put(state);
  }
}

void describe_events(Client& client, Collection& collection, const Component& component) {
  Window window = collection.span();
  const Time now = account_time(client.session(), Service::kRds, window.end, collection.clock().now());
  const Time oldest = now - kEventsKept + std::chrono::minutes{1};
  const Asked asked{Service::kRds, "DescribeEvents", fmt::format("events of DB instance {}", component.name),
                    component.id, window};
  if (window.start < oldest) {
    Gap gap;
    gap.reason = GapReason::kNotAsked;
    gap.subject = asked.subject;
    gap.component = component.id;
    gap.detail = "RDS keeps events for 14 days only";
    gap.window = Window{window.start, std::min(oldest, window.end)};
    collection.put(gap);
    window.start = oldest;
  }
  if (window.start >= window.end) return;
  std::size_t number = 0;
  const auto done = for_each_page(client, Service::kRds, asked.operation,
                                  {{"SourceIdentifier", component.name},
                                   {"SourceType", "db-instance"},
                                   {"StartTime", format_utc(window.start)},
                                   {"EndTime", format_utc(window.end)}},
                                  "Marker", [&](boost::json::object& page) {
                                    auto* events = page.if_contains("Events");
                                    if (events == nullptr || !events->is_array()) return true;
                                    for (auto& item : events->get_array()) {
                                      if (!item.is_object()) continue;
                                      ResourceState state;
                                      state.kind = "rds:event";
                                      state.id = fmt::format("{} {} {:04}", component.name,
                                                             text_at(item.get_object(), "Date"), number++);
                                      state.observed_at = collection.clock().now();
                                      state.document = std::move(item);
                                      collection.put(state);
                                    }
                                    return collection.going();
                                  });
  if (!done) collection.failed(asked, done.error());
}

}  // namespace

void collect_rds(Client& client, Collection& collection) {
  std::vector<const Component*> instances;
  for (const auto& component : collection.system().components)
    if (component.kind == ComponentKind::kRdsInstance) instances.push_back(&component);
  if (instances.empty()) return;
  collection.progress().start("RDS instances", instances.size());
  for (const auto* component : instances) {
    if (!collection.going()) return;
    describe_instance(client, collection, *component);
    if (collection.going()) describe_events(client, collection, *component);
    collection.progress().advance(1);
  }
}

}  // namespace culprit::aws
