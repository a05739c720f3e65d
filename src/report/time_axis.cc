#include "report/time_axis.h"

#include <algorithm>
#include <cmath>

namespace culprit {

TimeAxis::TimeAxis(Window span, double left, double right) : span_(span), left_(left), right_(right) {
  if (span_.length().count() <= 0) span_.end = span_.start + Duration{1};
}

double TimeAxis::x(Time t) const {
  const double share =
      static_cast<double>((t - span_.start).count()) / static_cast<double>(span_.length().count());
  return left_ + std::clamp(share, 0.0, 1.0) * (right_ - left_);
}

std::vector<Time> TimeAxis::ticks(const wording::Clock& clock, std::size_t most) const {
  static constexpr std::int64_t kStepsMinutes[] = {1,   2,   5,   10,  15,   20,   30,   60,
                                                   120, 180, 360, 720, 1440, 2880, 10080};
  std::int64_t step = 0;
  for (const std::int64_t minutes : kStepsMinutes) {
    step = minutes * 60'000;
    if (span_.length().count() / step <= static_cast<std::int64_t>(most)) break;
  }
  while (span_.length().count() / step > static_cast<std::int64_t>(most)) step *= 2;
  const std::int64_t offset = clock.zone().offset(span_.start).count();
  const std::int64_t first_local = to_epoch_ms(span_.start) + offset;
  std::int64_t at = first_local - ((first_local % step) + step) % step;
  if (at < first_local) at += step;
  std::vector<Time> out;
  for (; at - offset <= to_epoch_ms(span_.end); at += step) out.push_back(from_epoch_ms(at - offset));
  return out;
}

std::vector<double> value_ticks(double low, double high) {
  const double range = high > low && std::isfinite(high - low) ? high - low : 1;
  const double rough = range / 4;
  const double magnitude = std::pow(10, std::floor(std::log10(rough)));
  double step = magnitude * 10;
  for (const double m : {1.0, 2.0, 2.5, 5.0})
    if (magnitude * m >= rough * 0.999) {
      step = magnitude * m;
      break;
    }
  std::vector<double> out;
  const double first = std::floor(low / step + 1e-9);
  for (int i = 0; i < 12; ++i) {
    const double value = (first + i) * step;
    out.push_back(value);
    if (value >= low + range * 0.9999) break;
  }
  return out;
}

}  // namespace culprit
