#include <algorithm>
#include <cmath>
#include <map>

#include "metrics/statistics.h"
#include "reviews/review_parts.h"

namespace culprit {

namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr std::int64_t kDaysMax = 400;
const Window kEver{from_epoch_ms(0), from_epoch_ms(253'402'300'799'000)};
constexpr double kBusy = 0.95;
constexpr double kMedianError = 1.2533;  // standard error of a median, in those of a mean
constexpr double kErrorsToMove = 4;      // standard errors, many metrics being looked at
constexpr double kPercentToMove = 10;    // less is nothing that anybody acts on
// A day of which less is there says little of the whole: it is left out at the ends.
constexpr double kDayShareMin = 0.75;

std::int64_t local_day(Time time, const Zone& zone) {
  return std::chrono::floor<days>(zone.to_local(time)).time_since_epoch().count();
}

// The statistic that the metric's figures are read from, at its finest period.
const Series* carrier(const SystemMetric& metric, const std::vector<Series>& all) {
  for (const auto& statistic : metric.statistics) {
    const Series* best = nullptr;
    for (const auto& s : all)
      if (s.statistic == statistic && !s.points.empty() && (best == nullptr || s.period < best->period))
        best = &s;
    if (best != nullptr) return best;
  }
  return nullptr;
}

struct Gathered {
  const SystemMetric* metric = nullptr;
  Series series;
};

std::optional<double> median_of(std::span<const double> values) {
  std::vector<double> present;
  for (const double v : values)
    if (!std::isnan(v)) present.push_back(v);
  if (present.empty()) return std::nullopt;
  return median(std::move(present));
}

bool low_is_bad(const SystemMetric& metric) {
  return metric.range.high_below.has_value() && !metric.range.high_above.has_value();
}

struct Days {
  std::int64_t first = 0, end = 0;  // local days
};

// One value a day, and the worst minute of the last week.
void fill_days(const Gathered& from, const Review& review, const Days& span, MetricReview& out) {
  std::map<std::int64_t, std::vector<double>> by_day;
  for (const auto& p : from.series.points)
    if (std::isfinite(p.value)) by_day[local_day(p.time, review.zone)].push_back(p.value);
  const bool monthly = review.kind == Review::Kind::kMonthly;
  const double share = !monthly ? 0.5 : out.low_is_bad ? 1 - kBusy : kBusy;
  out.daily_is = !monthly ? "median" : out.low_is_bad ? "p5" : "p95";
  for (std::int64_t day = span.first; day < span.end; ++day) {
    const auto found = by_day.find(day);
    out.daily.push_back(found == by_day.end() ? std::nan("") : quantile(found->second, share));
    if (found == by_day.end()) continue;
    ++out.days_with_data;
    if (day + static_cast<std::int64_t>(kWeekDays) < span.end) continue;
    for (const double v : found->second)
      out.worst = !out.worst ? v : out.low_is_bad ? std::min(*out.worst, v) : std::max(*out.worst, v);
  }
}

MetricReview look_at(const Gathered& from, const Review& review, const Days& span) {
  const SystemMetric& metric = *from.metric;
  MetricReview out;
  out.id = metric.id;
  out.title = metric.title;
  out.unit = metric.unit;
  out.component = metric.component;
  out.low_is_bad = low_is_bad(metric);
  fill_days(from, review, span, out);
  const std::span<const double> daily(out.daily);
  const std::size_t n = daily.size();
  if (n >= kWeekDays) out.week = median_of(daily.last(kWeekDays));
  if (n > kWeekDays) {
    const std::size_t before = std::min(n - kWeekDays, kDaysBefore);
    out.weeks_before = median_of(daily.subspan(n - kWeekDays - before, before));
  }
  if (out.week && out.weeks_before && *out.weeks_before != 0)
    out.change_percent = 100 * (*out.week - *out.weeks_before) / std::abs(*out.weeks_before);
  out.trend = fit_trend(daily);
  if (out.trend && out.week && out.weeks_before) {
    // Standard error of the difference of two medians of days.
    const double before = static_cast<double>(std::min(n - kWeekDays, kDaysBefore));
    const double error = kMedianError * out.trend->noise * std::sqrt(1.0 / kWeekDays + 1.0 / before);
    out.moved = std::abs(*out.week - *out.weeks_before) > kErrorsToMove * error &&
                std::abs(out.change_percent.value_or(100)) >= kPercentToMove;
  }
  out.limit = metric.range.high_above ? metric.range.high_above : metric.range.high_below;
  if (out.trend && out.limit) out.reach = reaches(*out.trend, *out.limit);
  out.error = forecast_error(daily, kWeekDays);
  return out;
}

// Whole days: one that is there in part only is left out at either end, unless little else is there.
Days whole_days(Time first, Time last, const Zone& zone) {
  Days out{local_day(first, zone), local_day(last - Duration(1), zone) + 1};
  const auto starts = [&](std::int64_t day) { return start_of(sys_days{days{day}}, zone); };
  const auto share = [&](Time from, Time to, std::int64_t day) {
    return static_cast<double>((to - from).count()) /
           static_cast<double>((starts(day + 1) - starts(day)).count());
  };
  if (out.end - out.first > 2 && share(first, starts(out.first + 1), out.first) < kDayShareMin) ++out.first;
  if (out.end - out.first > 2 && share(starts(out.end - 1), last, out.end - 1) < kDayShareMin) --out.end;
  out.first = std::max(out.first, out.end - kDaysMax);
  return out;
}

}  // namespace

Result<void> review_metrics(const Store& store, const System& system, const ReviewOptions& options,
                            Review& out) {
  const Window looked{options.from.value_or(kEver.start), options.until.value_or(kEver.end)};
  std::vector<Gathered> all;
  std::optional<Time> first, last;
  for (const auto& metric : system.metrics) {
    if (metric.metric.name.empty()) continue;
    const auto series = store.series(metric.metric, looked);
    if (!series) return tl::unexpected(series.error());
    const Series* own = carrier(metric, *series);
    if (own == nullptr) {
      out.without_data.push_back(metric.title);
      continue;
    }
    const Time begins = own->points.front().time, ends = own->points.back().time + own->period;
    first = first ? std::min(*first, begins) : begins;
    last = last ? std::max(*last, ends) : ends;
    all.push_back({&metric, *own});
  }
  if (!first) return fail(ErrorCode::kInput, "the evidence holds no datapoint of the system's metrics");
  const Days span = whole_days(*first, *last, out.zone);
  const auto day = [](std::int64_t n) { return sys_days{days{n}}; };
  out.first = std::chrono::year_month_day{day(span.first)};
  out.last = std::chrono::year_month_day{day(span.end - 1)};
  const auto week = static_cast<std::int64_t>(kWeekDays), before = static_cast<std::int64_t>(kDaysBefore);
  const std::int64_t week_first = std::max(span.first, span.end - week);
  const std::int64_t before_first = std::max(span.first, week_first - before);
  out.week = {start_of(day(week_first), out.zone), start_of(day(span.end), out.zone)};
  out.before = {start_of(day(before_first), out.zone), out.week.start};
  for (const auto& one : all) out.metrics.push_back(look_at(one, out, span));
  if (out.kind == Review::Kind::kWeekly) return {};
  const auto sizes = read_sizes(store, system);
  if (!sizes) return tl::unexpected(sizes.error());
  for (std::size_t i = 0; i < all.size(); ++i)
    if (auto& m = out.metrics[i]; m.trend)
      m.capacity = capacity_of(*all[i].metric, system, *sizes, *m.trend, m.limit);
  return {};
}

}  // namespace culprit
