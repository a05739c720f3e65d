#include "alarms/alarm.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/printable.h"
#include "metrics/cloudwatch_statistic.h"

namespace culprit {

namespace {

constexpr std::array<std::string_view, 3> kStates = {"INSUFFICIENT_DATA", "OK", "ALARM"};
constexpr std::array<std::string_view, 7> kComparisons = {
    "GreaterThanThreshold",
    "GreaterThanOrEqualToThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "GreaterThanUpperThreshold",
};
constexpr std::array<std::string_view, 7> kSigns = {
    ">", ">=", "<", "<=", "outside the band", "below the band", "above the band"};
constexpr std::array<std::string_view, 4> kMissing = {"missing", "ignore", "breaching", "notBreaching"};

constexpr std::chrono::hours kDay{24}, kWeek{7 * 24};
constexpr std::size_t kQueriesMax = 20, kMetricsMax = 10;

template <class Enum, std::size_t N>
Result<Enum> parse(const std::array<std::string_view, N>& names, std::string_view text,
                   std::string_view what) {
  for (std::size_t i = 0; i < N; ++i)
    if (names[i] == text) return static_cast<Enum>(i);
  return fail(ErrorCode::kInput, fmt::format("'{}' is no {}", printable_text(text, 60), what), {},
              fmt::format("It is one of {}.", fmt::join(names, ", ")));
}

Result<void> check_queries(const MetricAlarm& alarm) {
  if (alarm.queries.size() > kQueriesMax)
    return fail(ErrorCode::kInput, fmt::format("an alarm has at most {} queries", kQueriesMax));
  const auto returned = std::ranges::count_if(alarm.queries, &AlarmQuery::return_data);
  const auto metrics =
      std::ranges::count_if(alarm.queries, [](const AlarmQuery& q) { return q.stat.has_value(); });
  if (metrics > static_cast<std::ptrdiff_t>(kMetricsMax))
    return fail(ErrorCode::kInput, fmt::format("an alarm uses at most {} metrics", kMetricsMax));
  // The band and the metric that it surrounds both return data.
  if (returned != (alarm.watches_band() ? 2 : 1))
    return fail(ErrorCode::kInput, "exactly one query must return data (ReturnData), and the band with it");
  if (alarm.watches_band() && std::ranges::none_of(alarm.queries, [&](const AlarmQuery& q) {
        return q.id == alarm.band_id && !q.expression.empty();
      }))
    return fail(ErrorCode::kInput, fmt::format("ThresholdMetricId '{}' names no expression", alarm.band_id));
  for (const auto& query : alarm.queries)
    if (query.stat.has_value() == !query.expression.empty())
      return fail(ErrorCode::kInput,
                  fmt::format("query '{}' must have either a metric or an expression", query.id));
  return {};
}

}  // namespace

std::chrono::seconds MetricAlarm::period() const {
  if (queries.empty()) return stat.period;
  std::chrono::seconds out{0};
  for (const auto& query : queries) out = std::max(out, query.stat ? query.stat->period : query.period);
  return out.count() > 0 ? out : std::chrono::seconds(60);
}

std::string_view to_string(AlarmState state) { return kStates[static_cast<std::size_t>(state)]; }
std::string_view to_string(Comparison comparison) {
  return kComparisons[static_cast<std::size_t>(comparison)];
}
std::string_view to_string(MissingData missing) { return kMissing[static_cast<std::size_t>(missing)]; }
std::string_view sign_of(Comparison comparison) { return kSigns[static_cast<std::size_t>(comparison)]; }

Result<AlarmState> parse_alarm_state(std::string_view text) {
  return parse<AlarmState>(kStates, text, "alarm state");
}
Result<Comparison> parse_comparison(std::string_view text) {
  return parse<Comparison>(kComparisons, text, "comparison");
}
Result<MissingData> parse_missing_data(std::string_view text) {
  return parse<MissingData>(kMissing, text, "way to treat missing data");
}

Result<void> check_period(std::chrono::seconds period, int evaluation_periods) {
  const auto s = period.count();
  if (s != 10 && s != 20 && s != 30 && (s <= 0 || s % 60 != 0))
    return fail(ErrorCode::kInput,
                fmt::format("a period of {} s: it must be 10, 20, 30 or whole minutes", s));
  if (evaluation_periods < 1) return fail(ErrorCode::kInput, "an alarm needs at least one evaluation period");
  const bool long_periods = period >= std::chrono::hours(1);
  if (period * static_cast<std::int64_t>(evaluation_periods) > (long_periods ? kWeek : kDay))
    return fail(ErrorCode::kInput, fmt::format("{} periods of {} s are more than {}", evaluation_periods, s,
                                               long_periods ? "seven days" : "one day"));
  return {};
}

Result<void> check_alarm(const MetricAlarm& alarm) {
  if (alarm.name.empty() || alarm.name.size() > 255)
    return fail(ErrorCode::kInput, "an alarm's name has 1 to 255 characters");
  if (auto ok = check_period(alarm.period(), alarm.evaluation_periods); !ok) return ok;
  if (alarm.datapoints_to_alarm < 0 || alarm.datapoints_to_alarm > alarm.evaluation_periods)
    return fail(ErrorCode::kInput, fmt::format("{} datapoints to alarm out of {} periods",
                                               alarm.datapoints_to_alarm, alarm.evaluation_periods));
  if (alarm.watches_band() && alarm.band_id.empty())
    return fail(ErrorCode::kInput, "a comparison with a band needs ThresholdMetricId");
  for (const auto* actions : {&alarm.actions.alarm, &alarm.actions.ok, &alarm.actions.insufficient_data})
    if (actions->size() > 5) return fail(ErrorCode::kInput, "an alarm has at most 5 actions for each state");
  if (!alarm.queries.empty()) return check_queries(alarm);
  if (alarm.stat.metric.name.empty()) return fail(ErrorCode::kInput, "an alarm needs a metric or queries");
  if (const auto statistic = parse_statistic(alarm.stat.statistic); !statistic)
    return tl::unexpected(statistic.error());
  return {};
}

}  // namespace culprit
