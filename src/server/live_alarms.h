// Alarms that clients made: kept as states of the store ("cloudwatch:alarm", in DescribeAlarms' form),
// evaluated by the clock, with their history ("cloudwatch:alarm-history")
// and their actions.
#pragma once

#include <atomic>
#include <boost/json.hpp>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "alarms/alarm.h"
#include "alarms/composite_rule.h"
#include "server/alarm_actions.h"
#include "server/live_store.h"
#include "server/webhooks.h"

namespace culprit::server {

// May be called from several threads at once. What changes something returns when it is on disk.
class LiveAlarms {
 public:
  LiveAlarms(LiveStore& store, Webhooks& webhooks) : store_(store), webhooks_(webhooks) {}
  ~LiveAlarms() { stop(); }

  Result<void> load();

  // One of the two; the description is DescribeAlarms' without its state.
  void put(boost::json::object description, const MetricAlarm& alarm, Time now);
  void put(boost::json::object description, const CompositeRule& rule, Time now);
  void remove(const std::string& name, Time now);
  // Throws ResourceNotFound.
  void set_state(const std::string& name, AlarmState state, const std::string& reason,
                 const std::string& data, Time now);
  void enable_actions(const std::string& name, bool enabled, Time now);
  bool known(const std::string& name) const;

  // Evaluates every alarm that is due at `now`: each minute, or each 10 s with periods below a minute; then
  // composite alarms, which also follow at once when a state is set.
  void tick(Time now);
  // Ticks on a thread of its own until stop().
  void start();
  void stop();

 private:
  struct Known {
    boost::json::object description;
    std::optional<MetricAlarm> metric;
    std::optional<CompositeRule> composite;
    AlarmState state = AlarmState::kInsufficientData;
    Time evaluated{};
    // Of a composite alarm with an ActionsSuppressor: its name, and what it holds back.
    std::string suppressor;
    std::optional<ActionSuppression> suppression;
    std::optional<AlarmTransition> held_back;
  };

  void put_known(Known known, Time now);
  void change_state(const std::string& name, AlarmState to, const std::string& reason,
                    const std::string& data, Time now);
  void keep(const std::string& name, const boost::json::object& description, const std::string& type,
            const std::string& summary, boost::json::object data, Time now);
  // Two items of history in one millisecond would be one.
  Time stamp(Time now);
  std::optional<AlarmState> state_of(std::string_view name) const;
  bool follow_children(Time now);
  void follow_suppressors(Time now);
  void act(const AlarmTransition& transition, Time now);
  void keep_action(const std::string& name, bool composite, const std::string& arn,
                   const Delivered& delivered, Time now);
  void evaluate_metric(const std::string& name, const MetricAlarm& alarm, AlarmState before, Time now);

  LiveStore& store_;
  Webhooks& webhooks_;
  mutable std::mutex mutex_;
  Time last_stamp_{};
  std::map<std::string, Known> alarms_;
  std::mutex thread_mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

// PutMetricAlarm's parameters, or DescribeAlarms' answer, as an alarm. Throws ApiFault.
MetricAlarm alarm_of(const boost::json::object& description);

}  // namespace culprit::server
