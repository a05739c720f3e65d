// How a log group's span is cut into pieces that are fetched side by side, most wanted first.
#pragma once

#include <vector>

#include "telemetry/window.h"

namespace culprit::aws {

enum class SpanPart { kIncident, kTail, kBaseline };

struct SpanPiece {
  Window window;
  SpanPart part;
};

// The incident window from its start, then the tail, then the baseline newest first. Pieces do not overlap
// and leave nothing out. Nothing lies beyond `now`.
std::vector<SpanPiece> plan_pieces(const Window& incident, const Window& span, Time now);

}  // namespace culprit::aws
