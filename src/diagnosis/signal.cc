#include "diagnosis/signal.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "metrics/statistics.h"

namespace culprit {

EventCounter::EventCounter(const Grid& grid, const Window& window)
    : grid_(grid), window_(window), per_minute_(grid.size()), marks_(grid.size()), last_times_(grid.size()) {}

void EventCounter::add(Time time, EventNumber number) {
  const auto minute = grid_.index(time);
  if (!minute) return;
  ++per_minute_[*minute];
  auto& mark = marks_[*minute];
  last_times_[*minute] = mark.number == 0 ? time : std::max(last_times_[*minute], time);
  if (mark.number == 0 || time < mark.time) mark = {time, number};
  if (!window_.contains(time)) return;
  ++window_count_;
  if (first_.number == 0 || time < first_.time) first_ = {time, number};
  if (last_.number == 0 || time >= last_.time) last_ = {time, number};
}

std::vector<double> values(const Signal& signal, Grid::Range range) {
  std::vector<double> out;
  for (std::size_t i = range.first; i < range.last && i < signal.minutes.size(); ++i)
    if (!std::isnan(signal.minutes[i])) out.push_back(signal.minutes[i]);
  return out;
}

std::optional<double> aggregate(const Signal& signal, Grid::Range range, Predicate::Aggregate how) {
  auto v = values(signal, range);
  if (v.empty()) return std::nullopt;
  switch (how) {
    case Predicate::Aggregate::kMax:
      return *std::ranges::max_element(v);
    case Predicate::Aggregate::kMin:
      return *std::ranges::min_element(v);
    case Predicate::Aggregate::kSum:
      return std::accumulate(v.begin(), v.end(), 0.0);
    case Predicate::Aggregate::kAverage:
      return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
    case Predicate::Aggregate::kLast:
      return v.back();
    case Predicate::Aggregate::kP95:
      return quantile(std::move(v), 0.95);
  }
  return std::nullopt;
}

}  // namespace culprit
