#include "alarms/evaluate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "metrics/cloudwatch_statistic.h"

namespace culprit {

namespace {

constexpr int kSparePeriods = 2;

bool is_real(const MetricAlarm& alarm, const AlarmDatapoint& d) {
  return d.value && (!alarm.watches_band() || (d.lower && d.upper));
}

// "21/08/25 23:00:00"
std::string reason_time(Time t) {
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day date{day};
  return fmt::format("{:02}/{:02}/{:02} {}", static_cast<unsigned>(date.day()),
                     static_cast<unsigned>(date.month()), static_cast<int>(date.year()) % 100,
                     format_utc_clock(t));
}

// 70 -> "70.0", as the service writes doubles.
std::string reason_number(double v) {
  std::string out = fmt::format("{}", v);
  if (out.find_first_of(".en") == std::string::npos) out += ".0";
  return out;
}

std::string_view phrase(Comparison comparison) {
  switch (comparison) {
    case Comparison::kGreater:
      return "greater than the threshold";
    case Comparison::kGreaterOrEqual:
      return "greater than or equal to the threshold";
    case Comparison::kLess:
      return "less than the threshold";
    case Comparison::kLessOrEqual:
      return "less than or equal to the threshold";
    case Comparison::kOutsideBand:
      return "less than the lower thresholds or greater than the upper thresholds";
    case Comparison::kBelowBand:
      return "less than the lower thresholds";
    case Comparison::kAboveBand:
      return "greater than the upper thresholds";
  }
  return "";
}

std::string_view treated_as(MissingData missing) {
  switch (missing) {
    case MissingData::kBreaching:
      return "Breaching";
    case MissingData::kNotBreaching:
      return "NonBreaching";
    case MissingData::kIgnore:
      return "Ignored";
    case MissingData::kMissing:
      break;
  }
  return "Missing";
}

std::string plural(int n, std::string_view word) {
  return fmt::format("{} {}{}", n, word, n == 1 ? "" : "s");
}

std::string thresholds_of(const MetricAlarm& alarm, const std::vector<AlarmDatapoint>& shown) {
  if (!alarm.watches_band()) return fmt::format("({})", reason_number(alarm.threshold));
  std::string out;
  for (const auto& d : shown)
    out += fmt::format(
        "{}{}", out.empty() ? "" : ", ",
        alarm.comparison == Comparison::kBelowBand ? reason_number(*d.lower) : reason_number(*d.upper));
  return fmt::format("[{}]", out);
}

// The words for a decision that rests on real datapoints.
std::string reason_of(const MetricAlarm& alarm, const Evaluation& e, AlarmState previous) {
  const bool alarming = e.state == AlarmState::kAlarm;
  const int periods = alarm.evaluation_periods;
  if (e.recent.empty())
    return fmt::format("Threshold Crossed: no datapoints were received for {} and {} treated as [{}].",
                       plural(periods, "period"),
                       plural(periods, "missing datapoint") + (periods == 1 ? " was" : " were"),
                       treated_as(alarm.missing));
  std::vector<AlarmDatapoint> shown;
  for (const auto& d : e.recent)
    if (breaches(alarm, d) == alarming) shown.push_back(d);
  std::string points;
  for (const auto& d : shown)
    points +=
        fmt::format("{}{} ({})", points.empty() ? "" : ", ", reason_number(*d.value), reason_time(d.time));
  const int n = static_cast<int>(shown.size());
  std::string out =
      fmt::format("Threshold Crossed: {} out of the last {} [{}] {} {}{} {}", n,
                  plural(static_cast<int>(e.recent.size()), "datapoint"), points, n == 1 ? "was" : "were",
                  alarming ? "" : "not ", phrase(alarm.comparison), thresholds_of(alarm, shown));
  if (e.filled > 0 && alarm.missing != MissingData::kMissing)
    out += fmt::format(" and {} {} treated as [{}]", plural(e.filled, "missing datapoint"),
                       e.filled == 1 ? "was" : "were", treated_as(alarm.missing));
  const int least = alarming ? alarm.needed() : periods - alarm.needed() + 1;
  const AlarmState from = alarming ? AlarmState::kOk : AlarmState::kAlarm;
  static_cast<void>(previous);
  return out + fmt::format(" (minimum {} for {} -> {} transition).", plural(least, "datapoint"),
                           to_string(from), to_string(e.state));
}

Evaluation hold(Evaluation e, AlarmState previous) {
  e.state = previous;
  e.held = true;
  e.reason.clear();
  return e;
}

// Whether the newest datapoint's percentile stands on too few samples.
bool has_low_sample(const MetricAlarm& alarm, const std::vector<AlarmDatapoint>& newest_first) {
  if (!alarm.ignore_low_samples || !alarm.queries.empty() || newest_first.empty()) return false;
  const auto statistic = parse_statistic(alarm.stat.statistic);
  if (!statistic || statistic->kind != Statistic::Kind::kPercentile) return false;
  const auto& samples = newest_first.front().samples;
  return samples && *samples < samples_needed(*statistic->high / 100);
}

}  // namespace

int evaluation_range(const MetricAlarm& alarm) { return alarm.evaluation_periods + kSparePeriods; }

double samples_needed(double p) {
  if (p <= 0 || p >= 1) return 0;
  const double exact = p >= 0.5 ? 10 / (1 - p) : 10 / p;
  return std::ceil(exact - 1e-6 * exact);
}

bool breaches(const MetricAlarm& alarm, const AlarmDatapoint& d) {
  if (!is_real(alarm, d)) return false;
  const double v = *d.value;
  switch (alarm.comparison) {
    case Comparison::kGreater:
      return v > alarm.threshold;
    case Comparison::kGreaterOrEqual:
      return v >= alarm.threshold;
    case Comparison::kLess:
      return v < alarm.threshold;
    case Comparison::kLessOrEqual:
      return v <= alarm.threshold;
    case Comparison::kOutsideBand:
      return v < *d.lower || v > *d.upper;
    case Comparison::kBelowBand:
      return v < *d.lower;
    case Comparison::kAboveBand:
      return v > *d.upper;
  }
  return false;
}

Evaluation evaluate(const MetricAlarm& alarm, std::span<const AlarmDatapoint> range, AlarmState previous) {
  const auto size = static_cast<std::size_t>(evaluation_range(alarm));
  if (range.size() > size) range = range.last(size);
  const int periods = alarm.evaluation_periods, needed = alarm.needed();
  Evaluation out;
  int breaching = 0, oldest_breach_age = 0;
  for (std::size_t back = 0; back < range.size(); ++back) {
    const auto& d = range[range.size() - 1 - back];
    if (!is_real(alarm, d)) continue;
    if (static_cast<int>(out.recent.size()) == periods) break;
    out.recent.push_back(d);
    if (!breaches(alarm, d)) continue;
    ++breaching;
    oldest_breach_age = static_cast<int>(back) + 1;
  }
  const int real = static_cast<int>(out.recent.size());
  out.filled = periods - real;
  if (has_low_sample(alarm, out.recent)) return hold(std::move(out), previous);

  const bool fills_breaching = alarm.missing == MissingData::kBreaching;
  if (breaching >= needed || (fills_breaching && breaching + out.filled >= needed)) {
    out.state = AlarmState::kAlarm;
  } else if (out.filled == 0 || breaching < real || fills_breaching ||
             alarm.missing == MissingData::kNotBreaching) {
    out.state = AlarmState::kOk;  // a real datapoint that does not breach, or enough of them, or told so
  } else if (alarm.missing == MissingData::kIgnore) {
    return hold(std::move(out), previous);
  } else if (real == 0) {
    out.state = AlarmState::kInsufficientData;
    out.reason = fmt::format("Insufficient Data: {} unknown.",
                             plural(periods, "datapoint") + (periods == 1 ? " was" : " were"));
    return out;
  } else if (oldest_breach_age >= needed) {
    out.state = AlarmState::kAlarm;
  } else {
    return hold(std::move(out), previous);
  }
  out.reason = reason_of(alarm, out, previous);
  return out;
}

}  // namespace culprit
