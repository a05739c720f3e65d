// Figures, dates and intervals of a review in words. Private to src/report/reviews.
#pragma once

#include <string>

#include "reviews/review.h"

namespace culprit::wording {

std::string date(std::chrono::sys_days day);        // "2026-01-29"
std::string short_date(std::chrono::sys_days day);  // "29 Jan"

// In the metric's unit; differences may be negative.
std::string of_metric(const MetricReview& metric, double v);
std::string of_metric(const MetricReview& metric, const std::optional<double>& v);
std::string signed_of_metric(const MetricReview& metric, double v);  // "+15 %", "−2.1 GB"

std::string change(const std::optional<double>& percent);  // "+76 %", "—"
std::string daily_is(const MetricReview& metric);          // "median of a day", "p95 of a day"

// "7 a week (6.2 to 7.9)", or why there is none.
std::string growth(const MetricReview& metric);
// "2026-03-01 (2026-02-20 to 2026-03-20)", "passed", "not in sight", "not enough history".
std::string reached(const Review& review, const MetricReview& metric, double limit, const Reach& reach);
// The same from any level, for a resource that is larger.
std::string reached_from(const Review& review, bool low_is_bad, double level, bool grows, double limit,
                         const Reach& reach);
// "by 15 % (13.2 % to 16.8 %) from 2026-01-29 on"
std::string step(const Review& review, const MetricReview& metric);
// "1.4 (3 %); 6 of 7 days inside their interval"
std::string back_test(const MetricReview& metric);
// Eight heights over the days; a day without data is a gap.
std::string days_as_bars(const std::vector<double>& daily);

}  // namespace culprit::wording
