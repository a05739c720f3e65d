// Signals: everything that can be measured, on one axis of minutes (docs/signals.md).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "diagnosis/grid.h"
#include "system/system.h"
#include "telemetry/log_event.h"
#include "telemetry/metric.h"

namespace culprit {

// Counts events by minute and remembers where they are.
class EventCounter {
 public:
  EventCounter(const Grid& grid, const Window& window);

  void add(Time time, EventNumber number);

  struct Mark {
    Time time;
    EventNumber number = 0;  // 0 = none
  };
  const std::vector<std::uint32_t>& per_minute() const { return per_minute_; }
  Mark first_of_minute(std::size_t minute) const { return marks_[minute]; }
  Time last_of_minute(std::size_t minute) const { return last_times_[minute]; }  // of a minute with events
  // Inside the window only, exact to the millisecond.
  std::uint64_t window_count() const { return window_count_; }
  Mark first() const { return first_; }
  Mark last() const { return last_; }

 private:
  Grid grid_;
  Window window_;
  std::vector<std::uint32_t> per_minute_;
  std::vector<Mark> marks_;
  std::vector<Time> last_times_;
  std::uint64_t window_count_ = 0;
  Mark first_, last_;
};

struct Signal {
  enum class From { kMetric, kLog, kState };
  std::string name;  // "db.statement_timeouts"
  std::string component;
  std::string unit;  // "percent", "ms", "seconds", "count", "bytes", "per-second", "per-minute", "elements"
  From from = From::kLog;
  bool is_count = false;        // events a minute: a minute without any is 0
  std::vector<double> minutes;  // NaN = no data
  // kLog: where the events are (per minute the first, and of the window the first and last).
  std::string group;
  std::optional<EventCounter> events;
  std::string filter;  // CloudWatch filter pattern that finds them
  // kMetric
  const SystemMetric* metric = nullptr;
};

// Signals by name.
using Signals = std::map<std::string, Signal>;

// One aggregate over a range of minutes; nullopt when no minute has data. kLast is the last with data.
std::optional<double> aggregate(const Signal& signal, Grid::Range range, Predicate::Aggregate how);

// The values of the range that have data.
std::vector<double> values(const Signal& signal, Grid::Range range);

}  // namespace culprit
