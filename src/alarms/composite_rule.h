// Rules of composite alarms: ALARM("a") AND NOT (OK(b) OR INSUFFICIENT_DATA("c")), TRUE, FALSE.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alarms/alarm.h"

namespace culprit {

// Immutable; copies are cheap; thread-safe.
class CompositeRule {
 public:
  // kInput: what is wrong and at which character. At most 10,240 characters and 100 different alarms.
  static Result<CompositeRule> parse(std::string_view text);

  // Names of the alarms it speaks of, without repeats, in order; an ARN stands as its alarm's name.
  const std::vector<std::string>& children() const { return children_; }

  // ALARM when the rule holds, OK otherwise. An alarm that `state_of` does not know is in no state.
  AlarmState evaluate(const std::function<std::optional<AlarmState>(std::string_view name)>& state_of) const;

  struct Node;

 private:
  std::shared_ptr<const Node> root_;
  std::vector<std::string> children_;
};

// "arn:aws:cloudwatch:us-east-1:123456789012:alarm:name" -> "name"; other text is a name already.
std::string_view alarm_name_of(std::string_view name_or_arn);

// Decides when a composite alarm with an actions suppressor runs its actions. Time goes forward only.
class ActionSuppression {
 public:
  ActionSuppression(std::chrono::seconds wait, std::chrono::seconds extension, AlarmState announced)
      : wait_(wait), extension_(extension), announced_(announced), state_(announced) {}

  // The state whose actions are to run now, if any. A change waits for the suppressor for the wait period;
  // while the suppressor is in ALARM, and for the extension period after it, nothing runs; a change that was
  // taken back meanwhile never does.
  std::optional<AlarmState> update(Time now, AlarmState composite, AlarmState suppressor);
  bool suppressing() const { return state_ != announced_; }

 private:
  std::chrono::seconds wait_, extension_;
  AlarmState announced_;  // whose actions ran last
  AlarmState state_;
  std::optional<Time> changed_, released_;
  bool was_suppressed_ = false;
};

}  // namespace culprit
