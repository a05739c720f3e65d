// Alarms that clients made: kept as states of the store ("cloudwatch:alarm", in DescribeAlarms' form),
// evaluated by the clock, with their history ("cloudwatch:alarm-history").
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
#include "server/live_store.h"

namespace culprit::server {

// May be called from several threads at once. What changes something returns when it is on disk.
class LiveAlarms {
 public:
  explicit LiveAlarms(LiveStore& store) : store_(store) {}
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

  // Evaluates every alarm that is due at `now`: each minute, or each 10 s with periods below a minute.
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
  };

  void put_known(Known known, Time now);
  void change_state(const std::string& name, AlarmState to, const std::string& reason,
                    const std::string& data, Time now);
  void keep(const std::string& name, const boost::json::object& description, const std::string& type,
            const std::string& summary, boost::json::object data, Time now);
  void evaluate_metric(const std::string& name, const MetricAlarm& alarm, AlarmState before, Time now);

  LiveStore& store_;
  mutable std::mutex mutex_;
  std::map<std::string, Known> alarms_;
  std::mutex thread_mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

// PutMetricAlarm's parameters, or DescribeAlarms' answer, as an alarm. Throws ApiFault.
MetricAlarm alarm_of(const boost::json::object& description);

}  // namespace culprit::server
