// Metrics in CloudWatch's words: namespace, name, dimensions, statistic, period, datapoint.
#pragma once

#include <chrono>
#include <compare>
#include <string>
#include <vector>

#include "base/time.h"

namespace culprit {

struct Dimension {
  std::string name;
  std::string value;
  auto operator<=>(const Dimension&) const = default;
};

// Identity of a metric. Keep dimensions sorted by name: order means nothing to CloudWatch.
struct MetricId {
  std::string name_space;  // "AWS/RDS"
  std::string name;        // "CPUUtilization"
  std::vector<Dimension> dimensions;
  auto operator<=>(const MetricId&) const = default;
};

struct Datapoint {
  Time time;  // start of the period
  double value = 0;
  bool operator==(const Datapoint&) const = default;
};

// Datapoints of one metric and statistic, ascending, without repeats. A period without a datapoint is
// absent, never zero.
struct Series {
  MetricId id;
  std::string statistic;  // "Average", "Maximum", "p99" ...
  std::string unit;       // CloudWatch unit ("Percent", "Seconds", "Count", "Bytes") or empty
  std::chrono::seconds period{60};
  std::vector<Datapoint> points;
};

// "AWS/RDS CPUUtilization DBInstanceIdentifier=chatscomm-db-prod"
std::string to_string(const MetricId& id);

}  // namespace culprit
