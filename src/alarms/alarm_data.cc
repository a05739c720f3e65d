#include "alarms/alarm_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "metrics/metric_math.h"

namespace culprit {

namespace {

Time period_start(const Window& window, std::chrono::seconds period, std::size_t i) {
  return window.start + period * static_cast<std::int64_t>(i);
}

Result<std::vector<AlarmDatapoint>> plain_datapoints(const MetricAlarm& alarm, const Window& window,
                                                     MetricReader& reader) {
  const auto values = reader.read(alarm.stat, window);
  if (!values) return tl::unexpected(values.error());
  std::vector<AlarmDatapoint> out;
  for (std::size_t i = 0; i < values->size(); ++i)
    out.push_back(
        {period_start(window, alarm.stat.period, i), (*values)[i].value, (*values)[i].samples, {}, {}});
  return out;
}

Result<std::vector<MathSeries>> band_around(const AnomalyModel& model, double width, const Window& window,
                                            std::chrono::seconds period) {
  MathSeries upper, lower;
  if (model.knows())
    for (Time t = window.start; t < window.end; t += period) {
      const auto band = model.at(t, width);
      upper.points.push_back({t, band.upper});
      lower.points.push_back({t, band.lower});
    }
  return std::vector{upper, lower};
}

// Reads the metrics of an alarm's queries and evaluates its expressions.
class Queries {
 public:
  Queries(const MetricAlarm& alarm, const Window& window, MetricReader& reader)
      : alarm_(alarm), reader_(reader) {
    context_.window = window;
    context_.period = alarm.period();
  }

  Result<void> run() {
    std::map<std::string, MathExpression> expressions;
    for (const auto& query : alarm_.queries) {
      if (query.stat) {
        if (auto done = read(query); !done) return done;
        continue;
      }
      auto parsed = MathExpression::parse(query.expression);
      if (!parsed) return tl::unexpected(parsed.error());
      expressions.emplace(query.id, std::move(*parsed));
    }
    context_.band = [this](const MathSeries& series, double width) -> Result<std::vector<MathSeries>> {
      for (const auto& query : alarm_.queries)
        if (query.id == series.id && query.stat) {
          const auto model = reader_.model(*query.stat);
          if (!model) return tl::unexpected(model.error());
          return band_around(*model, width, context_.window, context_.period);
        }
      return fail(ErrorCode::kInput, "a band needs a metric, not an expression");
    };
    return evaluate_expressions(expressions, context_);
  }

  const MathValue* value(std::string_view id) const {
    const auto found = context_.values.find(id);
    return found == context_.values.end() ? nullptr : &found->second;
  }

 private:
  Result<void> read(const AlarmQuery& query) {
    const auto values = reader_.read(*query.stat, context_.window);
    if (!values) return tl::unexpected(values.error());
    MathSeries series;
    series.id = query.id;
    for (std::size_t i = 0; i < values->size(); ++i)
      if ((*values)[i].value)
        series.points.push_back({period_start(context_.window, query.stat->period, i), *(*values)[i].value});
    context_.values.insert_or_assign(query.id, std::move(series));
    context_.metric_ids.push_back(query.id);
    return {};
  }

  const MetricAlarm& alarm_;
  MetricReader& reader_;
  MathContext context_;
};

std::optional<double> at(const MathValue* value, std::size_t which, Time time) {
  if (value == nullptr) return std::nullopt;
  if (const auto* number = std::get_if<double>(value)) return *number;
  const MathSeries* series = std::get_if<MathSeries>(value);
  if (const auto* list = std::get_if<std::vector<MathSeries>>(value))
    series = which < list->size() ? &(*list)[which] : nullptr;
  if (series == nullptr) return std::nullopt;
  const auto found = std::ranges::lower_bound(series->points, time, {}, &Datapoint::time);
  if (found == series->points.end() || found->time != time) return std::nullopt;
  return found->value;
}

Result<std::vector<AlarmDatapoint>> query_datapoints(const MetricAlarm& alarm, const Window& window,
                                                     MetricReader& reader) {
  Queries queries(alarm, window, reader);
  if (auto done = queries.run(); !done) return tl::unexpected(done.error());
  const MathValue *watched = nullptr, *band = nullptr;
  for (const auto& query : alarm.queries) {
    if (alarm.watches_band() && query.id == alarm.band_id)
      band = queries.value(query.id);
    else if (query.return_data)
      watched = queries.value(query.id);
  }
  if (watched == nullptr) return fail(ErrorCode::kInput, "no query returns data", alarm.name);
  if (std::holds_alternative<std::vector<MathSeries>>(*watched))
    return fail(ErrorCode::kInput, "an alarm watches one time series, its expression gives several",
                alarm.name);
  std::vector<AlarmDatapoint> out;
  for (Time t = window.start; t < window.end; t += alarm.period())
    out.push_back({t, at(watched, 0, t), {}, at(band, 1, t), at(band, 0, t)});
  return out;
}

}  // namespace

Duration tick_of(const MetricAlarm& alarm) {
  return alarm.period() < std::chrono::seconds(60) ? std::chrono::seconds(10) : std::chrono::seconds(60);
}

Window range_of(const MetricAlarm& alarm, Time now) {
  const Duration tick = tick_of(alarm);
  const Time end{now.time_since_epoch() / tick * tick};
  return {end - alarm.period() * static_cast<std::int64_t>(evaluation_range(alarm)), end};
}

Result<std::vector<AlarmDatapoint>> alarm_datapoints(const MetricAlarm& alarm, Time now,
                                                     MetricReader& reader) {
  const Window window = range_of(alarm, now);
  return alarm.queries.empty() ? plain_datapoints(alarm, window, reader)
                               : query_datapoints(alarm, window, reader);
}

Result<std::vector<Transition>> replay(const MetricAlarm& alarm, MetricReader& reader, const Window& window,
                                       AlarmState initial) {
  std::vector<Transition> out;
  AlarmState state = initial;
  const Duration tick = tick_of(alarm);
  for (Time now = Time{window.start.time_since_epoch() / tick * tick} + tick; now <= window.end;
       now += tick) {
    const auto datapoints = alarm_datapoints(alarm, now, reader);
    if (!datapoints) return tl::unexpected(datapoints.error());
    auto evaluation = evaluate(alarm, *datapoints, state);
    if (evaluation.state == state) continue;
    out.push_back({now, state, evaluation.state, std::move(evaluation.reason)});
    state = out.back().to;
  }
  return out;
}

}  // namespace culprit
