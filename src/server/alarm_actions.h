// What an alarm's actions are told: the message of a topic to a subscriber on the web.
// https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
#pragma once

#include <boost/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "alarms/alarm.h"
#include "base/time.h"

namespace culprit::server {

struct AlarmTransition {
  boost::json::object description;  // of DescribeAlarms
  AlarmState from = AlarmState::kInsufficientData;
  AlarmState to = AlarmState::kInsufficientData;
  std::string reason;
  Time time;
};

// The ARNs that are to be told; none where actions are disabled.
std::vector<std::string> actions_of(const AlarmTransition& transition);

// {"Type": "Notification", "MessageId", "TopicArn", "Subject", "Message": text of JSON, "Timestamp"}.
std::string alarm_notification(const std::string& arn, const AlarmTransition& transition);
std::vector<std::pair<std::string, std::string>> notification_headers(const std::string& arn);

// "2025-08-21T23:05:00.000+0000", as the service writes moments into its messages and history.
std::string state_change_time(Time time);

}  // namespace culprit::server
