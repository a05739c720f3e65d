// The voices of the anomaly scorer: each reads how odd a value is, in a measure of its own, or nothing while
// it has seen too little.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/time.h"
#include "metrics/tail.h"

namespace culprit {

// What the voices share: the last day's values and the same with their spread evened out.
struct RecentValues {
  RecentValues(Duration step, std::size_t day_values);

  void push(double value);

  Duration step;     // usual distance of stamps
  Tail values;       // of a day
  Tail roots;        // signed square roots: counts then vary alike at all levels
  double level = 0;  // mean of `values`
  double noise = 0;  // what arithmetic alone may leave of these values: to be read as zero
  double roots_noise = 0;
};

// Distance from what is usual at this time of day, after the level of the last day is taken away.
class TimeOfDayVoice {
 public:
  std::optional<double> read(Time time, const RecentValues& recent);

 private:
  struct Hour {
    std::vector<double> values;
    std::size_t next = 0;
  };
  std::array<Hour, 24> hours_;
  std::vector<double> near_;  // scratch: the values of this hour and its neighbours
  Tail residuals_{2000};
  double usual_residual_ = 0;
  std::size_t reads_ = 0;
};

// Distance of the last stretch of values from the nearest stretch seen before: a discord, as in Keogh, Lin,
// Fu, HOT SAX, ICDM 2005, but over a stream and a bounded memory.
class ShapeVoice {
 public:
  ShapeVoice(Duration stretch, std::size_t pieces, std::size_t values_min, Duration step);

  std::optional<double> read(const Tail& values);

 private:
  std::size_t length_;  // in values
  std::size_t pieces_;
  std::size_t shapes_max_;
  std::size_t seen_ = 0;
  std::vector<double> shape_;
  std::vector<double> memory_;        // shapes, `pieces_` numbers each
  std::vector<std::size_t> ends_at_;  // of each shape, counted in values
  std::size_t next_ = 0;
};

// Size of the last step, upwards and downwards each beside its own usual size.
class JumpVoice {
 public:
  std::optional<double> read(const Tail& values);

 private:
  Tail steps_{8000};
  double middle_ = 0, up_weight_ = 0, down_weight_ = 0;
  std::size_t reads_ = 0;
};

// Difference between the mean of the last six hours and of the six before.
class ShiftVoice {
 public:
  explicit ShiftVoice(Duration step);

  std::optional<double> read(const Tail& values) const;

 private:
  std::size_t length_;
};

}  // namespace culprit
