// DescribeAlarms, of stored states.
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

}  // namespace

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
