// FilterLogEvents, GetLogEvents and TestMetricFilter.
#include <fmt/format.h>

#include <algorithm>

#include "logs/filter_pattern.h"
#include "server/live.h"
#include "server/log_groups.h"
#include "server/log_pages.h"
#include "server/logs_operations.h"
#include "server/page_token.h"
#include "store/valid_utf8.h"

namespace culprit::server {

namespace {

constexpr std::int64_t kEventsMax = 10'000;
constexpr std::int64_t kPatternCharactersMax = 1024;
constexpr std::size_t kTestMessagesMax = 50;

MessagePattern pattern_of(const std::string& text) {
  if (text.size() > static_cast<std::size_t>(kPatternCharactersMax))
    throw constraint_fault(
        "InvalidParameterException", text.substr(0, 40) + "…", "filterPattern",
        fmt::format("Member must have length less than or equal to {}", kPatternCharactersMax));
  auto pattern = MessagePattern::filter(text);
  if (pattern) return std::move(*pattern);
  const Error& error = pattern.error();
  throw ApiFault{"InvalidParameterException",
                 error.hint.empty() ? error.what : error.what + " " + error.hint};
}

// [startTime, endTime], of which nothing beyond the horizon may be seen. Milliseconds are clamped to what
// arithmetic can bear.
Window window_of(const Account& account, const Parameters& p, bool end_inclusive) {
  constexpr std::int64_t kFarMs = 4'102'444'800'000'000;
  const std::int64_t start = p.integer_or("startTime", 0, {0});
  const std::int64_t end = p.integer_or("endTime", kFarMs, {0});
  Window window{from_epoch_ms(std::min(start, kFarMs)), from_epoch_ms(std::min(end, kFarMs))};
  if (end_inclusive) window.end += Duration{1};
  window.end = std::min(window.end, account.horizon());
  return window;
}

std::string need_named_group(const Account& account, const Store& store, const Parameters& p) {
  const bool by_name = p.has("logGroupName"), by_id = p.has("logGroupIdentifier");
  if (by_name && by_id) p.refuse("Cannot specify both logGroupName and logGroupIdentifier.");
  return need_group(account, store, p.need_text(by_id ? "logGroupIdentifier" : "logGroupName"));
}

std::string event_id(EventNumber number) { return fmt::format("{:056}", number); }

}  // namespace

boost::json::object filter_log_events(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const Evidence evidence = account.evidence();
  const std::string filter = p.text_or("filterPattern", "");
  LogPageQuery query(pattern_of(filter));
  query.streams = p.texts("logStreamNames");
  query.stream_prefix = p.text_or("logStreamNamePrefix", "");
  query.events_max = static_cast<std::size_t>(p.integer_or("limit", kEventsMax, {1, kEventsMax}));
  query.window = window_of(account, p, /*end_inclusive=*/true);
  if (!query.streams.empty() && !query.stream_prefix.empty())
    p.refuse("LogStreamNames and LogStreamNamePrefix are mutually exclusive parameters.");
  query.group = need_named_group(account, *evidence, p);
  std::string streams;
  for (const auto& stream : query.streams) streams += stream + "\n";
  const std::string question = question_digest({"filter", query.group, filter, streams, query.stream_prefix});
  if (const auto token = p.text("nextToken")) {
    const auto numbers = read_token(*token, question, 3);
    if (!numbers) p.refuse("The specified nextToken is invalid.");
    query.beyond = LogPosition{from_epoch_ms((*numbers)[0]), from_epoch_ms((*numbers)[1]),
                               static_cast<EventNumber>((*numbers)[2])};
  }
  const LogPage page = taken(find_page(*evidence, query));
  boost::json::array events;
  events.reserve(page.events.size());
  for (const auto& event : page.events)
    events.push_back(boost::json::object{{"logStreamName", event.stream},
                                         {"timestamp", to_epoch_ms(event.time)},
                                         {"message", valid_utf8(event.message)},
                                         {"ingestionTime", to_epoch_ms(event.ingestion)},
                                         {"eventId", event_id(event.number)}});
  boost::json::object out{{"events", std::move(events)}, {"searchedLogStreams", boost::json::array{}}};
  if (page.more) {
    const auto last = position_of(page.events.back());
    out["nextToken"] = make_token(question, {to_epoch_ms(last.time), to_epoch_ms(last.ingestion),
                                             static_cast<std::int64_t>(last.number)});
  }
  return out;
}

namespace {

// A position and the way on from it. The end gives the same token back.
std::string event_token(std::string_view question, LogDirection direction, const LogPosition& at) {
  return (direction == LogDirection::kForward ? "f/" : "b/") +
         make_token(question,
                    {to_epoch_ms(at.time), to_epoch_ms(at.ingestion), static_cast<std::int64_t>(at.number)});
}

void begin_at_token(const Parameters& p, const std::string& token, const std::string& question,
                    LogPageQuery& query) {
  const auto numbers =
      token.size() < 2 ? std::nullopt : read_token(std::string_view(token).substr(2), question, 3);
  if (!numbers || (!token.starts_with("f/") && !token.starts_with("b/")))
    p.refuse("The specified nextToken is invalid.");
  query.direction = token.starts_with("f/") ? LogDirection::kForward : LogDirection::kBackward;
  query.beyond = LogPosition{from_epoch_ms((*numbers)[0]), from_epoch_ms((*numbers)[1]),
                             static_cast<EventNumber>((*numbers)[2])};
}

}  // namespace

boost::json::object get_log_events(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const Evidence evidence = account.evidence();
  LogPageQuery query(taken(MessagePattern::literal("")));
  const std::string stream = p.need_text("logStreamName");
  query.streams = {stream};
  query.events_max = static_cast<std::size_t>(p.integer_or("limit", kEventsMax, {1, kEventsMax}));
  query.window = window_of(account, p, /*end_inclusive=*/false);
  query.group = need_named_group(account, *evidence, p);
  if (account.is_live()) {
    (void)account.live().logs.need_stream(query.group, stream);
  } else {
    const auto streams = log_streams(account, evidence, query.group);
    if (std::ranges::find(streams, stream, &LogStream::name) == streams.end())
      throw ApiFault{"ResourceNotFoundException", "The specified log stream does not exist."};
  }
  const bool from_head = p.flag("startFromHead");
  query.direction = from_head ? LogDirection::kForward : LogDirection::kBackward;
  const std::string question = question_digest({"events", query.group, stream});
  const auto token = p.text("nextToken");
  if (token) begin_at_token(p, *token, question, query);
  const LogPage page = taken(find_page(*evidence, query));
  boost::json::array events;
  for (const auto& event : page.events)
    events.push_back(boost::json::object{{"timestamp", to_epoch_ms(event.time)},
                                         {"message", valid_utf8(event.message)},
                                         {"ingestionTime", to_epoch_ms(event.ingestion)}});
  // Without events both ways lead on from where the page would have been.
  const LogPosition nowhere =
      query.beyond.value_or(from_head ? LogPosition{query.window.start - Duration{1}, Time{}, 0}
                                      : LogPosition{query.window.end, Time{}, 0});
  const LogPosition first = page.events.empty() ? nowhere : position_of(page.events.front());
  const LogPosition last = page.events.empty() ? nowhere : position_of(page.events.back());
  return {{"events", std::move(events)},
          {"nextForwardToken", event_token(question, LogDirection::kForward, last)},
          {"nextBackwardToken", event_token(question, LogDirection::kBackward, first)}};
}

boost::json::object test_metric_filter(Account&, const ApiRequest& request) {
  const auto& p = request.parameters;
  if (!p.has("filterPattern")) p.missing("filterPattern");
  const auto messages = p.texts("logEventMessages");
  if (messages.empty()) p.missing("logEventMessages");
  if (messages.size() > kTestMessagesMax)
    throw constraint_fault("InvalidParameterException", std::to_string(messages.size()), "logEventMessages",
                           fmt::format("Member must have length less than or equal to {}", kTestMessagesMax));
  const MessagePattern pattern = pattern_of(p.text_or("filterPattern", ""));
  boost::json::array matches;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (!pattern.matches(messages[i])) continue;
    boost::json::object values;
    if (const auto* as_filter = pattern.as_filter())
      for (const auto& [name, value] : as_filter->extract(messages[i])) values.insert_or_assign(name, value);
    matches.push_back(boost::json::object{
        {"eventNumber", i + 1}, {"eventMessage", messages[i]}, {"extractedValues", std::move(values)}});
  }
  return {{"matches", std::move(matches)}};
}

}  // namespace culprit::server
