// GetLogRecord and GetLogGroupFields: what one event says, and which fields a group's events have.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "insights/discover.h"
#include "insights/row.h"
#include "server/log_groups.h"
#include "server/logs_operations.h"
#include "store/valid_utf8.h"

namespace culprit::server {

namespace {

constexpr std::size_t kSampledMax = 20'000;
constexpr std::size_t kNamesMax = 1000;  // of a group, as the service

}  // namespace

boost::json::object get_log_record(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const std::string pointer = p.need_text("logRecordPointer");
  const auto number = insights::read_pointer(pointer);
  if (!number) p.refuse("The specified logRecordPointer is invalid.");
  const Evidence evidence = account.evidence();
  auto event = evidence->event(*number);
  if (!event && event.error().code != ErrorCode::kNotFound) throw_store_error(event.error());
  if (!event || event->time >= account.horizon())
    throw ApiFault{"ResourceNotFoundException", "The specified log record does not exist."};
  boost::json::object record{{"@timestamp", std::to_string(to_epoch_ms(event->time))},
                             {"@ingestionTime", std::to_string(to_epoch_ms(event->ingestion))},
                             {"@message", valid_utf8(event->message)},
                             {"@logStream", event->stream},
                             {"@log", fmt::format("{}:{}", account.name().id, event->group)},
                             {"@ptr", pointer}};
  for (const auto& [name, value] : insights::discovered_fields(event->message))
    record.emplace(valid_utf8(name), valid_utf8(value));
  return {{"logRecord", std::move(record)}};
}

boost::json::object get_log_group_fields(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const bool by_name = p.has("logGroupName"), by_id = p.has("logGroupIdentifier");
  if (by_name == by_id) p.refuse("Exactly one of logGroupName and logGroupIdentifier has to be given.");
  const Evidence evidence = account.evidence();
  const std::string group =
      need_group(account, *evidence, p.need_text(by_id ? "logGroupIdentifier" : "logGroupName"));
  const Time now = account.now();
  Window window{now - std::chrono::minutes{15}, now + Duration{1}};
  if (const auto middle = p.integer("time", {0, 253'402'300'799})) {
    const Time at = from_epoch_ms(*middle * 1000);
    window = {at - std::chrono::minutes{8}, at + std::chrono::minutes{8} + Duration{1}};
  }
  window.end = std::min(window.end, account.horizon());
  std::map<std::string, std::size_t> counts;
  std::size_t events = 0;
  if (window.start < window.end)
    taken(evidence->scan_logs({{group}, window}, [&](const LogEventView& event) {
      ++events;
      for (const auto& [name, value] : insights::discovered_fields(event.message))
        if (counts.size() < kNamesMax || counts.contains(name)) ++counts[name];
      return events < kSampledMax;
    }));
  if (events > 0)
    for (const char* name : {"@timestamp", "@message", "@logStream", "@log", "@ingestionTime"})
      counts[name] = events;
  std::vector<std::pair<std::size_t, std::string>> sorted;
  for (const auto& [name, count] : counts) sorted.emplace_back(count * 100 / events, name);
  std::ranges::stable_sort(sorted, [](const auto& a, const auto& b) { return a.first > b.first; });
  boost::json::array fields;
  for (const auto& [percent, name] : sorted)
    fields.push_back(boost::json::object{{"name", valid_utf8(name)}, {"percent", percent}});
  return {{"logGroupFields", std::move(fields)}};
}

}  // namespace culprit::server
