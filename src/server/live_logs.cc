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
ApiFault no_stream() { return {"ResourceNotFoundException", "The specified log stream does not exist."}; }

std::string stream_id(const std::string& group, const std::string& stream) { return group + "\n" + stream; }

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
  const auto groups = (*evidence)->states(kGroupKind);
  if (!groups) return tl::unexpected(groups.error());
  const auto streams = (*evidence)->states(kStreamKind);
  if (!streams) return tl::unexpected(streams.error());
  for (const auto* states : {&*groups, &*streams})
    for (const auto& state : *states)
      if (const auto* object = state.document.if_object(); object != nullptr && object->contains("Deleted")) {
        const std::string stream = text_of(*object, "logStreamName");
        hide(text_of(*object, "logGroupName"), stream.empty() ? nullptr : &stream,
             static_cast<EventNumber>(integer_in(*object, "deletedThrough")));
      }
  const auto summaries = VisibleStore(*evidence, hidden_).log_groups();
  if (!summaries) return tl::unexpected(summaries.error());
  for (const auto& summary : *summaries) {
    auto& group = groups_[summary.group];
    group.created = summary.first;
    for (const auto& stream : summary.streams) group.streams[stream].created = summary.first;
  }
  load_groups(*groups);
  load_streams(*streams);
  return {};
}

// Later states of a group follow earlier ones.
void LiveLogs::load_groups(const std::vector<ResourceState>& states) {
  for (std::size_t i = 0; i < states.size(); ++i) {
    const auto* object = states[i].document.if_object();
    if (object == nullptr) continue;
    const bool last = i + 1 == states.size() || states[i + 1].id != states[i].id;
    if (object->contains("Deleted")) {
      if (last) groups_.erase(states[i].id);
      continue;
    }
    auto& group = groups_[states[i].id];
    if (const auto created = integer_in(*object, "creationTime"); created > 0)
      group.created = from_epoch_ms(created);
    const auto days = integer_in(*object, "retentionInDays");
    group.retention_days = days > 0 ? std::optional(static_cast<int>(days)) : std::nullopt;
    group.tags.clear();
    if (const auto* tags = object->if_contains("tags"); tags != nullptr && tags->is_object())
      for (const auto& [key, value] : tags->get_object())
        if (value.is_string()) group.tags[std::string(key)] = value.get_string();
  }
}

// Streams of a group that was deleted since are gone with it.
void LiveLogs::load_streams(const std::vector<ResourceState>& states) {
  for (const auto& state : states) {
    const auto* object = state.document.if_object();
    if (object == nullptr) continue;
    const auto group = groups_.find(text_of(*object, "logGroupName"));
    if (group == groups_.end() || state.observed_at < group->second.created) continue;
    const std::string stream = text_of(*object, "logStreamName");
    if (object->contains("Deleted"))
      group->second.streams.erase(stream);
    else
      group->second.streams[stream].created = from_epoch_ms(integer_in(*object, "creationTime"));
  }
}

Time LiveLogs::stamp(Time now) {
  const std::lock_guard lock(mutex_);
  last_stamp_ = std::max(now, last_stamp_ + Duration{1});
  return last_stamp_;
}

void LiveLogs::hide(const std::string& group, const std::string* stream, EventNumber through) {
  auto hidden = std::make_shared<HiddenByGroup>(*hidden_);
  auto& events = (*hidden)[group];
  EventNumber& up_to = stream == nullptr ? events.of_group : events.of_streams[*stream];
  up_to = std::max(up_to, through);
  hidden_ = std::move(hidden);
}

std::shared_ptr<const HiddenByGroup> LiveLogs::hidden() const {
  const std::lock_guard lock(mutex_);
  return hidden_;
}

// What is written after the deletion finds no group any more; see has_stream().
void LiveLogs::delete_group(const std::string& name, Time now) {
  now = stamp(now);
  decltype(groups_)::node_type gone;
  EventNumber through = 0;
  const auto written = store_.write([&](StoreWriter& writer) -> Result<void> {
    {
      const std::lock_guard lock(mutex_);
      gone = groups_.extract(name);
    }
    if (!gone) return {};
    through = std::max<EventNumber>(writer.next_number(), 1) - 1;
    return writer.put_state({std::string(kGroupKind), name, now,
                             boost::json::object{{"logGroupName", name},
                                                 {"Deleted", true},
                                                 {"deletedThrough", static_cast<std::int64_t>(through)}}});
  });
  const std::lock_guard lock(mutex_);
  if (!written && gone) groups_.insert(std::move(gone));
  need_written(written);
  if (!gone) throw no_group();
  hide(name, nullptr, through);
}

void LiveLogs::delete_stream(const std::string& group, const std::string& stream, Time now) {
  (void)need_stream(group, stream);
  now = stamp(now);
  decltype(LiveGroup::streams)::node_type gone;
  EventNumber through = 0;
  const auto written = store_.write([&](StoreWriter& writer) -> Result<void> {
    {
      const std::lock_guard lock(mutex_);
      if (const auto found = groups_.find(group); found != groups_.end())
        gone = found->second.streams.extract(stream);
    }
    if (!gone) return {};
    through = std::max<EventNumber>(writer.next_number(), 1) - 1;
    return writer.put_state({std::string(kStreamKind), stream_id(group, stream), now,
                             boost::json::object{{"logGroupName", group},
                                                 {"logStreamName", stream},
                                                 {"Deleted", true},
                                                 {"deletedThrough", static_cast<std::int64_t>(through)}}});
  });
  const std::lock_guard lock(mutex_);
  if (!written && gone)
    if (const auto found = groups_.find(group); found != groups_.end())
      found->second.streams.insert(std::move(gone));
  need_written(written);
  if (!gone) throw no_stream();
  hide(group, &stream, through);
}

bool LiveLogs::has_stream(const std::string& group, const std::string& stream) const {
  const std::lock_guard lock(mutex_);
  const auto found = groups_.find(group);
  return found != groups_.end() && found->second.streams.contains(stream);
}

std::optional<Time> LiveLogs::created(const std::string& group) const {
  const std::lock_guard lock(mutex_);
  const auto found = groups_.find(group);
  return found == groups_.end() ? std::nullopt : std::optional(found->second.created);
}

void LiveLogs::keep(const std::string& name, const LiveGroup& group, Time now) {
  need_written(store_.write([&](StoreWriter& writer) {
    return writer.put_state({std::string(kGroupKind), name, now, document_of(name, group)});
  }));
}

void LiveLogs::create_group(const std::string& name, std::map<std::string, std::string> tags, Time now) {
  now = stamp(now);
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
  now = stamp(now);
  {
    const std::lock_guard lock(mutex_);
    const auto found = groups_.find(group);
    if (found == groups_.end()) throw no_group();
    if (!found->second.streams.emplace(stream, LiveStream{now}).second)
      throw ApiFault{"ResourceAlreadyExistsException", "The specified log stream already exists"};
  }
  need_written(store_.write([&](StoreWriter& writer) {
    return writer.put_state(
        {std::string(kStreamKind), stream_id(group, stream), now,
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
  if (!found->second.streams.contains(stream)) throw no_stream();
  return {found->second.created, found->second.retention_days, found->second.tags, {}};
}

LiveGroup LiveLogs::need_group(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = groups_.find(name);
  if (found == groups_.end()) throw no_group();
  return found->second;
}

}  // namespace culprit::server
