// Datapoints as CloudWatch answers them, out of what the store keeps of a metric.
//
// A store keeps series by statistic and period. Collected evidence has the statistics that were collected;
// what was put here itself has SampleCount, Sum, Minimum, Maximum and a sketch of its values
// (metric_sketch.h). A statistic that is not kept is made from others where they say it exactly, else there
// are no datapoints.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "metrics/cloudwatch_statistic.h"
#include "store/store.h"
#include "telemetry/metric.h"

namespace culprit::server {

struct MetricQuestion {
  MetricId id;
  std::string statistic_name;  // as it was asked for: "p99"
  Statistic statistic;
  std::chrono::seconds period{60};
  Window window;     // periods are counted from its start
  std::string unit;  // empty: whatever it has
};

struct MetricAnswer {
  std::vector<Datapoint> points;  // ascending
  std::string unit;               // "None" when none is known
};

Result<MetricAnswer> read_metric(const Store& store, const MetricQuestion& question);

}  // namespace culprit::server
