// StartQuery, GetQueryResults, StopQuery and DescribeQueries.
#include <fmt/format.h>

#include <algorithm>

#include "insights/row.h"
#include "server/log_groups.h"
#include "server/logs_operations.h"
#include "server/page_token.h"
#include "server/query_jobs.h"
#include "store/valid_utf8.h"

namespace culprit::server {

namespace {

constexpr std::int64_t kRowsMax = 100'000;
constexpr std::int64_t kRowsDefault = 10'000;
constexpr std::int64_t kPageRowsMax = 10'000;
constexpr std::size_t kGroupsMax = 50;
constexpr std::int64_t kFirstMs = 100'000'000'000;  // what is larger counts milliseconds, not seconds
constexpr std::int64_t kFarMs = 253'402'300'799'999;

Time moment_of(std::int64_t number) {
  const std::int64_t ms = number < kFirstMs ? number * 1000 : number;
  return from_epoch_ms(std::min(ms, kFarMs));
}

// Both ends belong to it; nothing beyond the horizon.
Window window_of(const Account& account, const Parameters& p) {
  Window out{moment_of(p.need_integer("startTime", {0})), moment_of(p.need_integer("endTime", {0}))};
  if (out.start > out.end) p.refuse("startTime must not be greater than endTime.");
  out.end = std::min(out.end + Duration{1}, account.horizon());
  out.start = std::min(out.start, out.end);
  return out;
}

insights::Query query_of(const std::string& text) {
  auto query = insights::parse_query(text);
  if (query) return std::move(*query);
  const auto& fault = query.error();
  ApiFault out{"MalformedQueryException", fault.message, 400, {}};
  out.details["queryCompileError"] = {
      {"location", {{"startCharOffset", fault.start_character}, {"endCharOffset", fault.end_character}}},
      {"message", fault.message}};
  throw out;
}

std::vector<std::string> selected_groups(const Account& account, const Store& store,
                                         const insights::GroupSelection& selection) {
  std::vector<std::string> out;
  for (const auto& group : log_groups(account, store)) {
    const bool named = std::ranges::find(selection.names, group.name) != selection.names.end();
    const bool begins = std::ranges::any_of(
        selection.prefixes, [&](const std::string& prefix) { return group.name.starts_with(prefix); });
    if ((named || begins) && out.size() < kGroupsMax) out.push_back(group.name);
  }
  return out;
}

// Of the one parameter that names them, or of SOURCE.
std::vector<std::string> groups_of(const Account& account, const Store& store, const ApiRequest& request,
                                   const insights::Query& query) {
  const auto& p = request.parameters;
  std::vector<std::string> named;
  int given = 0;
  for (const char* member : {"logGroupNames", "logGroupIdentifiers"})
    if (auto texts = p.texts(member); !texts.empty()) {
      named = std::move(texts);
      ++given;
    }
  if (const auto one = p.text("logGroupName")) {
    named = {*one};
    ++given;
  }
  if (query.source && given == 0) return selected_groups(account, store, *query.source);
  if (given != 1)
    p.refuse(
        "Exactly one of logGroupName, logGroupNames and logGroupIdentifiers, or SOURCE in the query, has to "
        "name the log groups.");
  if (named.size() > kGroupsMax)
    throw constraint_fault("InvalidParameterException", fmt::format("[{} log groups]", named.size()),
                           "logGroupNames", "Member must have length less than or equal to 50");
  const auto known = log_groups(account, store);
  std::vector<std::string> out;
  for (const auto& each : named) {
    const std::string name = group_of_arn(each);
    if (std::ranges::find(known, name, &LogGroup::name) == known.end())
      throw ApiFault{
          "ResourceNotFoundException",
          fmt::format("Log group '{}' does not exist for account ID '{}' (Service: AWSLogs; Status "
                      "Code: 400; Error Code: ResourceNotFoundException; Request ID: {}; Proxy: null)",
                      name, account.name().id, request.request_id)};
    if (std::ranges::find(out, name) == out.end()) out.push_back(name);
  }
  return out;
}

// The last limit of the query, else the request's.
std::size_t rows_of(const Parameters& p, const insights::Query& query) {
  const auto asked = static_cast<std::size_t>(p.integer_or("limit", kRowsDefault, {1, kRowsMax}));
  if (query.commands.empty()) return asked;
  const auto* limit = std::get_if<insights::LimitCommand>(&query.commands.back());
  return limit != nullptr && !p.has("limit") ? limit->rows : asked;
}

void need_language(const Parameters& p) {
  const std::string language = p.text_or("queryLanguage", "CWLI");
  if (language != "CWLI")
    p.refuse(fmt::format("The query language {} is not available here; CWLI is.", language));
}

QueryReport need_query(Account& account, const Parameters& p) {
  auto report = account.queries().find(p.need_text("queryId"));
  if (!report) throw ApiFault{"ResourceNotFoundException", "The specified query does not exist."};
  return std::move(*report);
}

boost::json::object statistics_of(const QueryReport& report) {
  const auto* result = report.result.get();
  const auto number = [&](std::uint64_t counted) { return static_cast<double>(counted); };
  return {{"recordsMatched", result == nullptr ? 0.0 : number(result->records_matched)},
          {"recordsScanned", result == nullptr ? number(report.visited) : number(result->scanned.records)},
          {"estimatedRecordsSkipped", 0.0},
          {"bytesScanned", result == nullptr ? 0.0 : number(result->scanned.bytes)},
          {"estimatedBytesSkipped", 0.0},
          {"logGroupsScanned", number(report.groups.size())}};
}

boost::json::array fields_of(const QueryReport& report, const insights::ResultRow& row) {
  boost::json::array out;
  bool has_pointer = false;
  for (const auto& [slot, value] : row.fields) {
    has_pointer = has_pointer || report.names[slot] == "@ptr";
    out.push_back(
        boost::json::object{{"field", valid_utf8(report.names[slot])}, {"value", valid_utf8(value)}});
  }
  if (row.event != 0 && !has_pointer)
    out.push_back(boost::json::object{{"field", "@ptr"}, {"value", insights::pointer_to(row.event)}});
  return out;
}

}  // namespace

boost::json::object start_query(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  need_language(p);
  QueryRequest query;
  query.text = p.need_text("queryString");
  query.options.window = window_of(account, p);
  query.evidence = account.evidence();
  query.query = query_of(query.text);
  query.groups = groups_of(account, *query.evidence, request, query.query);
  query.options.rows_max = rows_of(p, query.query);
  query.options.now = account.now();
  query.options.account = account.name().id;
  query.user = account.name().arn;
  return {{"queryId", account.queries().start(std::move(query))}};
}

boost::json::object get_query_results(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const QueryReport report = need_query(account, p);
  const auto most = static_cast<std::size_t>(p.integer_or("maxItems", kPageRowsMax, {0, kPageRowsMax}));
  std::size_t first = 0;
  const std::string question = question_digest({"query", report.id});
  if (const auto token = p.text("nextToken")) {
    const auto numbers = read_token(*token, question, 1);
    if (!numbers || numbers->front() < 0) p.refuse("The specified nextToken is invalid.");
    first = static_cast<std::size_t>(numbers->front());
  }
  boost::json::array results;
  const std::size_t size = report.result ? report.result->rows.size() : 0;
  const std::size_t last = std::min(size, first + (most == 0 ? kPageRowsMax : most));
  for (std::size_t i = first; i < last; ++i) results.push_back(fields_of(report, report.result->rows[i]));
  boost::json::object out{{"queryLanguage", "CWLI"},
                          {"results", std::move(results)},
                          {"statistics", statistics_of(report)},
                          {"status", name_of(report.status)}};
  if (last < size) out["nextToken"] = make_token(question, {static_cast<std::int64_t>(last)});
  // The service does not say why; a person who asks by hand is told.
  if (!report.failure.empty()) out["failureReason"] = report.failure;
  return out;
}

boost::json::object stop_query(Account& account, const ApiRequest& request) {
  const auto stopped = account.queries().stop(request.parameters.need_text("queryId"));
  if (!stopped) throw ApiFault{"ResourceNotFoundException", "The specified query does not exist."};
  return {{"success", *stopped}};
}

boost::json::object describe_queries(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const std::string group = p.text_or("logGroupName", ""), status = p.text_or("status", "");
  const auto most = static_cast<std::size_t>(p.integer_or("maxResults", 1000, {1, 1000}));
  const std::string question = question_digest({"queries", group, status});
  std::size_t first = 0;
  if (const auto token = p.text("nextToken")) {
    const auto numbers = read_token(*token, question, 1);
    if (!numbers || numbers->front() < 0) p.refuse("The specified nextToken is invalid.");
    first = static_cast<std::size_t>(numbers->front());
  }
  boost::json::array queries;
  std::size_t at = 0;
  bool more = false;
  for (const auto& report : account.queries().all()) {
    const bool of_group = group.empty() || std::ranges::find(report.groups, group) != report.groups.end();
    if (!of_group || (!status.empty() && status != name_of(report.status)) || at++ < first) continue;
    more = queries.size() == most;
    if (more) break;
    boost::json::object query{{"queryLanguage", "CWLI"},
                              {"queryId", report.id},
                              {"queryString", valid_utf8(report.text)},
                              {"status", name_of(report.status)},
                              {"createTime", to_epoch_ms(report.created)},
                              {"queryDuration", report.took.count()},
                              {"bytesScanned", report.result ? report.result->scanned.bytes : 0},
                              {"userIdentity", report.user}};
    if (!report.groups.empty()) query["logGroupName"] = group.empty() ? report.groups.front() : group;
    queries.push_back(std::move(query));
  }
  boost::json::object out{{"queries", std::move(queries)}};
  if (more) out["nextToken"] = make_token(question, {static_cast<std::int64_t>(first + most)});
  return out;
}

}  // namespace culprit::server
