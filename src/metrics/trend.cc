#include "metrics/trend.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "metrics/statistics.h"

namespace culprit {

namespace {

constexpr std::size_t kWeek = 7;
constexpr std::size_t kSideMin = kWeek;  // days on each side of a step
constexpr double kNormal95 = 1.96;
// The noise is an estimate, too: from few differences, some of them of bad days. Student's t with 5 degrees
// of freedom.
constexpr double kStudent95 = 2.57;
// A step must explain this share of what is left without it, and be this many standard errors high.
constexpr double kStepGain = 0.25;
constexpr double kStepErrors = 5;
constexpr double kMedianError = 1.2533;  // standard error of a median, in those of a mean
constexpr int kRounds = 4;
constexpr double kCapNoise = 3;

struct Slopes {
  std::vector<double> values;
  double variance = 0;  // of Kendall's S over the pairs' groups
};

// Pairs of days whole weeks apart, inside [first, last).
void add_slopes(std::span<const double> days, std::size_t first, std::size_t last, Slopes& out) {
  for (std::size_t weekday = 0; weekday < kWeek; ++weekday) {
    std::vector<std::size_t> own;
    for (std::size_t i = first; i < last; ++i)
      if (i % kWeek == weekday && !std::isnan(days[i])) own.push_back(i);
    for (std::size_t a = 0; a < own.size(); ++a)
      for (std::size_t b = a + 1; b < own.size(); ++b)
        out.values.push_back((days[own[b]] - days[own[a]]) / static_cast<double>(own[b] - own[a]));
    const double n = static_cast<double>(own.size());
    out.variance += n * (n - 1) * (2 * n + 5) / 18;
  }
}

std::vector<double> present(const std::vector<double>& values) {
  std::vector<double> out;
  for (const double v : values)
    if (!std::isnan(v)) out.push_back(v);
  return out;
}

// The median of each weekday.
std::vector<double> weekday_medians(const std::vector<double>& values) {
  std::vector<double> out;
  for (std::size_t weekday = 0; weekday < kWeek; ++weekday) {
    std::vector<double> own;
    for (std::size_t i = weekday; i < values.size(); i += kWeek)
      if (!std::isnan(values[i])) own.push_back(values[i]);
    out.push_back(median(own));
  }
  return out;
}

// Of differences between days a week apart on the same side of the step: the weekdays' own levels, which the
// few weeks fit all too well, play no part.
double weekly_noise(std::span<const double> days, double per_day, std::optional<std::size_t> step) {
  std::vector<double> changes;
  for (std::size_t i = kWeek; i < days.size(); ++i) {
    const bool crosses = step && i >= *step && i - kWeek < *step;
    if (!crosses && !std::isnan(days[i]) && !std::isnan(days[i - kWeek]))
      changes.push_back(days[i] - days[i - kWeek] - per_day * static_cast<double>(kWeek));
  }
  return mad(changes, median(changes)) / std::numbers::sqrt2;
}

struct Fit {
  Trend trend;
  double cost = 0;  // sum of capped |residual|
};

// Residuals count up to `cap`: a bad day is no reason to see a step.
std::optional<Fit> fit_with(std::span<const double> days, std::optional<std::size_t> step, double cap) {
  Slopes slopes;
  if (step) {
    add_slopes(days, 0, *step, slopes);
    add_slopes(days, *step, days.size(), slopes);
  } else {
    add_slopes(days, 0, days.size(), slopes);
  }
  if (slopes.values.empty()) return std::nullopt;
  Fit out;
  Trend& t = out.trend;
  std::ranges::sort(slopes.values);
  t.per_day = median(slopes.values);
  const double n = static_cast<double>(slopes.values.size());
  const double half = kNormal95 * std::sqrt(slopes.variance);
  const auto at = [&](double rank) {
    return slopes.values[static_cast<std::size_t>(std::clamp(rank, 0.0, n - 1))];
  };
  t.low = at(std::floor((n - half) / 2));
  t.high = at(std::ceil((n + half) / 2));

  std::vector<double> flat(days.size());
  for (std::size_t i = 0; i < days.size(); ++i) flat[i] = days[i] - t.per_day * static_cast<double>(i);
  // Levels of the sides and of the weekdays in turn: a side may hold more weekends than the other.
  std::vector<double> weekday(kWeek, 0.0), left;
  double before = 0, after = 0;
  for (int round = 0; round < kRounds; ++round) {
    const auto side = [&](std::size_t first, std::size_t last) {
      std::vector<double> own;
      for (std::size_t i = first; i < last; ++i) own.push_back(flat[i] - weekday[i % kWeek]);
      return median(present(own));
    };
    before = side(0, step.value_or(days.size()));
    after = step ? side(*step, days.size()) : before;
    left = flat;
    for (std::size_t i = 0; i < left.size(); ++i) left[i] -= step && i >= *step ? after : before;
    weekday = weekday_medians(left);
  }
  for (std::size_t i = 0; i < left.size(); ++i) left[i] -= weekday[i % kWeek];
  left = present(left);
  for (const double r : left) out.cost += std::min(std::abs(r), cap);
  t.noise = weekly_noise(days, t.per_day, step);
  t.days = days.size();
  std::ranges::copy(weekday, t.weekday.begin());
  t.level = after + t.per_day * static_cast<double>(days.size() - 1);
  if (step) {
    const double n1 = static_cast<double>(*step), n2 = static_cast<double>(days.size() - *step);
    // The slope is known from both sides; its error moves the levels at their middles, half the days apart.
    const double slope_error = t.noise / std::sqrt((n1 * n1 * n1 + n2 * n2 * n2) / 12);
    const double error = kMedianError * std::hypot(t.noise * std::sqrt(1 / n1 + 1 / n2),
                                                   slope_error * static_cast<double>(days.size()) / 2);
    const double size = after - before;
    t.step = Trend::Step{*step, size, size - kStudent95 * error, size + kStudent95 * error};
  }
  return out;
}

}  // namespace

std::optional<Trend> fit_trend(std::span<const double> days) {
  const auto values = std::ranges::count_if(days, [](double v) { return !std::isnan(v); });
  if (values < static_cast<std::ptrdiff_t>(kTrendDaysMin)) return std::nullopt;
  const auto uncapped = fit_with(days, std::nullopt, INFINITY);
  if (!uncapped) return std::nullopt;
  const double cap = kCapNoise * uncapped->trend.noise;
  const auto plain = fit_with(days, std::nullopt, cap);
  std::optional<Fit> best;
  for (std::size_t day = kSideMin; day + kSideMin <= days.size(); ++day) {
    auto fit = fit_with(days, day, cap);
    if (fit && (!best || fit->cost < best->cost)) best = fit;
  }
  if (!best || best->cost > (1 - kStepGain) * plain->cost) return plain->trend;
  const auto& step = *best->trend.step;
  const double error = (step.high - step.low) / (2 * kStudent95);
  return std::abs(step.size) > kStepErrors * error ? best->trend : plain->trend;
}

Reach reaches(const Trend& trend, double limit) {
  Reach out;
  const double way = limit - trend.level;
  const auto at = [&](double slope) -> std::optional<double> {
    if (way == 0) return 0.0;
    if (slope == 0 || (way > 0) != (slope > 0)) return std::nullopt;
    return way / slope;
  };
  out.days = at(trend.per_day);
  const auto one = at(trend.low), two = at(trend.high);
  if (one && two) {
    out.earliest = std::min(*one, *two);
    out.latest = std::max(*one, *two);
  } else {
    out.earliest = one ? one : two;
  }
  return out;
}

Forecast forecast(const Trend& trend, std::size_t ahead) {
  const std::size_t day = trend.days + ahead - 1;
  Forecast out;
  out.value = trend.level + trend.per_day * static_cast<double>(ahead) + trend.weekday[day % kWeek];
  const std::size_t since = trend.days - (trend.step ? trend.step->day : 0);
  const double way = static_cast<double>(ahead) + static_cast<double>(since) / 2;
  out.low = out.value - std::hypot(kStudent95 * trend.noise, (trend.per_day - trend.low) * way);
  out.high = out.value + std::hypot(kStudent95 * trend.noise, (trend.high - trend.per_day) * way);
  return out;
}

std::optional<ForecastError> forecast_error(std::span<const double> days, std::size_t held) {
  if (days.size() <= held) return std::nullopt;
  const auto trend = fit_trend(days.first(days.size() - held));
  if (!trend) return std::nullopt;
  std::vector<double> errors, shares;
  ForecastError out;
  for (std::size_t ahead = 1; ahead <= held; ++ahead) {
    const double value = days[trend->days + ahead - 1];
    if (std::isnan(value)) continue;
    const Forecast told = forecast(*trend, ahead);
    errors.push_back(std::abs(value - told.value));
    if (value != 0) shares.push_back(100 * std::abs(value - told.value) / std::abs(value));
    out.inside += told.low <= value && value <= told.high;
  }
  if (errors.empty()) return std::nullopt;
  out.tested = errors.size();
  out.absolute = median(errors);
  out.percent = median(shares);
  return out;
}

}  // namespace culprit
