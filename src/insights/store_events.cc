#include "insights/store_events.h"

#include <algorithm>
#include <cmath>

namespace culprit::insights {

Result<Scanned> StoreEvents::scan(const Window& window, const MessagePattern* needed,
                                  const std::function<bool(const LogEventView&)>& visit) const {
  // Without groups a store would be asked for all.
  if (groups_.empty() || window.start >= window.end) return Scanned{};
  Scanned seen;
  bool stopped = false;
  const auto count = [&](const LogEventView& event) {
    ++seen.records;
    seen.bytes += event.message.size();
    stopped = !visit(event);
    return !stopped;
  };
  if (needed == nullptr) {
    auto scanned = store_->scan_logs({groups_, window}, count);
    if (!scanned) return tl::unexpected(scanned.error());
    return seen;
  }
  auto scanned = store_->scan_matches({groups_, window}, LogSearch({*needed}), 0, count);
  if (!scanned) return tl::unexpected(scanned.error());
  return stopped ? Result<Scanned>(seen) : totals(window);
}

Result<Scanned> StoreEvents::totals(const Window& window) const {
  const auto everything = MessagePattern::literal("");
  if (!everything) return tl::unexpected(everything.error());
  const LogSearch search({*everything});
  const auto summaries = store_->log_groups();
  if (!summaries) return tl::unexpected(summaries.error());
  Scanned out;
  for (const auto& summary : *summaries) {
    if (std::ranges::find(groups_, summary.group) == groups_.end() || summary.events == 0) continue;
    if (window.start <= summary.first && summary.last < window.end) {
      out.records += summary.events;
      out.bytes += summary.bytes;
      continue;
    }
    const auto counts = store_->count_matches({{summary.group}, window}, search, std::chrono::minutes{1});
    if (!counts) return tl::unexpected(counts.error());
    const double share = static_cast<double>(counts->front().total) / static_cast<double>(summary.events);
    out.records += counts->front().total;
    out.bytes += static_cast<std::uint64_t>(std::llround(share * static_cast<double>(summary.bytes)));
  }
  return out;
}

}  // namespace culprit::insights
