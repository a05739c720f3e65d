// Where a time stands on a drawing, and which times to name on it. Private to src/report.
#pragma once

#include <vector>

#include "report/wording.h"
#include "telemetry/window.h"

namespace culprit {

class TimeAxis {
 public:
  TimeAxis(Window span, double left, double right);
  double x(Time t) const;  // clamped to the axis
  Window span() const { return span_; }
  double left() const { return left_; }
  double right() const { return right_; }
  // At most `most` round local times inside the span.
  std::vector<Time> ticks(const wording::Clock& clock, std::size_t most) const;

 private:
  Window span_;
  double left_, right_;
};

// Round values from zero (or below) to at least `high`: a value axis of three to six ticks.
std::vector<double> value_ticks(double low, double high);

}  // namespace culprit
