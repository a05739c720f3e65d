#include "diagnosis/onset.h"

#include <algorithm>
#include <cmath>

#include "metrics/statistics.h"

namespace culprit {

namespace {

constexpr std::size_t kFewestReferenceMinutes = 3;
constexpr std::size_t kQuietMinutesOfRecovery = 3;
constexpr double kSpreadsOut = 4;

double everyday_wobble(const Signal& signal, double centre) {
  if (signal.is_count) return std::max(2.0, 2 * std::sqrt(centre));
  return signal.unit == "percent" ? std::max(5.0, 0.15 * centre) : 0.5 * std::abs(centre);
}

// Out of the ordinary: four robust deviations, and more than the unit's everyday wobble.
class Limit {
 public:
  // `before` is false when the reference is the window itself, which may hold the incident.
  Limit(const Signal& signal, std::vector<double> reference, bool before, bool low_is_bad)
      : low_is_bad_(low_is_bad) {
    centre_ = median(reference);
    const double spread = mad(reference, centre_);
    const double distance = std::max(kSpreadsOut * spread, everyday_wobble(signal, centre_));
    limit_ = low_is_bad_ ? centre_ - distance : centre_ + distance;
    // Where one minute in ten spikes every day, a spike is no news.
    if (before && !low_is_bad_) limit_ = std::max(limit_, quantile(std::move(reference), 0.9));
  }
  bool exceeded(double v) const { return low_is_bad_ ? v < limit_ : v > limit_; }
  double centre() const { return centre_; }

 private:
  bool low_is_bad_;
  double centre_ = 0;
  double limit_ = 0;
};

}  // namespace

double everyday_spread(const Signal& signal, double centre) {
  return everyday_wobble(signal, centre) / kSpreadsOut;
}

std::vector<double> reference_values(const Signal& signal, const Observations& seen) {
  auto before = values(signal, seen.grid.range(seen.baseline));
  if (before.size() >= kFewestReferenceMinutes) return before;
  return values(signal, seen.grid.range(seen.window));
}

std::optional<Excursion> find_excursion(const Signal& signal, const Observations& seen, bool low_is_bad) {
  const auto reference = reference_values(signal, seen);
  if (reference.size() < kFewestReferenceMinutes) return std::nullopt;
  const bool before = values(signal, seen.grid.range(seen.baseline)).size() >= kFewestReferenceMinutes;
  const Limit limit(signal, reference, before, low_is_bad);
  const auto& v = signal.minutes;
  const auto window = seen.grid.range(seen.window);
  const auto out = [&](std::size_t i) { return i < v.size() && !std::isnan(v[i]) && limit.exceeded(v[i]); };
  const auto known = [&](std::size_t i) { return i < v.size() && !std::isnan(v[i]); };
  // One odd minute is noise unless the data end there.
  const auto sustained = [&](std::size_t i) {
    return out(i) && (out(i + 1) || out(i + 2) || !(known(i + 1) || known(i + 2)));
  };

  std::size_t first = window.first;
  while (first < window.last && !sustained(first)) ++first;
  if (first >= window.last) return std::nullopt;
  while (first > 0 && first <= window.first && out(first - 1)) --first;

  Excursion e;
  e.baseline = limit.centre();
  e.before_window = first < window.first;
  e.onset = seen.grid.time(first);
  if (signal.events && signal.events->first_of_minute(first).number != 0)
    e.onset = signal.events->first_of_minute(first).time;

  std::size_t last = first;
  for (std::size_t i = first; i < v.size(); ++i)
    if (out(i)) last = i;
  std::size_t quiet = 0;
  for (std::size_t i = last + 1; i < v.size(); ++i) quiet += known(i) ? 1 : 0;
  if (quiet >= kQuietMinutesOfRecovery) {
    e.recovery = seen.grid.time(last + 1);
    if (signal.events && signal.events->per_minute()[last] > 0)
      e.last_event = signal.events->last_of_minute(last);
  }

  std::size_t peak = first;
  for (std::size_t i = std::max(first, window.first); i < window.last; ++i)
    if (known(i) && (!known(peak) || (low_is_bad ? v[i] < v[peak] : v[i] > v[peak]))) peak = i;
  e.peak = seen.grid.time(peak);
  e.peak_value = v[peak];
  return e;
}

std::optional<Turn> earliest_onset(const std::vector<Watched>& signals, const Observations& seen) {
  std::optional<Turn> any;
  for (const auto& w : signals)
    if (const auto e = find_excursion(*w.signal, seen, w.low_is_bad); e && (!any || e->onset < any->time))
      any = Turn{e->onset, w.signal->events.has_value(), w.signal};
  if (!any) return std::nullopt;
  std::optional<Turn> event;
  for (const auto& w : signals) {
    if (!w.signal->events) continue;
    const auto e = find_excursion(*w.signal, seen, w.low_is_bad);
    if (e && e->onset < floor_minute(any->time) + std::chrono::minutes(1) &&
        (!event || e->onset < event->time))
      event = Turn{e->onset, true, w.signal};
  }
  return event ? event : any;
}

std::optional<Turn> last_recovery(const std::vector<Watched>& signals, const Observations& seen) {
  std::optional<Turn> minute;
  std::optional<Turn> event;
  for (const auto& w : signals) {
    const auto e = find_excursion(*w.signal, seen, w.low_is_bad);
    if (!e) continue;
    if (!e->recovery) return std::nullopt;
    if (!minute || *e->recovery > minute->time) minute = Turn{*e->recovery, false, w.signal};
    if (e->last_event && (!event || *e->last_event > event->time))
      event = Turn{*e->last_event, true, w.signal};
  }
  const bool told = event && event->time >= minute->time - std::chrono::minutes(1);
  return told ? event : minute;
}

}  // namespace culprit
