#include "server/alarm_actions.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "server/states.h"

namespace culprit::server {

namespace {

// What arn:aws:cloudwatch:REGION:ACCOUNT:alarm:NAME says.
std::pair<std::string, std::string> region_and_account(std::string_view arn) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= arn.size() && parts.size() < 5;) {
    const std::size_t end = std::min(arn.find(':', at), arn.size());
    parts.emplace_back(arn.substr(at, end - at));
    at = end + 1;
  }
  return parts.size() == 5 ? std::pair(parts[3], parts[4]) : std::pair<std::string, std::string>();
}

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

boost::json::object trigger_of(const boost::json::object& alarm) {
  boost::json::object out;
  for (const auto member :
       {"MetricName", "Namespace", "Unit", "Period", "EvaluationPeriods", "DatapointsToAlarm",
        "ComparisonOperator", "Threshold", "TreatMissingData", "EvaluateLowSampleCountPercentile", "Metrics"})
    if (const auto* value = alarm.if_contains(member)) out[member] = *value;
  const std::string simple = text_of(alarm, "Statistic"), extended = text_of(alarm, "ExtendedStatistic");
  if (!simple.empty()) {
    out["StatisticType"] = "Statistic";
    out["Statistic"] = upper(simple);
  } else if (!extended.empty()) {
    out["StatisticType"] = "ExtendedStatistic";
    out["ExtendedStatistic"] = extended;
  }
  boost::json::array dimensions;
  if (const auto* list = alarm.if_contains("Dimensions"); list != nullptr && list->is_array())
    for (const auto& one : list->get_array())
      if (const auto* dimension = one.if_object())
        dimensions.push_back(boost::json::object{{"value", text_of(*dimension, "Value")},
                                                 {"name", text_of(*dimension, "Name")}});
  out["Dimensions"] = std::move(dimensions);
  return out;
}

boost::json::object message_of(const AlarmTransition& transition) {
  const auto& alarm = transition.description;
  const std::string arn = text_of(alarm, "AlarmArn");
  const auto [region, account] = region_and_account(arn);
  boost::json::object out{{"AlarmName", text_of(alarm, "AlarmName")},
                          {"AlarmDescription", nullptr},
                          {"AWSAccountId", account},
                          {"NewStateValue", to_string(transition.to)},
                          {"NewStateReason", transition.reason},
                          {"StateChangeTime", state_change_time(transition.time)},
                          {"Region", region},
                          {"AlarmArn", arn},
                          {"OldStateValue", to_string(transition.from)}};
  for (const auto member :
       {"AlarmDescription", "OKActions", "AlarmActions", "InsufficientDataActions", "AlarmRule"})
    if (const auto* value = alarm.if_contains(member)) out[member] = *value;
  if (!alarm.contains("AlarmRule")) out["Trigger"] = trigger_of(alarm);
  return out;
}

}  // namespace

std::vector<std::string> actions_of(const AlarmTransition& transition) {
  const auto* enabled = transition.description.if_contains("ActionsEnabled");
  if (enabled != nullptr && enabled->is_bool() && !enabled->get_bool()) return {};
  const char* member = transition.to == AlarmState::kAlarm ? "AlarmActions"
                       : transition.to == AlarmState::kOk  ? "OKActions"
                                                           : "InsufficientDataActions";
  std::vector<std::string> out;
  if (const auto* list = transition.description.if_contains(member); list != nullptr && list->is_array())
    for (const auto& arn : list->get_array())
      if (arn.is_string()) out.emplace_back(arn.get_string());
  return out;
}

std::string alarm_notification(const std::string& arn, const AlarmTransition& transition) {
  const std::string message = boost::json::serialize(message_of(transition));
  // The same transition has the same id whenever it is sent again.
  const std::string id = to_hex(sha256(arn + message)).substr(0, 32);
  const boost::json::object out{{"Type", "Notification"},
                                {"MessageId", fmt::format("{}-{}-{}-{}-{}", id.substr(0, 8), id.substr(8, 4),
                                                          id.substr(12, 4), id.substr(16, 4), id.substr(20))},
                                {"TopicArn", arn},
                                {"Subject", fmt::format("{}: \"{}\"", to_string(transition.to),
                                                        text_of(transition.description, "AlarmName"))},
                                {"Message", message},
                                {"Timestamp", format_utc(transition.time)}};
  return boost::json::serialize(out);
}

std::vector<std::pair<std::string, std::string>> notification_headers(const std::string& arn) {
  return {{"Content-Type", "text/plain; charset=UTF-8"},
          {"x-amz-sns-message-type", "Notification"},
          {"x-amz-sns-topic-arn", arn}};
}

std::string state_change_time(Time time) {
  std::string text = format_utc(time);
  return text.ends_with('Z') ? text.substr(0, text.size() - 1) + "+0000" : text;
}

}  // namespace culprit::server
