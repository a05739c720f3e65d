#include "metrics/oddness_voices.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "metrics/statistics.h"

namespace culprit {
namespace {

using std::chrono::hours;

// Values of an hour of the day that are remembered: five days at five-minute steps, two months at hourly.
constexpr std::size_t kHourValues = 60;
constexpr std::size_t kHourValuesMin = 6;                // before "usual" means anything
constexpr Duration kRemembered = std::chrono::days(42);  // of shapes: a month with its exceptions
constexpr std::size_t kShapesMin = 5;
constexpr std::size_t kRefresh = 16;  // values between two looks at slow quantiles
constexpr std::size_t kJumpsMin = 10;
constexpr double kJumpSideMin = 0.05;  // of the other side's usual size
constexpr double kArithmetic = 1e-9;   // relative; double sums of a day err by less

double mean(std::span<const double> values) {
  return values.empty()
             ? 0
             : std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double quantile_of(std::span<const double> values, double p) {
  return quantile(std::vector<double>(values.begin(), values.end()), p);
}

std::size_t values_in(Duration stretch, Duration step, std::size_t at_least) {
  return std::max(at_least, static_cast<std::size_t>(stretch / step));
}

}  // namespace

RecentValues::RecentValues(Duration step, std::size_t day_values)
    : step(step), values(day_values), roots(day_values) {}

void RecentValues::push(double value) {
  values.push(value);
  roots.push(std::copysign(std::sqrt(std::abs(value)), value));
  level = mean(values.all());
  double size = 0;
  for (double v : values.all()) size = std::max(size, std::abs(v));
  noise = kArithmetic * size;
  roots_noise = kArithmetic * std::sqrt(size);
}

std::optional<double> TimeOfDayVoice::read(Time time, const RecentValues& recent) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const auto hour = static_cast<std::size_t>(std::chrono::floor<hours>(time - day).count());
  const double value = recent.values.back() - recent.level;
  near_.clear();
  for (const std::size_t h : {(hour + 23) % 24, hour, (hour + 1) % 24}) {
    near_.insert(near_.end(), hours_[h].values.begin(), hours_[h].values.end());
  }
  std::optional<double> oddness;
  if (near_.size() >= kHourValuesMin) {
    const double usual = median(near_);
    for (double& v : near_) v = std::abs(v - usual);
    const double spread_here = quantile(near_, 0.75);
    const double residual = std::abs(value - usual);
    residuals_.push(residual);
    if (reads_++ % kRefresh == 0 || residuals_.size() < 100) {
      usual_residual_ = quantile_of(residuals_.all(), 0.75);
    }
    // Half the spread of this hour, half that of all: an hour with few values must not look exact.
    const double spread = std::max(0.5 * spread_here + 0.5 * usual_residual_, recent.noise);
    oddness = residual > recent.noise ? residual / spread : 0;
  }
  Hour& own = hours_[hour];
  if (own.values.size() < kHourValues) {
    own.values.push_back(value);
  } else {
    own.values[own.next] = value;
    own.next = (own.next + 1) % kHourValues;
  }
  return oddness;
}

ShapeVoice::ShapeVoice(Duration stretch, std::size_t pieces, std::size_t values_min, Duration step)
    : length_(values_in(stretch, step, values_min)),
      pieces_(std::min(pieces, length_)),
      shapes_max_(static_cast<std::size_t>(kRemembered / stretch) * pieces),
      shape_(pieces_) {}

std::optional<double> ShapeVoice::read(const Tail& values) {
  ++seen_;
  if (values.size() < length_) return {};
  const auto stretch = values.last(length_);
  for (std::size_t i = 0; i < pieces_; ++i) {
    const std::size_t from = i * length_ / pieces_;
    const std::size_t to = (i + 1) * length_ / pieces_;
    shape_[i] = mean(stretch.subspan(from, to - from));
  }
  double nearest = std::numeric_limits<double>::infinity();
  std::size_t compared = 0;
  for (std::size_t s = 0; s < ends_at_.size(); ++s) {
    if (ends_at_[s] + length_ > seen_) continue;  // overlaps this one
    ++compared;
    const double* other = memory_.data() + s * pieces_;
    double distance = 0;
    for (std::size_t i = 0; i < pieces_ && distance < nearest; ++i) {
      const double d = shape_[i] - other[i];
      distance += d * d;
    }
    nearest = std::min(nearest, distance);
  }
  if (seen_ % std::max<std::size_t>(1, length_ / pieces_) == 0) {
    if (ends_at_.size() < shapes_max_) {
      ends_at_.push_back(seen_);
      memory_.insert(memory_.end(), shape_.begin(), shape_.end());
    } else {
      ends_at_[next_] = seen_;
      std::copy(shape_.begin(), shape_.end(), memory_.begin() + static_cast<std::ptrdiff_t>(next_ * pieces_));
      next_ = (next_ + 1) % shapes_max_;
    }
  }
  if (compared < kShapesMin) return {};
  return std::sqrt(nearest / static_cast<double>(pieces_));
}

std::optional<double> JumpVoice::read(const Tail& values) {
  const auto pair = values.last(2);
  if (pair.size() < 2) return {};
  const double step = pair[1] - pair[0];
  std::optional<double> oddness;
  if (steps_.size() >= kJumpsMin) {
    oddness = step > middle_ ? (step - middle_) * up_weight_ : (middle_ - step) * down_weight_;
    // Nothing ever moved: there is no usual size, so a move is as large as one can be.
    if (up_weight_ == 0) oddness = step == middle_ ? 0 : 1 / kJumpSideMin;
  }
  steps_.push(step);
  if (reads_++ % kRefresh == 0 || steps_.size() < 64) {
    middle_ = quantile_of(steps_.all(), 0.5);
    const double up = quantile_of(steps_.all(), 0.95) - middle_;
    const double down = middle_ - quantile_of(steps_.all(), 0.05);
    const double larger = std::max(up, down);
    const double least = kJumpSideMin * larger;
    up_weight_ = larger > 0 ? 1 / std::max(up, least) : 0;
    down_weight_ = larger > 0 ? 1 / std::max(down, least) : 0;
  }
  return oddness;
}

ShiftVoice::ShiftVoice(Duration step) : length_(values_in(hours(6), step, 6)) {}

std::optional<double> ShiftVoice::read(const Tail& values) const {
  if (values.size() < 2 * length_) return {};
  const auto both = values.last(2 * length_);
  return std::abs(mean(both.subspan(length_)) - mean(both.first(length_)));
}

}  // namespace culprit
