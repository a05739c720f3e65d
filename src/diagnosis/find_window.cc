#include "diagnosis/find_window.h"

namespace culprit {

Result<Window> find_window(const Store& store, const System& system, const Window& extent) {
  InvestigateOptions options;
  options.window = extent;
  options.excerpts = 0;  // only its verdict is of interest
  const auto whole = investigate(store, system, options);
  if (!whole) return tl::unexpected(whole.error());
  if (whole->verdict != Verdict::kIncident || !whole->onset) return extent;
  const Time start = std::max(extent.start, floor_minute(*whole->onset));
  // Whole minutes: the recovery may be dated by the last event, which belongs to the incident.
  const Time recovery = whole->recovery.value_or(extent.end);
  const Time end = std::min(extent.end, floor_minute(recovery + std::chrono::minutes(1) - Duration(1)));
  return end > start ? Window{start, end} : extent;
}

}  // namespace culprit
