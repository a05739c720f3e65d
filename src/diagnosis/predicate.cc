#include "diagnosis/predicate.h"

#include <fmt/format.h>

#include "diagnosis/wording.h"

namespace culprit {

Decision decide(const Predicate& p, const CaseFile& file) {
  Decision d;
  d.signal = file.signal(p.signal);
  if (d.signal == nullptr) return d;
  d.observed = aggregate(*d.signal, file.window_minutes(), p.aggregate);
  if (!d.observed) return d;
  d.baseline = aggregate(*d.signal, file.baseline_minutes(), p.aggregate);
  const bool summed = p.aggregate == Predicate::Aggregate::kSum;
  const std::string_view unit = summed && d.signal->is_count ? "count" : std::string_view(d.signal->unit);
  d.observed_text = format_value(*d.observed, unit);
  if (d.baseline && !summed) d.observed_text += fmt::format(", {} before", format_value(*d.baseline, unit));

  bool holds = true;
  if (p.above) holds = holds && *d.observed > *p.above;
  if (p.below) holds = holds && *d.observed < *p.below;
  if (p.min_value) holds = holds && *d.observed >= *p.min_value;
  if (p.above_baseline) {
    if (!d.baseline) {
      d.truth = Truth::kUnseen;
      return d;
    }
    holds = holds && *d.observed > *p.above_baseline * *d.baseline;
  }
  d.truth = holds ? Truth::kHolds : Truth::kFails;
  return d;
}

}  // namespace culprit
