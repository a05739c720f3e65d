// Quantiles of many values in bounded memory.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

namespace culprit {

// Exact up to 2,048 values; beyond that a DDSketch (Masson, Rim, Lee, VLDB 2019) with a relative error of at
// most 1 %. Values are non-negative; mergeable; the result does not depend on the order of values.
class QuantileSketch {
 public:
  void add(double value);
  void merge(const QuantileSketch& other);

  std::uint64_t count() const { return count_; }
  double sum() const { return sum_; }
  double max() const { return max_; }  // exact; 0 when empty
  double quantile(double p) const;     // p in [0, 1]; 0 when empty

 private:
  void collapse();

  std::uint64_t count_ = 0;
  double sum_ = 0;
  double max_ = 0;
  std::vector<double> exact_;
  std::map<int, std::uint64_t> buckets_;  // bucket i holds (g^(i-1), g^i]; empty while exact
  bool collapsed_ = false;
};

}  // namespace culprit
