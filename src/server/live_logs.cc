#include "server/live_logs.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/api_fault.h"
#include "server/log_groups.h"
#include "server/states.h"

namespace culprit::server {

namespace {

constexpr std::string_view kGroupKind = "logs:log-group";
constexpr std::string_view kStreamKind = "logs:log-stream";

ApiFault no_group() { return {"ResourceNotFoundException", "The specified log group does not exist."}; }

// Throws what the service answers when nothing could be written: it is asked again later.
void need_written(const Result<void>& written) {
  if (!written) throw ApiFault{"ServiceUnavailableException", written.error().message(), 500};
}

boost::json::object document_of(const std::string& name, const LiveGroup& group) {
  boost::json::object tags;
  for (const auto& [key, value] : group.tags) tags[key] = value;
  boost::json::object out{
      {"logGroupName", name}, {"creationTime", to_epoch_ms(group.created)}, {"tags", std::move(tags)}};
  out["retentionInDays"] =
      group.retention_days ? boost::json::value(*group.retention_days) : boost::json::value(nullptr);
  return out;
}

std::int64_t integer_in(const boost::json::object& object, std::string_view member) {
  const auto* value = object.if_contains(member);
  return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

}  // namespace

Result<void> LiveLogs::load() {
  const auto evidence = store_.current();
  if (!evidence) return tl::unexpected(evidence.error());
  const auto summaries = (*evidence)->log_groups();
  if (!summaries) return tl::unexpected(summaries.error());
  for (const auto& summary : *summaries) {
    auto& group = groups_[summary.group];
    group.created = summary.first;
    for (const auto& stream : summary.streams) group.streams[stream].created = summary.first;
  }
  const auto groups = (*evidence)->states(kGroupKind);
  if (!groups) return tl::unexpected(groups.error());
  for (const auto& state : *groups) {
    const auto* object = state.document.if_object();
    if (object == nullptr) continue;
    auto& group = groups_[state.id];
    if (const auto created = integer_in(*object, "creationTime"); created > 0)
      group.created = from_epoch_ms(created);
    const auto days = integer_in(*object, "retentionInDays");
    group.retention_days = days > 0 ? std::optional(static_cast<int>(days)) : std::nullopt;
    group.tags.clear();
    if (const auto* tags = object->if_contains("tags"); tags != nullptr && tags->is_object())
      for (const auto& [key, value] : tags->get_object())
        if (value.is_string()) group.tags[std::string(key)] = value.get_string();
  }
  const auto streams = (*evidence)->states(kStreamKind);
  if (!streams) return tl::unexpected(streams.error());
  for (const auto& state : *streams)
    if (const auto* object = state.document.if_object())
      groups_[text_of(*object, "logGroupName")].streams[text_of(*object, "logStreamName")].created =
          from_epoch_ms(integer_in(*object, "creationTime"));
  return {};
}

void LiveLogs::keep(const std::string& name, const LiveGroup& group, Time now) {
  need_written(store_.write([&](StoreWriter& writer) {
    return writer.put_state({std::string(kGroupKind), name, now, document_of(name, group)});
  }));
}

void LiveLogs::create_group(const std::string& name, std::map<std::string, std::string> tags, Time now) {
  LiveGroup group;
  group.created = now;
  group.tags = std::move(tags);
  {
    const std::lock_guard lock(mutex_);
    if (!groups_.emplace(name, group).second)
      throw ApiFault{"ResourceAlreadyExistsException", "The specified log group already exists"};
  }
  keep(name, group, now);
}

void LiveLogs::create_stream(const std::string& group, const std::string& stream, Time now) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = groups_.find(group);
    if (found == groups_.end()) throw no_group();
    if (!found->second.streams.emplace(stream, LiveStream{now}).second)
      throw ApiFault{"ResourceAlreadyExistsException", "The specified log stream already exists"};
  }
  need_written(store_.write([&](StoreWriter& writer) {
    return writer.put_state(
        {std::string(kStreamKind), group + "\n" + stream, now,
         boost::json::object{
             {"logGroupName", group}, {"logStreamName", stream}, {"creationTime", to_epoch_ms(now)}}});
  }));
}

void LiveLogs::change(const std::string& name, Time now, const std::function<void(LiveGroup&)>& how) {
  LiveGroup changed;
  {
    const std::lock_guard lock(mutex_);
    const auto found = groups_.find(name);
    if (found == groups_.end()) throw no_group();
    how(found->second);
    changed = found->second;
    changed.streams.clear();
  }
  keep(name, changed, now);
}

LiveGroup LiveLogs::need_stream(const std::string& group, const std::string& stream) const {
  const std::lock_guard lock(mutex_);
  const auto found = groups_.find(group);
  if (found == groups_.end()) throw no_group();
  if (!found->second.streams.contains(stream))
    throw ApiFault{"ResourceNotFoundException", "The specified log stream does not exist."};
  return {found->second.created, found->second.retention_days, found->second.tags, {}};
}

LiveGroup LiveLogs::need_group(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = groups_.find(name);
  if (found == groups_.end()) throw no_group();
  return found->second;
}

}  // namespace culprit::server
