// CloudWatch's statistics, of whatever is known about a period: single values with counts, or a statistic
// set. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace culprit {

struct Statistic {
  enum class Kind {
    kSampleCount,
    kSum,
    kAverage,
    kMinimum,
    kMaximum,
    kPercentile,      // p99.9: `high`
    kTrimmedMean,     // TM(10%:90%), tm90
    kTrimmedCount,    // TC
    kTrimmedSum,      // TS
    kWinsorizedMean,  // WM
    kPercentileRank,  // PR(100:300), in percent
  };
  Kind kind = Kind::kAverage;
  // Bounds: percent of the samples (0 to 100), or values when `absolute`: low exclusive, high inclusive.
  std::optional<double> low, high;
  bool absolute = false;

  bool needs_values() const { return kind >= Kind::kPercentile; }
  bool operator==(const Statistic&) const = default;
};

// "Average", "p99.9", "tm99", "TM(2%:98%)", "PR(:300)", "IQM" …; kInput otherwise.
Result<Statistic> parse_statistic(std::string_view text);

// The samples of one period. Merging is associative and does not depend on the order.
class Samples {
 public:
  void add(double value, double count = 1);
  void add_set(double count, double sum, double minimum, double maximum);
  void merge(const Samples& other);

  bool empty() const { return count_ == 0; }
  double count() const { return count_; }

  // nullopt: no samples, or a statistic that needs single values where only sets are known. A set whose
  // minimum equals its maximum is as good as single values, as CloudWatch has it.
  std::optional<double> evaluate(const Statistic& statistic) const;

 private:
  struct Value {
    double value, count;
  };
  std::vector<Value> sorted() const;

  double count_ = 0, sum_ = 0, minimum_ = 0, maximum_ = 0;
  std::vector<Value> values_;
  bool all_known_ = true;
};

}  // namespace culprit
