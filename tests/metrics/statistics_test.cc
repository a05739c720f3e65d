#include "metrics/statistics.h"

#include <gtest/gtest.h>

namespace culprit {
namespace {

TEST(Quantile, OfNothingIsZero) { EXPECT_EQ(quantile({}, 0.5), 0); }

TEST(Quantile, InterpolatesBetweenClosestRanks) {
  EXPECT_DOUBLE_EQ(quantile({4, 1, 3, 2}, 0.5), 2.5);
  EXPECT_DOUBLE_EQ(quantile({10, 20, 30}, 0.95), 29);
  EXPECT_DOUBLE_EQ(quantile({7}, 0.99), 7);
}

TEST(Mad, IgnoresOneOutlier) {
  const std::vector<double> values{1, 2, 3, 4, 1000};
  EXPECT_DOUBLE_EQ(mad(values, 3), 1.4826);
}

}  // namespace
}  // namespace culprit
