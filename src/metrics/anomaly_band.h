// The band in which a metric is expected, learned from its history. CloudWatch does not publish its model
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Anomaly_Detection.html); this
// one is stated and robust instead: the median of the same hour of the week, of the same hour of the day when
// there are less than two weeks, of everything when there are less than two days, plus and minus `width`
// robust standard deviations (MAD) of the same values.
#pragma once

#include <chrono>
#include <span>
#include <vector>

#include "telemetry/metric.h"

namespace culprit {

class AnomalyModel {
 public:
  // History ascending. Fewer than kLeast points make a model that knows nothing.
  static AnomalyModel learn(std::span<const Datapoint> history);
  static constexpr std::size_t kLeast = 12;

  bool knows() const { return !buckets_.empty(); }
  struct Band {
    double lower = 0, upper = 0;
  };
  // The band around one time; knows() must hold. Lower is never below 0 when the history never was.
  Band at(Time time, double width) const;

 private:
  struct Bucket {
    double median = 0, spread = 0;
    bool filled = false;
  };
  std::size_t bucket_of(Time time) const;

  std::chrono::hours season_{0};  // a week, a day, or 0: one bucket
  std::vector<Bucket> buckets_;
  Bucket all_;
  bool never_negative_ = true;
};

}  // namespace culprit
