#include "report/reviews/review_wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "telemetry/quantity.h"

namespace culprit::wording {

namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr double kFarDays = 3650;  // what a line would reach after that is no forecast

std::string after(const Review& review, double in_days) {
  if (in_days > kFarDays) return "in more than ten years";
  return date(sys_days{review.last} + days(static_cast<std::int64_t>(std::max(in_days, 0.0))));
}

}  // namespace

std::string date(sys_days day) {
  const std::chrono::year_month_day d{day};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(d.year()), static_cast<unsigned>(d.month()),
                     static_cast<unsigned>(d.day()));
}

std::string short_date(sys_days day) {
  static constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::year_month_day d{day};
  return fmt::format("{} {}", static_cast<unsigned>(d.day()), kMonths[static_cast<unsigned>(d.month()) - 1]);
}

std::string of_metric(const MetricReview& m, double v) {
  return (v < 0 ? "−" : "") + value(std::abs(v), m.unit);
}

std::string of_metric(const MetricReview& m, const std::optional<double>& v) {
  return v ? of_metric(m, *v) : std::string(kNoValue);
}

std::string signed_of_metric(const MetricReview& m, double v) {
  return (v >= 0 ? "+" : "") + of_metric(m, v);
}

std::string change(const std::optional<double>& percent) {
  if (!percent) return std::string(kNoValue);
  return std::abs(*percent) < 0.5 ? "0 %" : fmt::format("{:+.0f} %", *percent);
}

std::string daily_is(const MetricReview& m) {
  return m.daily_is == "median" ? "median of a day" : m.daily_is + " of a day";
}

std::string growth(const MetricReview& m) {
  if (!m.trend)
    return fmt::format("not enough history: {} days with data of {} needed", m.days_with_data, kTrendDaysMin);
  const Trend& t = *m.trend;
  const std::string a_week = of_metric(m, t.per_day * 7);
  const std::string low = of_metric(m, t.low * 7), high = of_metric(m, t.high * 7);
  // So narrow that its ends read the same: then its half.
  if (t.grows() && low == high)
    return fmt::format("{} a week (± {})", a_week, of_metric(m, (t.high - t.low) * 7 / 2));
  return t.grows() ? fmt::format("{} a week ({} to {})", a_week, low, high)
                   : fmt::format("no growth that stands out ({} to {} a week)", low, high);
}

std::string reached_from(const Review& review, bool low_is_bad, double level, bool grows, double limit,
                         const Reach& reach) {
  if (low_is_bad ? level <= limit : level >= limit) return "passed";
  if (!grows || !reach.days) return "not in sight";
  std::string middle = after(review, *reach.days);
  const std::string early = after(review, reach.earliest.value_or(*reach.days));
  if (early.starts_with("in ")) return middle;
  const std::string late = reach.latest ? after(review, *reach.latest) : "perhaps never";
  return early == late ? fmt::format("{} (± a day)", middle)
                       : fmt::format("{} ({} to {})", middle, early, late);
}

std::string reached(const Review& review, const MetricReview& m, double limit, const Reach& reach) {
  if (!m.trend) return "not enough history";
  return reached_from(review, m.low_is_bad, m.trend->level, m.trend->grows(), limit, reach);
}

std::string step(const Review& review, const MetricReview& m) {
  const auto& s = *m.trend->step;
  return fmt::format("by {} ({} to {}) from {} on", of_metric(m, s.size), of_metric(m, s.low),
                     of_metric(m, s.high), date(day_of(review, s.day)));
}

std::string back_test(const MetricReview& m) {
  if (!m.error) return std::string(kNoValue);
  return fmt::format("{} ({:.0f} %); {} of {} days inside", of_metric(m, m.error->absolute), m.error->percent,
                     m.error->inside, m.error->tested);
}

std::string days_as_bars(const std::vector<double>& daily) {
  static constexpr std::string_view kBars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const double v : daily)
    if (!std::isnan(v)) low = std::min(low, v), high = std::max(high, v);
  std::string out;
  for (const double v : daily) {
    const double share = high > low ? (v - low) / (high - low) : 0.0;
    out += std::isnan(v) ? " " : kBars[static_cast<std::size_t>(std::lround(share * 7))];
  }
  return out;
}

}  // namespace culprit::wording
