#include "conduct/review.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "metrics/statistics.h"
#include "telemetry/quantity.h"

namespace culprit {

namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr std::int64_t kDaysMax = 400;
constexpr std::size_t kWeek = 7, kWeeksBefore = 4;
const Window kEver{from_epoch_ms(0), from_epoch_ms(253'402'300'799'000)};

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

MetricReview look_at(const Gathered& from, const Zone& zone, std::int64_t first, std::int64_t end) {
  const SystemMetric& metric = *from.metric;
  MetricReview out{metric.id, metric.title, metric.unit, metric.component, {}, 0, {}, {}, {}, {}, {},
                   {},        {},           {}};
  std::map<std::int64_t, std::vector<double>> by_day;
  for (const auto& p : from.series.points) by_day[local_day(p.time, zone)].push_back(p.value);
  for (std::int64_t day = first; day < end; ++day) {
    const auto found = by_day.find(day);
    out.daily.push_back(found == by_day.end() ? std::nan("") : median(found->second));
    if (found == by_day.end()) continue;
    ++out.days_with_data;
    if (day + static_cast<std::int64_t>(kWeek) < end) continue;
    for (const double v : found->second)
      out.worst = !out.worst ? v : low_is_bad(metric) ? std::min(*out.worst, v) : std::max(*out.worst, v);
  }
  const std::span<const double> daily(out.daily);
  const std::size_t n = daily.size();
  if (n >= kWeek) out.week = median_of(daily.last(kWeek));
  if (n > kWeek) {
    const std::size_t before = std::min(n - kWeek, kWeek * kWeeksBefore);
    out.weeks_before = median_of(daily.subspan(n - kWeek - before, before));
  }
  if (out.week && out.weeks_before && *out.weeks_before != 0)
    out.change_percent = 100 * (*out.week - *out.weeks_before) / std::abs(*out.weeks_before);
  out.trend = fit_trend(daily);
  out.limit = metric.range.high_above ? metric.range.high_above : metric.range.high_below;
  if (out.trend && out.limit) out.reach = reaches(*out.trend, *out.limit);
  out.error = forecast_error(daily, kWeek);
  return out;
}

std::string date_text(sys_days day) {
  const std::chrono::year_month_day d{day};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(d.year()), static_cast<unsigned>(d.month()),
                     static_cast<unsigned>(d.day()));
}

// In the metric's unit; differences may be negative.
std::string shown(const MetricReview& m, double v) {
  return (v < 0 ? "−" : "") + wording::value(std::abs(v), m.unit);
}
std::string shown(const MetricReview& m, const std::optional<double>& v) { return v ? shown(m, *v) : "—"; }

// Eight heights over the days; a day without data is a gap.
std::string sparkline(const std::vector<double>& daily) {
  static constexpr std::string_view kBars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  double low = INFINITY, high = -INFINITY;
  for (const double v : daily)
    if (!std::isnan(v)) low = std::min(low, v), high = std::max(high, v);
  std::string out;
  for (const double v : daily) {
    const double share = high > low ? (v - low) / (high - low) : 0.0;
    out += std::isnan(v) ? " " : kBars[static_cast<std::size_t>(std::lround(share * 7))];
  }
  return out;
}

std::string trend_text(const MetricReview& m) {
  if (!m.trend)
    return fmt::format("not enough history: {} days with data of {} needed", m.days_with_data, kTrendDaysMin);
  const Trend& t = *m.trend;
  return t.grows() ? fmt::format("{} a week ({} to {})", shown(m, t.per_day * 7), shown(m, t.low * 7),
                                 shown(m, t.high * 7))
                   : fmt::format("no growth that stands out ({} to {} a week)", shown(m, t.low * 7),
                                 shown(m, t.high * 7));
}

std::string reach_text(const Review& review, const MetricReview& m) {
  if (!m.limit) return "no limit in the system file";
  if (!m.trend) return "not enough history";
  if (!m.trend->grows() || !m.reach.days) return fmt::format("{}: not in sight", shown(m, *m.limit));
  const auto date = [&](double in_days) {
    return date_text(sys_days{review.last} +
                     days(static_cast<std::int64_t>(std::clamp(in_days, 0.0, 36'500.0))));
  };
  if (*m.reach.days <= 0) return fmt::format("{}: passed", shown(m, *m.limit));
  return fmt::format("{}: {} ({} to {})", shown(m, *m.limit), date(*m.reach.days),
                     date(m.reach.earliest.value_or(*m.reach.days)),
                     m.reach.latest ? date(*m.reach.latest) : "perhaps never");
}

void write_steps(std::string& out, const Review& review) {
  std::string steps, unknown;
  for (const auto& m : review.metrics) {
    if (!m.trend) unknown += (unknown.empty() ? "" : ", ") + m.title;
    if (!m.trend || !m.trend->step) continue;
    const auto& step = *m.trend->step;
    steps += fmt::format("- {}: by {} ({} to {}) from {} on. What was changed on that day?\n", m.title,
                         shown(m, step.size), shown(m, step.low), shown(m, step.high),
                         date_text(sys_days{review.first} + days(static_cast<std::int64_t>(step.day))));
  }
  const bool any_known = std::any_of(review.metrics.begin(), review.metrics.end(),
                                     [](const auto& m) { return m.trend.has_value(); });
  out += "\n## Steps\n\n";
  if (steps.empty() && any_known) steps = "No metric changed its level from one day to the next.\n";
  out += steps;
  if (!unknown.empty())
    out += fmt::format("{}Not enough history to tell ({} days with data are needed): {}.\n",
                       steps.empty() ? "" : "\n", kTrendDaysMin, unknown);
}

void write_weekly(std::string& out, const Review& review) {
  out +=
      "\n## Last week against the four before\n\n| metric | unit | last week | before | change | worst | by "
      "day |\n"
      "|---|---|---|---|---|---|---|\n";
  for (const auto& m : review.metrics)
    out += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", m.title, m.unit, shown(m, m.week),
                       shown(m, m.weeks_before),
                       m.change_percent ? fmt::format("{:+.0f} %", *m.change_percent) : "—",
                       shown(m, m.worst), sparkline(m.daily));
  const bool all_known = std::all_of(review.metrics.begin(), review.metrics.end(),
                                     [](const auto& m) { return m.week && m.weeks_before; });
  if (!all_known)
    out += fmt::format(
        "\n—: not enough history. The last week is told from {} days of evidence on, a change "
        "from {} on.\n",
        kWeek, kWeek + 1);
}

void write_monthly(std::string& out, const Review& review) {
  out +=
      "\n## Growth, and when limits are reached\n\n"
      "| metric | unit | now | growth (95 % interval) | limit reached | forecasts were off by |\n"
      "|---|---|---|---|---|---|\n";
  for (const auto& m : review.metrics)
    out += fmt::format(
        "| {} | {} | {} | {} | {} | {} |\n", m.title, m.unit,
        m.trend ? shown(m, m.trend->level) : shown(m, m.week), trend_text(m), reach_text(review, m),
        m.error ? fmt::format("{} ({:.0f} %)", shown(m, m.error->absolute), m.error->percent) : "—");
  out +=
      "\nGrowth is the median slope between days whole weeks apart; the last column is how far forecasts of "
      "the last "
      "week, made without it, were off (median).\n";
}

}  // namespace

Result<Review> review(const Store& store, const System& system, const Zone& zone, Review::Kind kind,
                      std::optional<Time> until) {
  Review out;
  out.kind = kind;
  out.system = system.name;
  out.title = system.title;
  out.zone = zone;
  std::vector<Gathered> all;
  std::optional<std::int64_t> first, end;
  for (const auto& metric : system.metrics) {
    if (metric.metric.name.empty()) continue;
    const auto series = store.series(metric.metric, until ? Window{kEver.start, *until} : kEver);
    if (!series) return tl::unexpected(series.error());
    const Series* own = carrier(metric, *series);
    if (own == nullptr) {
      out.without_data.push_back(metric.title);
      continue;
    }
    const auto begins = local_day(own->points.front().time, zone),
               ends = local_day(own->points.back().time, zone) + 1;
    first = first ? std::min(*first, begins) : begins;
    end = end ? std::max(*end, ends) : ends;
    all.push_back({&metric, *own});
  }
  if (!first) return fail(ErrorCode::kInput, "the evidence holds no datapoint of the system's metrics");
  first = std::max(*first, *end - kDaysMax);
  out.first = std::chrono::year_month_day{sys_days{days{*first}}};
  out.last = std::chrono::year_month_day{sys_days{days{*end - 1}}};
  for (const auto& one : all) out.metrics.push_back(look_at(one, zone, *first, *end));
  return out;
}

std::string review_markdown(const Review& review) {
  const bool weekly = review.kind == Review::Kind::kWeekly;
  std::string out = fmt::format(
      "# {}: {}\n\n{} to {}, days of {}.\n", weekly ? "Weekly performance review" : "Monthly capacity plan",
      review.title, date_text(sys_days{review.first}), date_text(sys_days{review.last}), review.zone.name());
  if (weekly)
    write_weekly(out, review);
  else
    write_monthly(out, review);
  write_steps(out, review);
  if (!review.without_data.empty()) {
    out += "\n## Not seen\n\n";
    for (const auto& title : review.without_data)
      out += fmt::format("- {}: no datapoint in the evidence\n", title);
  }
  return out;
}

boost::json::object review_json(const Review& review) {
  const auto maybe = [](const std::optional<double>& v) {
    return v ? boost::json::value(*v) : boost::json::value(nullptr);
  };
  boost::json::array metrics;
  for (const auto& m : review.metrics) {
    boost::json::array daily;
    for (const double v : m.daily)
      daily.push_back(std::isnan(v) ? boost::json::value(nullptr) : boost::json::value(v));
    boost::json::object o{
        {"id", m.id}, {"title", m.title}, {"unit", m.unit}, {"days_with_data", m.days_with_data}};
    o["week"] = maybe(m.week);
    o["weeks_before"] = maybe(m.weeks_before);
    o["change_percent"] = maybe(m.change_percent);
    o["worst"] = maybe(m.worst);
    o["limit"] = maybe(m.limit);
    o["trend"] = nullptr;
    if (m.trend) {
      boost::json::object trend{{"per_day", m.trend->per_day}, {"low", m.trend->low},
                                {"high", m.trend->high},       {"level", m.trend->level},
                                {"grows", m.trend->grows()},   {"step", nullptr}};
      if (const auto& s = m.trend->step)
        trend["step"] = boost::json::object{
            {"date", date_text(sys_days{review.first} + days(static_cast<std::int64_t>(s->day)))},
            {"size", s->size},
            {"low", s->low},
            {"high", s->high}};
      o["trend"] = std::move(trend);
    }
    o["limit_in_days"] = maybe(m.reach.days);
    o["limit_in_days_earliest"] = maybe(m.reach.earliest);
    o["limit_in_days_latest"] = maybe(m.reach.latest);
    o["forecast_error_percent"] =
        m.error ? boost::json::value(m.error->percent) : boost::json::value(nullptr);
    o["daily"] = std::move(daily);
    metrics.push_back(std::move(o));
  }
  boost::json::array missing;
  for (const auto& title : review.without_data) missing.emplace_back(title);
  return {{"kind", review.kind == Review::Kind::kWeekly ? "weekly" : "monthly"},
          {"system", review.system},
          {"first", date_text(sys_days{review.first})},
          {"last", date_text(sys_days{review.last})},
          {"metrics", std::move(metrics)},
          {"without_data", std::move(missing)}};
}

}  // namespace culprit
