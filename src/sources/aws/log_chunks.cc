#include "sources/aws/log_chunks.h"

#include <algorithm>

namespace culprit::aws {

namespace {

using std::chrono::minutes;

// Cuts [start, end) into about `count` pieces of whole minutes within [least, most].
void cut(std::vector<SpanPiece>& out, Time start, Time end, SpanPart part, int count, minutes least,
         minutes most) {
  if (end <= start) return;
  const auto even = std::chrono::ceil<minutes>((end - start) / count);
  const Duration step = std::clamp<Duration>(even, least, most);
  for (Time at = start; at < end; at += step) out.push_back({{at, std::min(at + step, end)}, part});
}

}  // namespace

std::vector<SpanPiece> plan_pieces(const Window& incident, const Window& span, Time now) {
  const Time end = std::min(span.end, now);
  std::vector<SpanPiece> out;
  cut(out, incident.start, std::min(incident.end, end), SpanPart::kIncident, 4, minutes{1}, minutes{15});
  cut(out, incident.end, end, SpanPart::kTail, 2, minutes{2}, minutes{15});
  const auto baseline_at = static_cast<std::ptrdiff_t>(out.size());
  cut(out, span.start, std::min(incident.start, end), SpanPart::kBaseline, 6, minutes{5}, minutes{30});
  std::reverse(out.begin() + baseline_at, out.end());
  return out;
}

}  // namespace culprit::aws
