// A metric day by day as inline SVG. Private to src/report/reviews.
#pragma once

#include <string>

#include "reviews/review.h"

namespace culprit::html {

// Weekly: the days, the last week shaded. Monthly: the fitted line and thirty days of forecast with their
// interval. A step and the system file's limit are marked; a day without data stays open. Carries a read-out
// of every day for the pointer and the arrow keys. Empty without a value.
std::string daily_chart(const Review& review, const MetricReview& metric);

}  // namespace culprit::html
