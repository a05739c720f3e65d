// Statistics of a group of rows in bounded memory.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "insights/query.h"
#include "metrics/quantile_sketch.h"

namespace culprit::insights {

// How many different values: exact up to 4,096, then HyperLogLog (Flajolet et al., 2007) with a standard
// error of 1.6 %.
class DistinctCount {
 public:
  void add(std::string_view value);
  double count() const;
  std::size_t bytes() const { return seen_.size() * 24 + registers_.size(); }

 private:
  void count_in(std::uint64_t hash);
  std::unordered_set<std::uint64_t> seen_;
  std::vector<std::uint8_t> registers_;  // empty while exact
};

// Percentiles, by nearest rank: exact up to 2,048 values, then within 1 %.
class Percentiles {
 public:
  void add(double value);
  std::optional<double> at(double percent) const;
  std::size_t bytes() const { return values_.size() * sizeof(double) + (spilled_ ? 2 * 16'384 : 0); }

 private:
  std::vector<double> values_;
  bool spilled_ = false;
  QuantileSketch below_;  // of values < 0, without their sign
  QuantileSketch above_;
};

// One aggregate of one group.
class Tally {
 public:
  explicit Tally(AggregateKind kind) : kind_(kind) {}

  // `time` and `number` order events for earliest() and latest(). `value` missing: not counted.
  void add(const Value& value, Time time, std::uint64_t number);
  void count_row() { ++count_; }
  Value result(double parameter) const;
  // What it took since it was last asked, in memory.
  std::size_t grown_bytes();

 private:
  struct Dated {
    Value value;
    Time time;
    std::uint64_t number = 0;
  };
  void add_extreme(const Value& value);
  void add_number(double number);
  std::size_t bytes() const;

  AggregateKind kind_;
  std::uint64_t count_ = 0;
  double sum_ = 0, mean_ = 0, squares_ = 0;  // Welford
  Value best_;                               // minimum, maximum, sortsFirst, sortsLast
  std::optional<Dated> dated_;
  std::unique_ptr<DistinctCount> distinct_;
  std::unique_ptr<Percentiles> percentiles_;
  boost::json::array values_;
  std::size_t told_bytes_ = 0;
};

}  // namespace culprit::insights
