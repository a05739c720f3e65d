// What a review says, once for Markdown and HTML. Private to src/report/reviews.
#pragma once

#include "report/outline.h"
#include "reviews/review.h"

namespace culprit {

std::string review_title(const Review& review);  // "Weekly performance review: Chatwoot production"
std::string review_scope(const Review& review);  // "2026-01-01 to 2026-01-28, days of America/Costa_Rica"

// The figures that matter first: name, value, what stands beside it.
struct ReviewFact {
  std::string name, value, detail;
  Tone tone = Tone::kPlain;
};
std::vector<ReviewFact> review_facts(const Review& review);
// What stands out, in sentences; at least one.
std::vector<std::string> review_lead(const Review& review);

// Sections behind these. HTML draws charts instead of the bars in the table of trends (`bars` = false).
std::vector<Section> review_outline(const Review& review, bool bars);
std::vector<Section> weekly_sections(const Review& review, bool bars);
std::vector<Section> monthly_sections(const Review& review);
Section steps_section(const Review& review);
// How much attention the change of a metric asks for.
Tone tone_of(const MetricReview& metric);

}  // namespace culprit
