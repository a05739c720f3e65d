// Growth and steps in daily values, robust against outliers and the rhythm of the week.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace culprit {

// A value a day, at consecutive days; NaN is missing.
using Daily = std::vector<double>;

// y = level + per_day * t (+ step from a day on). The slope is the median of the slopes between days that are
// whole weeks apart on the same side of the step (Theil 1950, Sen 1968; weeks apart, so that weekdays cancel
// out); its interval is Sen's, from the variance of Kendall's S.
struct Trend {
  double per_day = 0;
  double low = 0, high = 0;  // 95 % interval of per_day
  double level = 0;          // on the last day
  double noise = 0;          // robust standard deviation of a day around the fit
  struct Step {
    std::size_t day = 0;  // the first of the new level
    double size = 0;
    double low = 0, high = 0;  // 95 % interval of the size
  };
  std::optional<Step> step;
  std::size_t days = 0;             // that were fitted, missing ones too
  std::array<double, 7> weekday{};  // what a day adds to the level: [i % 7] of the i-th day

  bool grows() const { return low > 0 || high < 0; }  // the interval leaves out 0
};

// nullopt with fewer than 15 days of values: two weeks and a day are the least in which weeks can be
// compared.
std::optional<Trend> fit_trend(std::span<const double> days);
inline constexpr std::size_t kTrendDaysMin = 15;

// When a growing value reaches a limit, in days after the last one.
struct Reach {
  std::optional<double> days;              // at the fitted slope; unset: never
  std::optional<double> earliest, latest;  // at the ends of the slope's interval; latest unset: perhaps never
};
Reach reaches(const Trend& trend, double limit);

// The value of one day, `ahead` (1 …) days after the last, and its 95 % interval: the noise of a day and the
// error of the slope, which turns around the middle of the days since the step.
struct Forecast {
  double value = 0;
  double low = 0, high = 0;
};
Forecast forecast(const Trend& trend, std::size_t ahead);

// How far forecasts made on all but the last `held` days were off on those, as the median of |error|, and in
// percent of the value; and how many of these days lay inside their intervals. nullopt when too little is
// left to fit.
struct ForecastError {
  double absolute = 0;
  double percent = 0;
  std::size_t inside = 0, tested = 0;  // days
};
std::optional<ForecastError> forecast_error(std::span<const double> days, std::size_t held);

}  // namespace culprit
