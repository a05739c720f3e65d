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

double seconds_at(Time time) { return static_cast<double>(to_epoch_ms(time)) / 1000; }

std::string history_time(Time time) {
  std::string text = format_utc(time);
  return text.ends_with('Z') ? text.substr(0, text.size() - 1) + "+0000" : text;
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
    alarms_[name] = known;
  }
  keep(name, d, "ConfigurationUpdate", fmt::format("Alarm \"{}\" {}", name, fresh ? "created" : "updated"),
       {{"version", "1.0"}, {"type", fresh ? "Create" : "Update"}}, now);
}

void LiveAlarms::remove(const std::string& name, Time now) {
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
}

void LiveAlarms::enable_actions(const std::string& name, bool enabled, Time now) {
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
  boost::json::object description;
  AlarmState from = to;
  {
    const std::lock_guard lock(mutex_);
    const auto found = alarms_.find(name);
    if (found == alarms_.end()) return;
    from = std::exchange(found->second.state, to);
    auto& d = found->second.description;
    d["StateValue"] = to_string(to);
    d["StateReason"] = reason;
    if (data.empty())
      d.erase("StateReasonData");
    else
      d["StateReasonData"] = data;
    d["StateUpdatedTimestamp"] = seconds_at(now);
    if (from != to) d["StateTransitionedTimestamp"] = seconds_at(now);
    description = d;
  }
  const boost::json::object history{{"version", "1.0"},
                                    {"oldState", {{"stateValue", to_string(from)}}},
                                    {"newState", {{"stateValue", to_string(to)}, {"stateReason", reason}}}};
  keep(name, description, "StateUpdate",
       fmt::format("Alarm updated from {} to {}", to_string(from), to_string(to)), history, now);
}

void LiveAlarms::keep(const std::string& name, const boost::json::object& description,
                      const std::string& type, const std::string& summary, boost::json::object data,
                      Time now) {
  const bool composite = description.contains("AlarmRule");
  const boost::json::object item{{"AlarmName", name},
                                 {"AlarmType", composite ? "CompositeAlarm" : "MetricAlarm"},
                                 {"Timestamp", seconds_at(now)},
                                 {"HistoryItemType", type},
                                 {"HistorySummary", summary},
                                 {"HistoryData", boost::json::serialize(data)}};
  need_written(store_.write([&](StoreWriter& writer) -> Result<void> {
    if (auto put = writer.put_state({std::string(kKind), name, now, description}); !put) return put;
    return writer.put_state({std::string(kHistoryKind), name, now, item});
  }));
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
                                 {"queryDate", history_time(now)},
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
  for (const auto& [name, known] : due) {
    if (!known.composite) continue;
    const AlarmState state =
        known.composite->evaluate([this](std::string_view child) -> std::optional<AlarmState> {
          const std::lock_guard lock(mutex_);
          const auto found = alarms_.find(std::string(child));
          return found == alarms_.end() ? std::nullopt : std::optional(found->second.state);
        });
    if (state != known.state)
      guarded([&, n = name] {
        change_state(n, state,
                     fmt::format("The rule of {} is {}", n, state == AlarmState::kAlarm ? "true" : "false"),
                     "", now);
      });
  }
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
