// A row of blocks for a series, for terminals.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "telemetry/metric.h"
#include "telemetry/window.h"

namespace culprit {

// `columns` cells over `span`; each shows the largest value of the
// periods that touch it, from zero (or the least value, when
// negative) to the largest. A cell without a datapoint is a blank in Unicode, '.' in ASCII: never a low bar.
std::string sparkline(const std::vector<Datapoint>& points, Duration period, Window span, std::size_t columns,
                      bool unicode);

// The stretch that points cover, end exclusive; empty when there are none.
Window span_of(const std::vector<Datapoint>& points, Duration period);

}  // namespace culprit
