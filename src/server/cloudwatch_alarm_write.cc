// PutMetricAlarm, PutCompositeAlarm, DeleteAlarms, SetAlarmState, Enable- and DisableAlarmActions,
// DescribeAlarmHistory.
#include <fmt/format.h>

#include <algorithm>

#include "server/cloudwatch_operations.h"
#include "server/cloudwatch_tags.h"
#include "server/live.h"
#include "server/page_token.h"
#include "server/states.h"

namespace culprit::server {

namespace {

constexpr std::string_view kRefusal = "ValidationError";
constexpr std::size_t kNameMax = 255;
constexpr std::size_t kActionsMax = 5;

MetricStat stat_of(const Parameters& metric, const Parameters& p, std::string_view statistic,
                   std::int64_t period) {
  return {metric_id_of(metric), std::string(statistic), std::chrono::seconds{period}, p.text_or("Unit", "")};
}

AlarmQuery query_of(const Parameters& p) {
  AlarmQuery query;
  query.id = p.need_text("Id");
  query.expression = p.text_or("Expression", "");
  query.label = p.text_or("Label", "");
  query.return_data = p.flag("ReturnData", true);
  query.period = std::chrono::seconds{p.integer_or("Period", 0)};
  if (const auto stat = p.object_at("MetricStat")) {
    const auto metric = stat->object_at("Metric");
    if (!metric) stat->missing("Metric");
    query.stat = stat_of(*metric, *stat, stat->need_text("Stat"), stat->need_integer("Period"));
  }
  return query;
}

AlarmActions actions_of(const Parameters& p) {
  AlarmActions out;
  out.enabled = p.flag("ActionsEnabled", true);
  out.alarm = p.texts("AlarmActions");
  out.ok = p.texts("OKActions");
  out.insufficient_data = p.texts("InsufficientDataActions");
  for (const auto* list : {&out.alarm, &out.ok, &out.insufficient_data})
    if (list->size() > kActionsMax) p.refuse("An alarm may have at most 5 actions for each state.");
  return out;
}

template <class T>
T checked(const Parameters& p, Result<T> parsed) {
  if (!parsed) p.refuse(parsed.error().what);
  return std::move(*parsed);
}

std::string alarm_arn(const Account& account, const std::string& name) {
  return fmt::format("arn:aws:cloudwatch:{}:{}:alarm:{}", account.name().region, account.name().id, name);
}

// Tags are taken with a new alarm only; one that there is keeps its own.
void tag_new_alarm(Account& account, const Parameters& p, const boost::json::object& description) {
  const auto tags = tags_in(p);
  if (tags.empty() || account.live().alarms.known(text_of(description, "AlarmName"))) return;
  keep_tags(account, text_of(description, "AlarmArn"), tags);
}

// What DescribeAlarms shows of the parameters: those that are there, with numbers as numbers.
boost::json::object description_of(const Account& account, const Parameters& p, std::string_view kind) {
  boost::json::object out;
  const std::string name = p.need_text("AlarmName");
  if (name.size() > kNameMax) p.refuse("AlarmName must not be longer than 255 characters.");
  out["AlarmName"] = name;
  out["AlarmArn"] = alarm_arn(account, name);
  out["ActionsEnabled"] = p.flag("ActionsEnabled", true);
  for (const auto member : {"OKActions", "AlarmActions", "InsufficientDataActions"}) {
    boost::json::array list;
    for (const auto& action : p.texts(member)) list.emplace_back(action);
    out[member] = std::move(list);
  }
  for (const auto member :
       {"AlarmDescription", "MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Unit",
        "ComparisonOperator", "TreatMissingData", "EvaluateLowSampleCountPercentile", "ThresholdMetricId",
        "AlarmRule", "ActionsSuppressor"})
    if (const auto text = p.text(member)) out[member] = *text;
  for (const auto member : {"Period", "EvaluationPeriods", "DatapointsToAlarm", "ActionsSuppressorWaitPeriod",
                            "ActionsSuppressorExtensionPeriod"})
    if (const auto number = p.integer(member)) out[member] = *number;
  if (const auto threshold = p.real("Threshold")) out["Threshold"] = *threshold;
  if (kind == "MetricAlarm" && p.has("MetricName")) {
    boost::json::array dimensions;
    for (const auto& d : dimensions_of(p))
      dimensions.push_back(boost::json::object{{"Name", d.name}, {"Value", d.value}});
    out["Dimensions"] = std::move(dimensions);
  }
  if (p.has("Metrics")) out["Metrics"] = p.object().at("Metrics");
  return out;
}

void each_name(const Parameters& p, const std::function<void(const std::string&)>& visit) {
  const auto names = p.texts("AlarmNames");
  if (names.empty()) p.missing("AlarmNames");
  if (names.size() > 100) p.refuse("At most 100 alarms may be named.");
  for (const auto& name : names) visit(name);
}

}  // namespace

MetricAlarm alarm_of(const boost::json::object& description) {
  const Parameters p(description, kRefusal);
  MetricAlarm alarm;
  alarm.name = p.need_text("AlarmName");
  alarm.description = p.text_or("AlarmDescription", "");
  alarm.comparison = checked(p, parse_comparison(p.need_text("ComparisonOperator")));
  alarm.evaluation_periods = static_cast<int>(p.need_integer("EvaluationPeriods", {1, 100'000}));
  alarm.datapoints_to_alarm = static_cast<int>(p.integer_or("DatapointsToAlarm", 0, {1, 100'000}));
  alarm.missing = checked(p, parse_missing_data(p.text_or("TreatMissingData", "missing")));
  alarm.ignore_low_samples = p.text_or("EvaluateLowSampleCountPercentile", "evaluate") == "ignore";
  alarm.actions = actions_of(p);
  alarm.band_id = p.text_or("ThresholdMetricId", "");
  if (alarm.band_id.empty()) {
    const auto threshold = p.real("Threshold");
    if (!threshold) p.missing("Threshold");
    alarm.threshold = *threshold;
  }
  for (const auto& query : p.objects("Metrics")) alarm.queries.push_back(query_of(query));
  if (alarm.queries.empty()) {
    const auto simple = p.text("Statistic"), extended = p.text("ExtendedStatistic");
    if (simple.has_value() == extended.has_value())
      p.refuse("Exactly one of Statistic and ExtendedStatistic must be given.");
    alarm.stat = stat_of(p, p, simple ? *simple : *extended, p.need_integer("Period"));
    if (!parse_statistic(alarm.stat.statistic)) p.refuse("The statistic is not known.");
  }
  if (const auto good = check_alarm(alarm); !good) p.refuse(good.error().what);
  return alarm;
}

boost::json::object put_metric_alarm(Account& account, const ApiRequest& request) {
  auto description = description_of(account, request.parameters, "MetricAlarm");
  const MetricAlarm alarm = alarm_of(request.parameters.object());
  tag_new_alarm(account, request.parameters, description);
  account.live().alarms.put(std::move(description), alarm, account.now());
  return {};
}

boost::json::object put_composite_alarm(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  auto description = description_of(account, p, "CompositeAlarm");
  const CompositeRule rule = checked(p, CompositeRule::parse(p.need_text("AlarmRule")));
  tag_new_alarm(account, p, description);
  account.live().alarms.put(std::move(description), rule, account.now());
  return {};
}

boost::json::object delete_alarms(Account& account, const ApiRequest& request) {
  std::vector<std::string> arns;
  each_name(request.parameters, [&](const std::string& name) {
    account.live().alarms.remove(name, account.now());
    arns.push_back(alarm_arn(account, name));
  });
  account.live().documents.remove(kinds::kTags, arns, account.now());
  return {};
}

boost::json::object set_alarm_state(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const std::string name = p.need_text("AlarmName");
  const std::string value = p.need_text("StateValue");
  const auto state = parse_alarm_state(value);
  if (!state)
    throw constraint_fault("ValidationError", value, "stateValue",
                           "Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]");
  const std::string data = p.text_or("StateReasonData", "");
  boost::system::error_code error;
  if (!data.empty()) (void)boost::json::parse(data, error);
  if (error) throw ApiFault{"InvalidFormat", "StateReasonData must be JSON."};
  account.live().alarms.set_state(name, *state, p.text_or("StateReason", ""), data, account.now());
  return {};
}

boost::json::object enable_alarm_actions(Account& account, const ApiRequest& request) {
  each_name(request.parameters, [&](const std::string& name) {
    account.live().alarms.enable_actions(name, true, account.now());
  });
  return {};
}

boost::json::object disable_alarm_actions(Account& account, const ApiRequest& request) {
  each_name(request.parameters, [&](const std::string& name) {
    account.live().alarms.enable_actions(name, false, account.now());
  });
  return {};
}

boost::json::object describe_alarm_history(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const std::string name = p.text_or("AlarmName", ""), type = p.text_or("HistoryItemType", "");
  const auto start = p.time("StartDate"), end = p.time("EndDate");
  const bool ascending = p.text_or("ScanBy", "TimestampDescending") == "TimestampAscending";
  const auto records = static_cast<std::size_t>(p.integer_or("MaxRecords", 100, {1, 100}));
  const std::string question = question_digest({"history", name, type, ascending ? "a" : "d"});
  std::size_t skip = 0;
  if (const auto token = p.text("NextToken")) {
    const auto numbers = read_token(*token, question, 1);
    if (!numbers || numbers->front() < 0)
      throw ApiFault{"InvalidNextToken", "The specified NextToken is invalid."};
    skip = static_cast<std::size_t>(numbers->front());
  }
  std::vector<std::pair<Time, boost::json::object>> items;
  for (const auto& state : taken(account.evidence()->states("cloudwatch:alarm-history"))) {
    const auto* item = state.document.if_object();
    if (item == nullptr || (!name.empty() && state.id != name) ||
        (!type.empty() && text_of(*item, "HistoryItemType") != type) ||
        (start && state.observed_at < *start) || (end && state.observed_at > *end) ||
        state.observed_at >= account.horizon())
      continue;
    items.emplace_back(state.observed_at, *item);
  }
  std::ranges::stable_sort(items, {}, [](const auto& item) { return item.first; });
  if (!ascending) std::ranges::reverse(items);
  boost::json::array out_items;
  for (std::size_t i = skip; i < std::min(items.size(), skip + records); ++i)
    out_items.push_back(std::move(items[i].second));
  boost::json::object out{{"AlarmHistoryItems", std::move(out_items)}};
  if (skip + records < items.size())
    out["NextToken"] = make_token(question, {static_cast<std::int64_t>(skip + records)});
  return out;
}

}  // namespace culprit::server
