#include "reviews/review.h"

#include <fmt/format.h>

#include <set>

#include "reviews/review_parts.h"

namespace culprit {

namespace {

constexpr std::size_t kGapsMax = 20;

}  // namespace

Time start_of(std::chrono::sys_days local_day, const Zone& zone) {
  const LocalTime midnight{local_day.time_since_epoch()};
  const auto read = zone.readings(midnight);
  if (!read.instants.empty()) return read.instants.front();
  // The clocks jumped over midnight: an hour later they show something again.
  const auto later = zone.readings(midnight + std::chrono::hours(1));
  return later.instants.empty() ? Time(local_day.time_since_epoch()) : later.instants.front();
}

std::chrono::sys_days day_of(const Review& review, std::size_t day) {
  return std::chrono::sys_days{review.first} + std::chrono::days(static_cast<std::int64_t>(day));
}

Result<void> review_gaps(const Store& store, Review& out) {
  const auto gaps = store.gaps();
  if (!gaps) return tl::unexpected(gaps.error());
  std::set<std::string> said;
  for (const auto& gap : *gaps) {
    if (gap.window && gap.window->end <= out.before.start) continue;
    auto text = fmt::format("{}: {}", gap.subject, gap.detail);
    if (said.insert(text).second) out.not_seen.push_back(std::move(text));
  }
  if (out.not_seen.size() <= kGapsMax) return {};
  const std::size_t more = out.not_seen.size() - kGapsMax;
  out.not_seen.resize(kGapsMax);
  out.not_seen.push_back(fmt::format("and {} more", more));
  return {};
}

Result<Review> review(const Store& store, const System& system, const Zone& zone,
                      const ReviewOptions& options) {
  Review out;
  out.kind = options.kind;
  out.system = system.name;
  out.title = system.title;
  out.zone = zone;
  if (auto done = review_metrics(store, system, options, out); !done) return tl::unexpected(done.error());
  if (out.kind == Review::Kind::kWeekly)
    for (const auto part : {review_activity, review_templates, review_alarms})
      if (auto done = part(store, system, out); !done) return tl::unexpected(done.error());
  if (auto done = review_gaps(store, out); !done) return tl::unexpected(done.error());
  return out;
}

}  // namespace culprit
