// CreateLogGroup, CreateLogStream, DeleteLogGroup, DeleteLogStream, PutRetentionPolicy, tags, PutLogEvents.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <span>

#include "server/live.h"
#include "server/log_groups.h"
#include "server/logs_names.h"
#include "server/logs_operations.h"

namespace culprit::server {

namespace {

constexpr std::size_t kEventsMax = 10'000;
constexpr std::size_t kBatchBytesMax = 1'048'576;
constexpr std::size_t kEventOverheadBytes = 26;
constexpr std::size_t kTagsMax = 50;
constexpr std::chrono::hours kSpanMax{24};
constexpr std::chrono::days kOldMax{14};
constexpr std::chrono::hours kNewMax{2};
constexpr std::int64_t kEventMsMax = 4'102'444'800'000'000;
constexpr int kRetentions[] = {1,   3,   5,   7,   14,   30,   60,   90,   120,  150,  180,
                               365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653};

std::map<std::string, std::string> tags_of(const Parameters& p) {
  std::map<std::string, std::string> out;
  if (const auto tags = p.object_at("tags"))
    for (const auto& [key, value] : tags->object()) {
      if (!value.is_string()) p.refuse("a tag's value is no text");
      out[std::string(key)] = value.get_string();
    }
  if (out.size() > kTagsMax) p.refuse("A log group may have at most 50 tags.");
  return out;
}

struct Batch {
  std::vector<std::pair<Time, std::string>> events;
};

Batch read_batch(const Parameters& p) {
  const auto events = p.objects("logEvents");
  if (events.empty()) {
    if (!p.has("logEvents")) p.missing("logEvents");
    throw constraint_fault("InvalidParameterException", "[]", "logEvents",
                           "Member must have length greater than or equal to 1");
  }
  if (events.size() > kEventsMax)
    throw constraint_fault("InvalidParameterException", fmt::format("[{} events]", events.size()),
                           "logEvents", "Member must have length less than or equal to 10000");
  Batch out;
  std::size_t bytes = 0;
  for (const auto& event : events) {
    const Time time = from_epoch_ms(event.need_integer("timestamp", {0, kEventMsMax}));
    std::string message = event.need_text("message");
    bytes += message.size() + kEventOverheadBytes;
    if (message.size() + kEventOverheadBytes > kBatchBytesMax)
      p.refuse(fmt::format("Log event too large: {} bytes exceeds limit of {}",
                           message.size() + kEventOverheadBytes, kBatchBytesMax));
    if (!out.events.empty() && time < out.events.back().first)
      p.refuse("Log events in a single PutLogEvents request must be in chronological order.");
    out.events.emplace_back(time, std::move(message));
  }
  if (bytes > kBatchBytesMax)
    p.refuse(fmt::format("Upload too large: {} bytes exceeds limit of {}", bytes, kBatchBytesMax));
  if (out.events.back().first - out.events.front().first > kSpanMax)
    p.refuse("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
  return out;
}

}  // namespace

boost::json::object create_log_group(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  account.live().logs.create_group(need_group_name(p), tags_of(p), account.now());
  return {};
}

boost::json::object create_log_stream(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const std::string group = need_group_name(p);
  account.live().logs.create_stream(group, need_stream_name(p), account.now());
  return {};
}

boost::json::object delete_log_group(Account& account, const ApiRequest& request) {
  const std::string name = need_group_name(request.parameters);
  account.live().logs.delete_group(name, account.now());
  account.live().metric_filters.remove_all_of(name, account.now());
  account.live().subscription_filters.remove_all_of(name, account.now());
  return {};
}

boost::json::object delete_log_stream(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const std::string group = need_group_name(p);
  account.live().logs.delete_stream(group, need_stream_name(p), account.now());
  return {};
}

boost::json::object put_retention_policy(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const auto days = static_cast<int>(p.need_integer("retentionInDays", {1, 3653}));
  if (std::ranges::find(kRetentions, days) == std::end(kRetentions))
    throw constraint_fault(
        "InvalidParameterException", std::to_string(days), "retentionInDays",
        "Member must satisfy enum value set: [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, "
        "731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]");
  account.live().logs.change(need_group_name(p), account.now(),
                             [&](LiveGroup& group) { group.retention_days = days; });
  return {};
}

boost::json::object delete_retention_policy(Account& account, const ApiRequest& request) {
  account.live().logs.change(need_group_name(request.parameters), account.now(),
                             [](LiveGroup& group) { group.retention_days.reset(); });
  return {};
}

boost::json::object tag_log_group(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const std::string name =
      p.has("resourceArn") ? group_of_arn(p.need_text("resourceArn")) : need_group_name(p);
  const auto added = tags_of(p);
  account.live().logs.change(name, account.now(), [&](LiveGroup& group) {
    for (const auto& [key, value] : added) group.tags[key] = value;
  });
  return {};
}

boost::json::object untag_log_group(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const std::string name =
      p.has("resourceArn") ? group_of_arn(p.need_text("resourceArn")) : need_group_name(p);
  const auto removed = p.texts(p.has("tagKeys") ? "tagKeys" : "tags");
  account.live().logs.change(name, account.now(), [&](LiveGroup& group) {
    for (const auto& key : removed) group.tags.erase(key);
  });
  return {};
}

boost::json::object put_log_events(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const std::string name = need_group_name(p);
  const std::string stream = need_stream_name(p);
  const Batch batch = read_batch(p);
  const LiveGroup group = account.live().logs.need_stream(name, stream);
  const Time now = account.now();
  // Ascending: what is too old stands in front, what is too new at the end.
  std::size_t too_old = 0, expired = 0, too_new = batch.events.size();
  const auto& events = batch.events;
  while (too_old < events.size() && events[too_old].first < now - kOldMax) ++too_old;
  if (group.retention_days)
    while (expired < events.size() && events[expired].first < now - std::chrono::days{*group.retention_days})
      ++expired;
  while (too_new > 0 && events[too_new - 1].first > now + kNewMax) --too_new;
  const std::size_t first = std::max(too_old, expired);
  if (first < too_new) {
    const auto accepted = std::span(events).subspan(first, too_new - first);
    const auto worth = worth_of(account.live().metric_filters.of(name), accepted);
    bool gone = false;
    EventNumber first_number = 0;
    const auto written = account.live().store->write([&](StoreWriter& writer) -> Result<void> {
      // Deleted while this waited its turn.
      gone = !account.live().logs.has_stream(name, stream);
      if (gone) return {};
      first_number = writer.next_number();
      for (const auto& [time, message] : accepted)
        if (auto put = writer.append({0, name, stream, time, now, message}); !put) return put;
      return account.live().metrics.add_to(writer, worth);
    });
    if (!written) throw ApiFault{"ServiceUnavailableException", written.error().message(), 500};
    if (gone) (void)account.live().logs.need_stream(name, stream);
    publish(account.live().subscription_filters.of(name),
            {account.name().id, name, stream, first_number, accepted}, account.live().webhooks);
  }
  boost::json::object rejected;
  if (too_old > 0) rejected["tooOldLogEventEndIndex"] = too_old;
  if (expired > too_old) rejected["expiredLogEventEndIndex"] = expired;
  if (too_new < events.size()) rejected["tooNewLogEventStartIndex"] = too_new;
  boost::json::object out{{"nextSequenceToken", fmt::format("{:056}", to_epoch_ms(now))}};
  if (!rejected.empty()) out["rejectedLogEventsInfo"] = std::move(rejected);
  return out;
}

}  // namespace culprit::server
