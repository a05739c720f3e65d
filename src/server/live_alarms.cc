#include "server/live_alarms.h"

#include <fmt/format.h>

#include "alarms/alarm_data.h"
#include "server/api_fault.h"
#include "server/metric_reader.h"
#include "server/states.h"

namespace culprit::server {

namespace {

constexpr std::string_view kKind = "cloudwatch:alarm";
constexpr std::string_view kHistoryKind = "cloudwatch:alarm-history";
constexpr std::chrono::seconds kTick{10};
constexpr int kCompositeDepthMax = 10;  // composite alarms of composite alarms

double seconds_at(Time time) { return static_cast<double>(to_epoch_ms(time)) / 1000; }

boost::json::object history_item(const std::string& name, bool composite, const std::string& type,
                                 const std::string& summary, const boost::json::object& data, Time now) {
  return {{"AlarmName", name},
          {"AlarmType", composite ? "CompositeAlarm" : "MetricAlarm"},
          {"Timestamp", seconds_at(now)},
          {"HistoryItemType", type},
          {"HistorySummary", summary},
          {"HistoryData", boost::json::serialize(data)}};
}

// The alarm's metrics, out of what the store has of them now.
class StoreMetricReader : public MetricReader {
 public:
  explicit StoreMetricReader(Evidence evidence) : evidence_(std::move(evidence)) {}

  Result<std::vector<PeriodValue>> read(const MetricStat& stat, const Window& window) override {
    const auto statistic = parse_statistic(stat.statistic);
    if (!statistic) return tl::unexpected(statistic.error());
    MetricQuestion question{stat.metric, stat.statistic, *statistic, stat.period, window, stat.unit};
    const auto values = read_metric(*evidence_, question);
    if (!values) return tl::unexpected(values.error());
    question.statistic = Statistic{Statistic::Kind::kSampleCount, {}, {}, false};
    question.statistic_name = "SampleCount";
    const auto counts = read_metric(*evidence_, question);
    if (!counts) return tl::unexpected(counts.error());
    std::vector<PeriodValue> out(static_cast<std::size_t>(window.length() / stat.period));
    const auto place = [&](const Datapoint& point) {
      return static_cast<std::size_t>((point.time - window.start) / stat.period);
    };
    for (const auto& point : values->points)
      if (place(point) < out.size()) out[place(point)].value = point.value;
    for (const auto& point : counts->points)
      if (place(point) < out.size()) out[place(point)].samples = point.value;
    return out;
  }

 private:
  const Evidence evidence_;
};

void need_written(const Result<void>& written) {
  if (!written) throw ApiFault{"InternalServiceError", written.error().message(), 500};
}

// What ActionsSuppressor and its periods say.
void watch_suppressor(const boost::json::object& description, AlarmState announced, std::string& suppressor,
                      std::optional<ActionSuppression>& suppression) {
  suppressor = std::string(alarm_name_of(text_of(description, "ActionsSuppressor")));
  suppression.reset();
  if (suppressor.empty()) return;
  const auto seconds = [&](std::string_view member) {
    const auto* value = description.if_contains(member);
    return std::chrono::seconds{value != nullptr && value->is_int64() ? value->get_int64() : 0};
  };
  suppression.emplace(seconds("ActionsSuppressorWaitPeriod"), seconds("ActionsSuppressorExtensionPeriod"),
                      announced);
}

ApiFault not_found() { return {"ResourceNotFound", "", 404}; }

}  // namespace

Result<void> LiveAlarms::load() {
  const auto evidence = store_.current();
  if (!evidence) return tl::unexpected(evidence.error());
  const auto states = (*evidence)->states(kKind);
  if (!states) return tl::unexpected(states.error());
  for (const auto& state : *states) {
    const auto* description = state.document.if_object();
    if (description == nullptr) continue;
    alarms_.erase(state.id);
    if (description->contains("Deleted")) continue;
    Known known;
    known.description = *description;
    if (const auto parsed = parse_alarm_state(text_of(*description, "StateValue"))) known.state = *parsed;
    try {
      if (const std::string rule = text_of(*description, "AlarmRule"); !rule.empty()) {
        auto parsed = CompositeRule::parse(rule);
        if (!parsed) continue;
        known.composite = std::move(*parsed);
        watch_suppressor(known.description, known.state, known.suppressor, known.suppression);
      } else {
        known.metric = alarm_of(*description);
      }
    } catch (const ApiFault&) {
      continue;  // of another program: shown, never evaluated
    }
    alarms_[state.id] = std::move(known);
  }
  return {};
}

void LiveAlarms::put(boost::json::object description, const MetricAlarm& alarm, Time now) {
  Known known;
  known.description = std::move(description);
  known.metric = alarm;
  put_known(std::move(known), now);
}

void LiveAlarms::put(boost::json::object description, const CompositeRule& rule, Time now) {
  Known known;
  known.description = std::move(description);
  known.composite = rule;
  put_known(std::move(known), now);
}

// A new alarm has no state yet; one that is put again keeps its own.
void LiveAlarms::put_known(Known known, Time now) {
  const std::string name = text_of(known.description, "AlarmName");
  now = stamp(now);
  bool fresh = false;
  auto& d = known.description;
  d["AlarmConfigurationUpdatedTimestamp"] = seconds_at(now);
  {
    const std::lock_guard lock(mutex_);
    const auto found = alarms_.find(name);
    fresh = found == alarms_.end();
    if (fresh) {
      d["StateValue"] = to_string(AlarmState::kInsufficientData);
      d["StateReason"] = "Unchecked: Initial alarm creation";
      d["StateUpdatedTimestamp"] = seconds_at(now);
      d["StateTransitionedTimestamp"] = seconds_at(now);
    } else {
      known.state = found->second.state;
      for (const auto member : {"StateValue", "StateReason", "StateReasonData", "StateUpdatedTimestamp",
                                "StateTransitionedTimestamp"})
        if (const auto* value = found->second.description.if_contains(member)) d[member] = *value;
    }
    watch_suppressor(known.description, known.state, known.suppressor, known.suppression);
    alarms_[name] = known;
  }
  keep(name, d, "ConfigurationUpdate", fmt::format("Alarm \"{}\" {}", name, fresh ? "created" : "updated"),
       {{"version", "1.0"}, {"type", fresh ? "Create" : "Update"}}, now);
}

void LiveAlarms::remove(const std::string& name, Time now) {
  now = stamp(now);
  {
    const std::lock_guard lock(mutex_);
    if (alarms_.erase(name) == 0) return;
  }
  keep(name, {{"AlarmName", name}, {"Deleted", true}}, "ConfigurationUpdate",
       fmt::format("Alarm \"{}\" deleted", name), {{"version", "1.0"}, {"type", "Delete"}}, now);
}

bool LiveAlarms::known(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  return alarms_.contains(name);
}

void LiveAlarms::set_state(const std::string& name, AlarmState state, const std::string& reason,
                           const std::string& data, Time now) {
  if (!known(name)) throw not_found();
  change_state(name, state, reason, data, now);
  for (int pass = 0; pass < kCompositeDepthMax && follow_children(now); ++pass) {
  }
}

void LiveAlarms::enable_actions(const std::string& name, bool enabled, Time now) {
  now = stamp(now);
  boost::json::object description;
  {
    const std::lock_guard lock(mutex_);
    const auto found = alarms_.find(name);
    if (found == alarms_.end()) return;
    found->second.description["ActionsEnabled"] = enabled;
    description = found->second.description;
  }
  keep(name, description, "ConfigurationUpdate", fmt::format("Alarm \"{}\" updated", name),
       {{"version", "1.0"}, {"type", "Update"}}, now);
}

void LiveAlarms::change_state(const std::string& name, AlarmState to, const std::string& reason,
                              const std::string& data, Time now) {
  now = stamp(now);
  AlarmTransition transition{{}, to, to, reason, now};
  bool suppressed = false;
  {
    const std::lock_guard lock(mutex_);
    const auto found = alarms_.find(name);
    if (found == alarms_.end()) return;
    transition.from = std::exchange(found->second.state, to);
    auto& d = found->second.description;
    d["StateValue"] = to_string(to);
    d["StateReason"] = reason;
    if (data.empty())
      d.erase("StateReasonData");
    else
      d["StateReasonData"] = data;
    d["StateUpdatedTimestamp"] = seconds_at(now);
    if (transition.from != to) d["StateTransitionedTimestamp"] = seconds_at(now);
    transition.description = d;
    suppressed = found->second.suppression.has_value();
    if (suppressed) found->second.held_back = transition;
  }
  const boost::json::object history{{"version", "1.0"},
                                    {"oldState", {{"stateValue", to_string(transition.from)}}},
                                    {"newState", {{"stateValue", to_string(to)}, {"stateReason", reason}}}};
  keep(name, transition.description, "StateUpdate",
       fmt::format("Alarm updated from {} to {}", to_string(transition.from), to_string(to)), history, now);
  if (transition.from != to && !suppressed) act(transition, now);
}

Time LiveAlarms::stamp(Time now) {
  const std::lock_guard lock(mutex_);
  last_stamp_ = std::max(now, last_stamp_ + Duration{1});
  return last_stamp_;
}

void LiveAlarms::keep(const std::string& name, const boost::json::object& description,
                      const std::string& type, const std::string& summary, boost::json::object data,
                      Time now) {
  const auto item = history_item(name, description.contains("AlarmRule"), type, summary, data, now);
  need_written(store_.write([&](StoreWriter& writer) -> Result<void> {
    if (auto put = writer.put_state({std::string(kKind), name, now, description}); !put) return put;
    return writer.put_state({std::string(kHistoryKind), name, now, item});
  }));
}

void LiveAlarms::act(const AlarmTransition& transition, Time now) {
  const std::string name = text_of(transition.description, "AlarmName");
  const bool composite = transition.description.contains("AlarmRule");
  for (const auto& arn : actions_of(transition)) {
    const auto url = webhooks_.url_of(arn);
    if (!url) {
      keep_action(name, composite, arn,
                  {Delivered::Outcome::kRefused, "no webhook stands for this action", "", {}}, now);
      continue;
    }
    webhooks_.post(*url, notification_headers(arn), alarm_notification(arn, transition),
                   [this, name, composite, arn](const Delivered& delivered) {
                     keep_action(name, composite, arn, delivered,
                                 std::chrono::floor<Duration>(std::chrono::system_clock::now()));
                   });
  }
}

// What cannot be written is not in the history; the action was run all the same.
void LiveAlarms::keep_action(const std::string& name, bool composite, const std::string& arn,
                             const Delivered& delivered, Time now) {
  now = stamp(now);
  const bool done = delivered.outcome == Delivered::Outcome::kDone;
  const std::string summary =
      done ? fmt::format("Successfully executed action {}", arn)
           : fmt::format("Failed to execute action {}. Received error: \"{}\"", arn, delivered.what);
  boost::json::object data{{"actionState", done ? "Succeeded" : "Failed"}, {"notificationResource", arn}};
  if (!done) data["error"] = delivered.what;
  const auto item = history_item(name, composite, "Action", summary, data, now);
  (void)store_.write([&](StoreWriter& writer) {
    return writer.put_state({std::string(kHistoryKind), name, now, item});
  });
}

std::optional<AlarmState> LiveAlarms::state_of(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto found = alarms_.find(std::string(name));
  return found == alarms_.end() ? std::nullopt : std::optional(found->second.state);
}

// Whether the state of a composite alarm changed.
bool LiveAlarms::follow_children(Time now) {
  std::vector<std::pair<std::string, CompositeRule>> rules;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, known] : alarms_)
      if (known.composite) rules.emplace_back(name, *known.composite);
  }
  bool changed = false;
  for (const auto& [name, rule] : rules) {
    const AlarmState state = rule.evaluate([this](std::string_view child) { return state_of(child); });
    const auto before = state_of(name);
    if (!before || *before == state) continue;
    changed = true;
    change_state(name, state,
                 fmt::format("The rule of {} is {}", name, state == AlarmState::kAlarm ? "true" : "false"),
                 "", now);
  }
  return changed;
}

// Actions that a suppressor held back and lets go now.
void LiveAlarms::follow_suppressors(Time now) {
  std::vector<AlarmTransition> let_go;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [name, known] : alarms_) {
      if (!known.suppression) continue;
      const auto suppressor = alarms_.find(known.suppressor);
      const AlarmState state = suppressor == alarms_.end() ? AlarmState::kOk : suppressor->second.state;
      const auto announced = known.suppression->update(now, known.state, state);
      if (announced && known.held_back && known.held_back->to == *announced)
        let_go.push_back(*std::exchange(known.held_back, std::nullopt));
    }
  }
  for (const auto& transition : let_go) act(transition, now);
}

void LiveAlarms::evaluate_metric(const std::string& name, const MetricAlarm& alarm, AlarmState before,
                                 Time now) {
  const auto evidence = store_.current();
  if (!evidence) return;
  StoreMetricReader reader(*evidence);
  const auto range = alarm_datapoints(alarm, now, reader);
  if (!range) return;
  const Evaluation found = evaluate(alarm, *range, before);
  if (found.state == before) return;
  boost::json::array recent;
  for (const auto& point : found.recent)
    if (point.value) recent.push_back(*point.value);
  const boost::json::object data{{"version", "1.0"},
                                 {"queryDate", state_change_time(now)},
                                 {"period", alarm.period().count()},
                                 {"recentDatapoints", std::move(recent)},
                                 {"threshold", alarm.threshold}};
  change_state(name, found.state, found.reason, boost::json::serialize(data), now);
}

void LiveAlarms::tick(Time now) {
  std::map<std::string, Known> due;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [name, known] : alarms_) {
      const Duration step = known.metric ? tick_of(*known.metric) : Duration{kTick};
      if (now - known.evaluated < step) continue;
      known.evaluated = now - (now.time_since_epoch() % step);
      due.emplace(name, known);
    }
  }
  const auto guarded = [](auto run) {
    try {
      run();
    } catch (const ApiFault&) {
      // Not written: the next tick finds the same and tries again.
    }
  };
  for (const auto& [name, known] : due)
    if (known.metric) guarded([&] { evaluate_metric(name, *known.metric, known.state, now); });
  guarded([&] {
    for (int pass = 0; pass < kCompositeDepthMax && follow_children(now); ++pass) {
    }
  });
  guarded([&] { follow_suppressors(now); });
}

void LiveAlarms::start() {
  thread_ = std::thread([this] {
    std::unique_lock lock(thread_mutex_);
    while (!wake_.wait_for(lock, kTick, [this] { return stopping_; })) {
      lock.unlock();
      tick(std::chrono::floor<Duration>(std::chrono::system_clock::now()));
      lock.lock();
    }
  });
}

void LiveAlarms::stop() {
  {
    const std::lock_guard lock(thread_mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

}  // namespace culprit::server
