// The weekly performance review and the monthly capacity plan (runbook rows H5, H6, H8): what each metric of
// the system did, day by day, from recorded evidence.
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/zone.h"
#include "metrics/trend.h"
#include "store/store.h"
#include "system/system.h"

namespace culprit {

struct MetricReview {
  std::string id, title, unit, component;
  std::vector<double> daily;  // medians of local days, oldest first; NaN = no data
  std::size_t days_with_data = 0;
  // The last seven days against the four weeks before, by medians of days.
  std::optional<double> week, weeks_before, change_percent;
  std::optional<double> worst;         // highest minute of the last week (lowest, where low is bad)
  std::optional<Trend> trend;          // unset: not enough history
  std::optional<double> limit;         // of the system file: where the status becomes high
  Reach reach;                         // of that limit, in days after the last
  std::optional<ForecastError> error;  // of forecasts on the last week, made without it
};

struct Review {
  enum class Kind { kWeekly, kMonthly } kind = Kind::kWeekly;
  std::string system, title;
  Zone zone = Zone::utc();
  std::chrono::year_month_day first, last;  // local days
  std::vector<MetricReview> metrics;        // with data, in the order of the system file
  std::vector<std::string> without_data;    // titles
};

// Looks at the whole local days before `until` (default: up to the last datapoint), at most 400.
Result<Review> review(const Store& store, const System& system, const Zone& zone, Review::Kind kind,
                      std::optional<Time> until);

std::string review_markdown(const Review& review);
boost::json::object review_json(const Review& review);

}  // namespace culprit
