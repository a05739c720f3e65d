// DescribeAlarms and DescribeAlarmsForMetric, of stored states.
#include <algorithm>

#include "server/cloudwatch_operations.h"
#include "server/page_token.h"
#include "server/states.h"

namespace culprit::server {

namespace {

constexpr Range kRecords{1, 100};

bool has_action(const boost::json::object& alarm, const std::string& prefix) {
  for (const auto member : {"AlarmActions", "OKActions", "InsufficientDataActions"})
    if (const auto* list = alarm.if_contains(member); list != nullptr && list->is_array())
      for (const auto& action : list->get_array())
        if (action.is_string() && std::string_view(action.get_string()).starts_with(prefix)) return true;
  return false;
}

// Moments are kept as the AWS CLI prints them; lists that a client expects are always there.
boost::json::object as_answered(boost::json::object alarm) {
  for (auto& member : alarm)
    if (member.key().ends_with("Timestamp"))
      if (const auto time = time_in(&member.value())) member.value() = seconds_of(*time);
  for (const auto member : {"AlarmActions", "OKActions", "InsufficientDataActions", "Dimensions"})
    if (!alarm.contains(member) && (std::string_view(member) != "Dimensions" || alarm.contains("MetricName")))
      alarm[member] = boost::json::array{};
  return alarm;
}

std::vector<Dimension> dimensions_in(const boost::json::object& metric) {
  return dimensions_of(Parameters(metric, "ValidationError"));
}

// Whether the alarm watches the metric, by itself or in one of its queries.
bool watches(const boost::json::object& alarm, const MetricId& id) {
  const auto is_metric = [&](const boost::json::object& metric) {
    return text_of(metric, "Namespace") == id.name_space && text_of(metric, "MetricName") == id.name &&
           dimensions_in(metric) == id.dimensions;
  };
  if (is_metric(alarm)) return true;
  const auto* queries = alarm.if_contains("Metrics");
  if (queries == nullptr || !queries->is_array()) return false;
  return std::ranges::any_of(queries->get_array(), [&](const boost::json::value& query) {
    const auto* stat = query.is_object() ? query.get_object().if_contains("MetricStat") : nullptr;
    const auto* metric =
        stat != nullptr && stat->is_object() ? stat->get_object().if_contains("Metric") : nullptr;
    return metric != nullptr && metric->is_object() && is_metric(metric->get_object());
  });
}

}  // namespace

boost::json::object describe_alarms_for_metric(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const MetricId id = metric_id_of(p);
  const std::string statistic = p.text_or("Statistic", ""), extended = p.text_or("ExtendedStatistic", "");
  const std::string unit = p.text_or("Unit", "");
  const auto period = p.integer("Period", {1});
  if (!statistic.empty() && !extended.empty())
    throw ApiFault{"ValidationError", "Statistic and ExtendedStatistic may not both be specified."};
  boost::json::array alarms;
  for (auto& alarm : states_at(account, *account.evidence(), "cloudwatch:alarm")) {
    const auto* has_period = alarm.if_contains("Period");
    if (alarm.contains("Deleted") || alarm.contains("AlarmRule") || !watches(alarm, id) ||
        (!statistic.empty() && text_of(alarm, "Statistic") != statistic) ||
        (!extended.empty() && text_of(alarm, "ExtendedStatistic") != extended) ||
        (!unit.empty() && text_of(alarm, "Unit") != unit) ||
        (period && (has_period == nullptr || !has_period->is_int64() || has_period->get_int64() != *period)))
      continue;
    alarms.push_back(as_answered(std::move(alarm)));
  }
  return {{"MetricAlarms", std::move(alarms)}};
}

boost::json::object describe_alarms(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const auto names = p.texts("AlarmNames");
  const std::string prefix = p.text_or("AlarmNamePrefix", "");
  if (!names.empty() && !prefix.empty())
    throw ApiFault{"ValidationError", "AlarmNamePrefix and AlarmNames may not both be specified."};
  const std::string state = p.text_or("StateValue", "");
  const std::string action = p.text_or("ActionPrefix", "");
  const auto types = p.texts("AlarmTypes");
  const bool metric_alarms = types.empty() || std::ranges::find(types, "MetricAlarm") != types.end();
  const auto records = static_cast<std::size_t>(p.integer_or("MaxRecords", 50, kRecords));
  const std::string question = question_digest({"alarms", prefix, state, action});
  std::size_t start = 0;
  if (const auto token = p.text("NextToken")) {
    const auto numbers = read_token(*token, question, 1);
    if (!numbers || numbers->front() < 0)
      throw ApiFault{"InvalidNextToken", "The specified NextToken is invalid."};
    start = static_cast<std::size_t>(numbers->front());
  }
  const bool composite_alarms = std::ranges::find(types, "CompositeAlarm") != types.end();
  boost::json::array alarms, composites;
  std::size_t matching = 0;
  bool more = false;
  for (auto& alarm : states_at(account, *account.evidence(), "cloudwatch:alarm")) {
    const std::string name = text_of(alarm, "AlarmName");
    const bool composite = alarm.contains("AlarmRule");
    if (alarm.contains("Deleted") || !(composite ? composite_alarms : metric_alarms) ||
        (!names.empty() && std::ranges::find(names, name) == names.end()) || !name.starts_with(prefix) ||
        (!state.empty() && text_of(alarm, "StateValue") != state) ||
        (!action.empty() && !has_action(alarm, action)) || matching++ < start)
      continue;
    more = alarms.size() + composites.size() == records;
    if (more) break;
    (composite ? composites : alarms).push_back(as_answered(std::move(alarm)));
  }
  boost::json::object out{{"MetricAlarms", std::move(alarms)},
                          {"CompositeAlarms", std::move(composites)},
                          {"LogAlarms", boost::json::array{}}};
  if (more) out["NextToken"] = make_token(question, {static_cast<std::int64_t>(start + records)});
  return out;
}

}  // namespace culprit::server
