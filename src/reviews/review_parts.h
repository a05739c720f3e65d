// The parts of a review, each one question to the store. Private to src/reviews.
#pragma once

#include "reviews/review.h"

namespace culprit {

inline constexpr std::size_t kWeekDays = 7;
inline constexpr std::size_t kDaysBefore = 28;

// The first instant of a local day; of one that begins inside a change of clocks, the first that exists.
Time start_of(std::chrono::sys_days local_day, const Zone& zone);

// Metrics, first and last day, the week and the days before it.
Result<void> review_metrics(const Store& store, const System& system, const ReviewOptions& options,
                            Review& out);
// Endpoints, statements and changes.
Result<void> review_activity(const Store& store, const System& system, Review& out);
Result<void> review_templates(const Store& store, const System& system, Review& out);
Result<void> review_alarms(const Store& store, const System& system, Review& out);
Result<void> review_gaps(const Store& store, Review& out);

}  // namespace culprit
