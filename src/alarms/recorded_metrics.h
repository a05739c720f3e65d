// The metrics of an alarm set as CloudWatch would have had them, from recorded evidence: series that were
// collected, and metric filters counted over the recorded logs.
#pragma once

#include <map>

#include "alarms/alarm_data.h"
#include "alarms/alarm_set.h"
#include "store/store.h"

namespace culprit {

class RecordedMetrics : public MetricReader {
 public:
  // `window`: what is replayed; data before it, as far back as is held, train the bands.
  static Result<RecordedMetrics> load(const Store& store, const AlarmSet& set, const Window& window);

  Result<std::vector<PeriodValue>> read(const MetricStat& stat, const Window& window) override;
  Result<AnomalyModel> model(const MetricStat& stat) override;

  // What is held of a metric.
  struct Held {
    std::size_t points = 0;  // minutes with data, in the whole recording
    std::chrono::seconds period{0};
    bool from_log = false;
  };
  Held held(const MetricId& metric) const;

  // One value of a metric and statistic.
  struct Point {
    MetricId metric;
    std::string statistic;
    std::chrono::seconds period{60};
    bool from_log = false;
    Time time;
    double value = 0;
    bool operator==(const Point&) const = default;
  };
  // For a watch, which learns a metric minute by minute: a later value of the same minute wins.
  void put(const Point& point);
  void merge(const RecordedMetrics& newer);
  void forget_before(const MetricId& metric, Time time);
  void forget_from(Time time);
  // All that is held, in a fixed order.
  std::vector<Point> points() const;

  // Changes for a what-if: lays a value over a metric's points in the window, or adds counted events.
  void overlay(const MetricId& metric, const Window& window, double value);
  void add_counts(const MetricId& metric, const Window& window, double per_minute);

 private:
  using Points = std::map<Time, double>;
  struct Metric {
    std::chrono::seconds period{60};
    bool from_log = false;
    std::map<std::string, Points, std::less<>> statistics;  // of `period`
  };

  Result<void> load_series(const Store& store, const MetricId& metric);
  Result<void> load_counts(const Store& store, const AlarmSet& set);
  std::optional<double> combine(const Metric& metric, std::string_view statistic, Time start, Time end) const;

  std::map<MetricId, Metric> metrics_;
  Time replay_start_{};
};

// Every metric that the set's alarms read, without repeats.
std::vector<MetricId> metrics_of(const AlarmSet& set);
std::vector<MetricStat> stats_of(const MetricAlarm& alarm);

}  // namespace culprit
