#include "alarms/aws/alarm_account.h"

#include <fmt/format.h>

#include "alarms/alarm_document.h"
#include "base/printable.h"
#include "sources/aws/answer.h"

namespace culprit::aws {

namespace {

using Kind = ApiError::Kind;
using Action = PlannedItem::Action;

constexpr int kPageSize = 100;

ErrorCode code_of(Kind kind) {
  switch (kind) {
    case Kind::kDenied:
      return ErrorCode::kDenied;
    case Kind::kCredentials:
    case Kind::kSkew:
      return ErrorCode::kCredentials;
    case Kind::kMissing:
      return ErrorCode::kNotFound;
    case Kind::kThrottled:
    case Kind::kTransient:
    case Kind::kUnreachable:
      return ErrorCode::kUnreachable;
    default:
      return ErrorCode::kInput;
  }
}

// In the form in which a wanted alarm is written, so that only real differences are seen.
FoundItem found_item(AlarmKind kind, const boost::json::object& answer) {
  FoundItem out;
  out.kind = kind;
  out.name = text_at(answer, kind == AlarmKind::kFilter ? "filterName" : "AlarmName");
  out.log_group = text_at(answer, "logGroupName");
  out.state = text_at(answer, "StateValue");
  out.arn = text_at(answer, "AlarmArn");
  out.document = answer;
  if (kind == AlarmKind::kAlarm) {
    if (const auto alarm = read_metric_alarm(answer)) out.document = document_of(*alarm);
  } else if (kind == AlarmKind::kComposite) {
    if (const auto alarm = read_composite_alarm(answer)) out.document = document_of(*alarm);
  } else if (const auto filter = read_metric_filter(answer)) {
    out.document = document_of(*filter);
  }
  return out;
}

ApiResult<void> each_alarm(Client& client,
                           const std::function<void(AlarmKind, const boost::json::object&)>& see) {
  return for_each_page(client, Service::kCloudWatch, "DescribeAlarms",
                       {{"AlarmTypes", {"MetricAlarm", "CompositeAlarm"}}, {"MaxRecords", kPageSize}},
                       "NextToken", [&](boost::json::object& page) {
                         for (const auto& item : array_at(page, "MetricAlarms"))
                           if (item.is_object()) see(AlarmKind::kAlarm, item.get_object());
                         for (const auto& item : array_at(page, "CompositeAlarms"))
                           if (item.is_object()) see(AlarmKind::kComposite, item.get_object());
                         return true;
                       });
}

boost::json::array tag_list(std::string_view system) {
  boost::json::array out;
  for (const auto& [key, value] : owner_tags(system))
    out.push_back(boost::json::object{{"Key", key}, {"Value", value}});
  return out;
}

}  // namespace

Error error_of(const ApiError& error, std::string_view what) {
  std::string hint = error.hint;
  if (error.kind == Kind::kDenied && hint.empty())
    hint =
        "The credentials need cloudwatch:DescribeAlarms, ListTagsForResource, PutMetricAlarm, "
        "PutCompositeAlarm, "
        "TagResource, DeleteAlarms and logs:DescribeMetricFilters, PutMetricFilter, DeleteMetricFilter.";
  return {code_of(error.kind), printable_text(error.text(), 600), std::string(what), hint};
}

Result<bool> AlarmAccount::is_tagged(const std::string& arn, std::string_view system) {
  const auto answer = client_.call(Service::kCloudWatch, "ListTagsForResource", {{"ResourceARN", arn}});
  if (!answer) {
    if (answer.error().kind == Kind::kMissing) return false;  // deleted meanwhile
    return tl::unexpected(error_of(answer.error(), "tags of " + arn));
  }
  std::size_t held = 0;
  const auto wanted = owner_tags(system);
  for (const auto& item : array_at(*answer, "Tags")) {
    if (!item.is_object()) continue;
    for (const auto& [key, value] : wanted)
      held += text_at(item.get_object(), "Key") == key && text_at(item.get_object(), "Value") == value;
  }
  return held >= wanted.size();
}

Result<void> AlarmAccount::read_alarms(const AlarmSet& wanted, FoundAlarms& found) {
  std::set<std::string> names;
  for (const auto& alarm : wanted.alarms) names.insert(alarm.name);
  for (const auto& alarm : wanted.composites) names.insert(alarm.name);
  std::vector<FoundItem> candidates;
  const auto done = each_alarm(client_, [&](AlarmKind kind, const boost::json::object& answer) {
    ++found.alarms_seen;
    const bool named = names.contains(text_at(answer, "AlarmName"));
    // Tags cost a call an alarm, so only those are asked that can be the system's.
    if (named || description_names(text_at(answer, "AlarmDescription"), wanted.system))
      candidates.push_back(found_item(kind, answer));
  });
  if (!done) return tl::unexpected(error_of(done.error(), "cloudwatch describe-alarms"));
  for (auto& item : candidates) {
    const auto ours = is_tagged(item.arn, wanted.system);
    if (!ours) return tl::unexpected(ours.error());
    item.ours = *ours;
    if (item.ours || names.contains(item.name)) found.items.push_back(std::move(item));
  }
  return {};
}

Result<void> AlarmAccount::read_filters(const AlarmSet& wanted, FoundAlarms& found) {
  std::set<std::string> groups;
  for (const auto& filter : wanted.filters) groups.insert(filter.log_group);
  const std::string prefix = filter_prefix(wanted.system), name_space = filter_namespace(wanted.system);
  for (const auto& group : groups) {
    const auto done = for_each_page(client_, Service::kLogs, "DescribeMetricFilters",
                                    {{"logGroupName", group}, {"filterNamePrefix", prefix}}, "nextToken",
                                    [&](boost::json::object& page) {
                                      for (const auto& item : array_at(page, "metricFilters")) {
                                        if (!item.is_object()) continue;
                                        auto filter = found_item(AlarmKind::kFilter, item.get_object());
                                        if (!filter.name.starts_with(prefix)) continue;
                                        filter.log_group = group;
                                        filter.document["logGroupName"] = group;
                                        const auto read = read_metric_filter(filter.document);
                                        filter.ours = read && read->metric.name_space == name_space;
                                        found.items.push_back(std::move(filter));
                                      }
                                      return true;
                                    });
    if (done) continue;
    if (done.error().kind != Kind::kMissing)
      return tl::unexpected(error_of(done.error(), "metric filters of " + group));
    found.missing_log_groups.insert(group);
  }
  return {};
}

Result<FoundAlarms> AlarmAccount::read(const AlarmSet& wanted) {
  FoundAlarms found;
  if (auto done = read_filters(wanted, found); !done) return tl::unexpected(done.error());
  if (auto done = read_alarms(wanted, found); !done) return tl::unexpected(done.error());
  return found;
}

Result<AlarmSet> AlarmAccount::read_all() {
  AlarmSet out;
  const auto done = each_alarm(client_, [&](AlarmKind kind, const boost::json::object& answer) {
    if (kind == AlarmKind::kComposite) {
      if (auto alarm = read_composite_alarm(answer)) out.composites.push_back(std::move(*alarm));
    } else if (auto alarm = read_metric_alarm(answer)) {
      out.alarms.push_back(std::move(*alarm));
    }
  });
  if (!done) return tl::unexpected(error_of(done.error(), "cloudwatch describe-alarms"));
  return out;
}

Result<void> AlarmAccount::ask(Service service, std::string_view operation,
                               const boost::json::object& parameters, std::string_view what) {
  const auto answer = client_.call(service, operation, parameters);
  if (!answer) return tl::unexpected(error_of(answer.error(), what));
  return {};
}

Result<void> AlarmAccount::apply(const PlannedItem& item, std::string_view system) {
  const std::string what = fmt::format("{} {}", to_string(item.kind), item.name);
  if (item.action == Action::kDelete) {
    if (item.kind == AlarmKind::kFilter)
      return ask(Service::kLogs, "DeleteMetricFilter",
                 {{"logGroupName", item.log_group}, {"filterName", item.name}}, what);
    return ask(Service::kCloudWatch, "DeleteAlarms", {{"AlarmNames", boost::json::array{item.name}}}, what);
  }
  if (item.action != Action::kCreate && item.action != Action::kUpdate) return {};
  if (item.kind == AlarmKind::kFilter) return ask(Service::kLogs, "PutMetricFilter", item.document, what);
  boost::json::object parameters = item.document;
  parameters["Tags"] = tag_list(system);
  auto done = ask(Service::kCloudWatch,
                  item.kind == AlarmKind::kAlarm ? "PutMetricAlarm" : "PutCompositeAlarm", parameters, what);
  if (!done || !item.adopted) return done;
  // Tags given to a put are not laid on an alarm that is there already.
  const auto found = client_.call(
      Service::kCloudWatch, "DescribeAlarms",
      {{"AlarmNames", boost::json::array{item.name}}, {"AlarmTypes", {"MetricAlarm", "CompositeAlarm"}}});
  if (!found) return tl::unexpected(error_of(found.error(), what));
  for (const std::string_view list : {"MetricAlarms", "CompositeAlarms"})
    for (const auto& alarm : array_at(*found, list))
      if (alarm.is_object())
        return ask(Service::kCloudWatch, "TagResource",
                   {{"ResourceARN", text_at(alarm.get_object(), "AlarmArn")}, {"Tags", tag_list(system)}},
                   what);
  return {};
}

}  // namespace culprit::aws
