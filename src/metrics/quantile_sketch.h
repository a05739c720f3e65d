// Quantiles of many values in bounded memory.
#pragma once

#include <cstdint>
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
  void count_in(int bucket, std::uint64_t n);

  std::uint64_t count_ = 0;
  double sum_ = 0;
  double max_ = 0;
  std::vector<double> exact_;
  std::uint64_t zeros_ = 0;  // values too small to matter
  std::vector<std::uint64_t>
      buckets_;  // [i] holds (g^(first_bucket_+i-1), g^(first_bucket_+i)]; empty while exact
  int first_bucket_ = 0;
  bool collapsed_ = false;
};

}  // namespace culprit
