// DescribeLogGroups, DescribeLogStreams and tags.
#include <fmt/format.h>

#include <algorithm>

#include "server/live.h"
#include "server/log_groups.h"
#include "server/logs_operations.h"
#include "server/page_token.h"

namespace culprit::server {

namespace {

constexpr Range kPageRange{1, 50};

// The page that a token names: where it begins.
std::size_t page_start(const Parameters& parameters, const std::string& question) {
  const auto token = parameters.text("nextToken");
  if (!token) return 0;
  const auto numbers = read_token(*token, question, 1);
  if (!numbers || numbers->front() < 0) parameters.refuse("The specified nextToken is invalid.");
  return static_cast<std::size_t>(numbers->front());
}

bool contains_ignoring_case(std::string_view text, std::string_view part) {
  const auto lower = [](unsigned char c) { return std::tolower(c); };
  return !std::ranges::search(text, part, {}, lower, lower).empty() || part.empty();
}

boost::json::object stream_description(const Account& account, const std::string& group,
                                       const LogStream& stream) {
  boost::json::object out{{"logStreamName", stream.name},
                          {"creationTime", to_epoch_ms(stream.first)},
                          {"uploadSequenceToken", "49039859585858585858585858585858585858585858585858585858"},
                          {"arn", group_arn(account, group) + ":log-stream:" + stream.name},
                          {"storedBytes", 0}};
  if (stream.events == 0) return out;
  out["firstEventTimestamp"] = to_epoch_ms(stream.first);
  out["lastEventTimestamp"] = to_epoch_ms(stream.last);
  out["lastIngestionTime"] = to_epoch_ms(stream.last_ingestion);
  return out;
}

}  // namespace

boost::json::object describe_log_groups(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const std::string prefix = p.text_or("logGroupNamePrefix", "");
  const std::string pattern = p.text_or("logGroupNamePattern", "");
  if (!prefix.empty() && !pattern.empty())
    p.refuse("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
  const auto limit = static_cast<std::size_t>(p.integer_or("limit", 50, kPageRange));
  const auto wanted = p.texts("logGroupIdentifiers");
  const std::string question = question_digest({"groups", prefix, pattern});
  const std::size_t start = page_start(p, question);
  boost::json::array groups;
  std::size_t matching = 0;
  bool more = false;
  for (auto& group : log_groups(account, *account.evidence())) {
    const bool named = wanted.empty() || std::ranges::any_of(wanted, [&](const std::string& id) {
                         return group_of_arn(id) == group.name;
                       });
    if (!named || !group.name.starts_with(prefix) || !contains_ignoring_case(group.name, pattern)) continue;
    if (matching++ < start) continue;
    more = groups.size() == limit;
    if (more) break;
    if (account.is_live())
      group.description["metricFilterCount"] = account.live().metric_filters.of(group.name).size();
    groups.push_back(std::move(group.description));
  }
  boost::json::object out{{"logGroups", std::move(groups)}};
  if (more) out["nextToken"] = make_token(question, {static_cast<std::int64_t>(start + limit)});
  return out;
}

boost::json::object describe_log_streams(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const Evidence evidence = account.evidence();
  const std::string group_name =
      p.has("logGroupIdentifier") ? p.need_text("logGroupIdentifier") : p.need_text("logGroupName");
  const std::string group = need_group(account, *evidence, group_name);
  const std::string prefix = p.text_or("logStreamNamePrefix", "");
  const std::string order = p.text_or("orderBy", "LogStreamName");
  if (order != "LogStreamName" && order != "LastEventTime")
    throw constraint_fault("InvalidParameterException", order, "orderBy",
                           "Member must satisfy enum value set: [LogStreamName, LastEventTime]");
  if (order == "LastEventTime" && !prefix.empty())
    p.refuse("Cannot order by LastEventTime with a logStreamNamePrefix.");
  const bool descending = p.flag("descending");
  const auto limit = static_cast<std::size_t>(p.integer_or("limit", 50, kPageRange));
  const std::string question = question_digest({"streams", group, prefix, order, descending ? "d" : "a"});
  const std::size_t start = page_start(p, question);
  auto streams = log_streams(account, evidence, group);
  if (account.is_live())
    for (const auto& [name, stream] : account.live().logs.need_group(group).streams)
      if (std::ranges::find(streams, name, &LogStream::name) == streams.end())
        streams.push_back({name, stream.created, Time{}, Time{}, 0, 0});
  std::ranges::sort(streams, {}, &LogStream::name);
  std::erase_if(streams, [&](const LogStream& s) { return !s.name.starts_with(prefix); });
  if (order == "LastEventTime")
    std::ranges::stable_sort(streams, {}, [](const LogStream& s) { return s.last; });
  if (descending) std::ranges::reverse(streams);
  boost::json::array out_streams;
  for (std::size_t i = start; i < std::min(streams.size(), start + limit); ++i)
    out_streams.push_back(stream_description(account, group, streams[i]));
  boost::json::object out{{"logStreams", std::move(out_streams)}};
  if (start + limit < streams.size())
    out["nextToken"] = make_token(question, {static_cast<std::int64_t>(start + limit)});
  return out;
}

boost::json::object list_log_tags(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const std::string name =
      need_group(account, *account.evidence(),
                 p.has("resourceArn") ? p.need_text("resourceArn") : p.need_text("logGroupName"));
  boost::json::object tags;
  if (account.is_live())
    for (const auto& [key, value] : account.live().logs.need_group(name).tags) tags[key] = value;
  return {{"tags", std::move(tags)}};
}

}  // namespace culprit::server
