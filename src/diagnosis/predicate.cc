#include "diagnosis/predicate.h"

#include <fmt/format.h>

#include "diagnosis/phrasing.h"
#include "telemetry/quantity.h"

namespace culprit {

namespace {

// "21 %, 0.14 % before", "481 failed requests", "at most 96 in a minute, 0 before".
std::string observed_text(const Predicate& p, const Decision& d, const System& system) {
  const Signal& s = *d.signal;
  const bool summed = p.aggregate == Predicate::Aggregate::kSum;
  if ((summed && s.is_count) || s.from == Signal::From::kState) return amount_of(s, *d.observed, system);
  const bool busiest = s.is_count && p.aggregate == Predicate::Aggregate::kMax;
  const auto said = [&](double v) { return busiest ? wording::number(v) : wording::value(v, s.unit); };
  std::string out = busiest ? fmt::format("at most {} in a minute", said(*d.observed)) : said(*d.observed);
  if (d.baseline && !summed) out += fmt::format(", {} before", said(*d.baseline));
  return out;
}

}  // namespace

namespace {

bool within_bounds(const Predicate& p, double observed) {
  return (!p.above || observed > *p.above) && (!p.below || observed < *p.below) &&
         (!p.min_value || observed >= *p.min_value);
}

}  // namespace

Decision decide(const Predicate& p, const CaseFile& file) {
  Decision d;
  d.signal = file.signal(p.signal);
  if (d.signal == nullptr) return d;
  d.observed = aggregate(*d.signal, file.window_minutes(), p.aggregate);
  if (!d.observed) return d;
  d.baseline = aggregate(*d.signal, file.baseline_minutes(), p.aggregate);
  d.observed_text = observed_text(p, d, file.system);

  bool holds = within_bounds(p, *d.observed);
  if (p.above_baseline) {
    if (!d.baseline) return d;
    const bool higher = *d.observed > *p.above_baseline * *d.baseline;
    if (holds && !higher && file.baseline_disturbed) return d;
    holds = holds && higher;
  }
  d.truth = holds ? Truth::kHolds : Truth::kFails;
  return d;
}

Decision decide_in(Grid::Range minutes, const Predicate& p, const CaseFile& file) {
  Decision d;
  d.signal = file.signal(p.signal);
  if (d.signal == nullptr || p.above_baseline) return d;
  d.observed = aggregate(*d.signal, minutes, p.aggregate);
  if (!d.observed) return d;
  d.observed_text = observed_text(p, d, file.system);
  d.truth = within_bounds(p, *d.observed) ? Truth::kHolds : Truth::kFails;
  return d;
}

}  // namespace culprit
