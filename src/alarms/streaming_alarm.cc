#include "alarms/streaming_alarm.h"

#include <algorithm>

namespace culprit {

class StreamingAlarm::Reader : public MetricReader {
 public:
  explicit Reader(const StreamingAlarm& alarm) : alarm_(alarm) {}

  Result<std::vector<PeriodValue>> read(const MetricStat& stat, const Window& window) override {
    const auto statistic = parse_statistic(stat.statistic);
    if (!statistic) return tl::unexpected(statistic.error());
    const auto found = alarm_.metrics_.find(stat.metric);
    std::vector<PeriodValue> out;
    for (Time start = window.start; start + stat.period <= window.end; start += stat.period) {
      Samples samples;
      if (found != alarm_.metrics_.end())
        for (auto it = found->second.lower_bound(start);
             it != found->second.end() && it->first < start + stat.period; ++it)
          samples.merge(it->second);
      PeriodValue value{samples.evaluate(*statistic), std::nullopt};
      if (!samples.empty()) value.samples = samples.count();
      out.push_back(value);
    }
    return out;
  }

 private:
  const StreamingAlarm& alarm_;
};

StreamingAlarm::StreamingAlarm(MetricAlarm alarm, AlarmState state)
    : alarm_(std::move(alarm)), state_(state), reason_(kInitialReason) {
  if (alarm_.queries.empty()) metrics_[alarm_.stat.metric];
  for (const auto& query : alarm_.queries)
    if (query.stat) metrics_[query.stat->metric];
}

void StreamingAlarm::set_state(AlarmState state, std::string reason) {
  state_ = state;
  reason_ = std::move(reason);
}

void StreamingAlarm::add(const MetricId& metric, Time time, const Samples& samples) {
  const auto found = metrics_.find(metric);
  if (found == metrics_.end()) return;
  if (last_ && time < range_of(alarm_, *last_).start) return;
  const Duration tick = tick_of(alarm_);
  found->second[Time{time.time_since_epoch() / tick * tick}].merge(samples);
}

Result<std::optional<Transition>> StreamingAlarm::tick(Time now) {
  if (last_ && now <= *last_) return std::nullopt;
  last_ = now;
  const Time oldest = range_of(alarm_, now).start;
  for (auto& [metric, buckets] : metrics_) buckets.erase(buckets.begin(), buckets.lower_bound(oldest));
  Reader reader(*this);
  const auto datapoints = alarm_datapoints(alarm_, now, reader);
  if (!datapoints) return tl::unexpected(datapoints.error());
  auto evaluation = evaluate(alarm_, *datapoints, state_);
  if (evaluation.state == state_) return std::nullopt;
  Transition out{now, state_, evaluation.state, std::move(evaluation.reason)};
  state_ = out.to;
  reason_ = out.reason;
  return out;
}

std::size_t StreamingAlarm::kept() const {
  std::size_t out = 0;
  for (const auto& [metric, buckets] : metrics_) out += buckets.size();
  return out;
}

}  // namespace culprit
