// Tellers of reviews: each renders a Review and computes nothing.
#pragma once

#include <string>

#include "reviews/review.h"

namespace culprit {

std::string render_review_markdown(const Review& review);
std::string render_review_html(const Review& review);  // one file, no network
std::string render_review_json(const Review& review);  // schemas/review.schema.json, ends with a new line

// Personal data and secrets out of messages, statements, changes and titles of incidents (report/redact.h).
void redact(Review& review);

}  // namespace culprit
