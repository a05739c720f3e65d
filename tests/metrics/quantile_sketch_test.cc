#include "metrics/quantile_sketch.h"

#include <gtest/gtest.h>

#include <random>

#include "metrics/statistics.h"

namespace culprit {
namespace {

TEST(QuantileSketch, IsExactForFewValues) {
  QuantileSketch sketch;
  for (double v : {14000.0, 10.0, 20.0, 30.0}) sketch.add(v);
  EXPECT_DOUBLE_EQ(sketch.quantile(0.5), 25);
  EXPECT_DOUBLE_EQ(sketch.max(), 14000);
  EXPECT_EQ(sketch.count(), 4u);
}

TEST(QuantileSketch, StaysWithinOnePercentForManyValues) {
  std::mt19937_64 random(7);
  std::lognormal_distribution<double> latency(3, 1.5);
  QuantileSketch sketch;
  std::vector<double> values;
  for (int i = 0; i < 50'000; ++i) {
    values.push_back(latency(random));
    sketch.add(values.back());
  }
  for (double p : {0.5, 0.9, 0.95, 0.99}) {
    const double exact = quantile(values, p);
    EXPECT_NEAR(sketch.quantile(p), exact, exact * 0.0105) << "p" << p;
  }
}

TEST(QuantileSketch, MergingEqualsAddingAll) {
  QuantileSketch left, right, all;
  for (int i = 0; i < 6000; ++i) {
    const double v = (i * 7919) % 1000;
    (i % 3 == 0 ? left : right).add(v);
    all.add(v);
  }
  left.merge(right);
  for (double p : {0.0, 0.5, 0.95, 1.0}) EXPECT_DOUBLE_EQ(left.quantile(p), all.quantile(p));
}

}  // namespace
}  // namespace culprit
