#include "server/log_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "server/api_fault.h"
#include "server/live.h"

namespace culprit::server {

namespace {

boost::json::object described(const Account& account, const LogGroupSummary& summary) {
  return {{"logGroupName", summary.group},
          {"creationTime", to_epoch_ms(summary.first)},
          {"metricFilterCount", 0},
          {"arn", group_arn(account, summary.group) + ":*"},
          {"storedBytes", summary.bytes},
          {"logGroupClass", "STANDARD"},
          {"logGroupArn", group_arn(account, summary.group)}};
}

// Streams of the evidence read last, so that a listing need not read every event again.
struct StreamMemory {
  std::mutex mutex;
  std::weak_ptr<const Store> store;
  Time horizon{};
  std::map<std::string, std::vector<LogStream>> by_group;
};

StreamMemory& stream_memory() {
  static StreamMemory memory;
  return memory;
}

std::vector<LogStream> read_streams(const Account& account, const Store& store, const std::string& group) {
  std::map<std::string, LogStream, std::less<>> streams;
  const Window window{Time::min(), account.horizon()};
  const LogQuery query{{group}, account.replays() ? std::optional(window) : std::nullopt};
  taken(store.scan_logs(query, [&](const LogEventView& event) {
    auto found = streams.find(event.stream);
    if (found == streams.end())
      found = streams
                  .emplace(event.stream, LogStream{std::string(event.stream), event.time, event.time,
                                                   event.ingestion, 0, 0})
                  .first;
    LogStream& stream = found->second;
    stream.first = std::min(stream.first, event.time);
    stream.last = std::max(stream.last, event.time);
    stream.last_ingestion = std::max(stream.last_ingestion, event.ingestion);
    ++stream.events;
    stream.bytes += event.message.size();
    return true;
  }));
  std::vector<LogStream> out;
  for (auto& [name, stream] : streams) out.push_back(std::move(stream));
  return out;
}

}  // namespace

std::string group_arn(const Account& account, const std::string& group) {
  return fmt::format("arn:aws:logs:{}:{}:log-group:{}", account.name().region, account.name().id, group);
}

std::string group_of_arn(std::string_view text) {
  static constexpr std::string_view kMark = ":log-group:";
  const auto mark = text.find(kMark);
  if (!text.starts_with("arn:") || mark == std::string_view::npos) return std::string(text);
  text.remove_prefix(mark + kMark.size());
  if (text.ends_with(":*")) text.remove_suffix(2);
  return std::string(text);
}

std::vector<LogGroup> log_groups(const Account& account, const Store& store) {
  std::map<std::string, boost::json::object> found;
  std::map<std::string, boost::json::object> with_events;
  for (const auto& summary : taken(store.log_groups()))
    with_events[summary.group] = described(account, summary);
  found = with_events;
  for (auto& state : taken(store.states("logs:log-group"))) {
    if (!state.document.is_object()) continue;
    if (state.document.get_object().contains("Deleted")) {
      found.erase(state.id);
      continue;
    }
    auto& group = found[state.id];
    if (const auto seen = with_events.find(state.id); group.empty() && seen != with_events.end())
      group = seen->second;
    if (group.empty()) group = described(account, LogGroupSummary{state.id, 0, 0, Time{}, Time{}, {}});
    for (const auto& [name, value] : state.document.get_object()) {
      if (name == "tags") continue;
      if (value.is_null())
        group.erase(name);
      else
        group.insert_or_assign(name, value);
    }
  }
  std::vector<LogGroup> out;
  for (auto& [name, description] : found) out.push_back({name, std::move(description)});
  return out;
}

std::string need_group(const Account& account, const Store& store, const std::string& name_or_arn) {
  const std::string name = group_of_arn(name_or_arn);
  if (account.is_live() && account.live().logs.created(name)) return name;
  for (const auto& group : log_groups(account, store))
    if (group.name == name) return name;
  throw ApiFault{"ResourceNotFoundException", "The specified log group does not exist."};
}

std::vector<LogStream> log_streams(const Account& account, const Evidence& evidence,
                                   const std::string& group) {
  auto& memory = stream_memory();
  // Looked at again every second of a clock that moves.
  const Time horizon =
      account.replays() ? std::chrono::floor<std::chrono::seconds>(account.horizon()) : Time{};
  {
    const std::lock_guard lock(memory.mutex);
    if (memory.store.lock() != evidence || memory.horizon != horizon) {
      memory.store = evidence;
      memory.horizon = horizon;
      memory.by_group.clear();
    }
    if (const auto known = memory.by_group.find(group); known != memory.by_group.end()) return known->second;
  }
  auto streams = read_streams(account, *evidence, group);
  const std::lock_guard lock(memory.mutex);
  if (memory.store.lock() == evidence && memory.horizon == horizon) memory.by_group[group] = streams;
  return streams;
}

}  // namespace culprit::server
