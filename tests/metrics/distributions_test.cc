#include "metrics/distributions.h"

#include <gtest/gtest.h>

namespace culprit {
namespace {

// Known values: tables of Student's t (t squared is F with 1 degree of freedom) and of the binomial
// distribution.
TEST(Distributions, AgreeWithTables) {
  EXPECT_NEAR(f_tail(2.228 * 2.228, 10), 0.05, 1e-4);
  EXPECT_NEAR(f_tail(12.706 * 12.706, 1), 0.05, 1e-4);
  EXPECT_NEAR(f_tail(3.291 * 3.291, 1e7), 0.001, 1e-5);
  EXPECT_NEAR(incomplete_beta(2, 3, 0.4), 0.5248, 1e-10);
  EXPECT_NEAR(binomial_upper_tail(8, 10, 0.5), 56.0 / 1024, 1e-12);
  EXPECT_NEAR(binomial_lower_tail(2, 10, 0.5), 56.0 / 1024, 1e-12);
  EXPECT_NEAR(binomial_upper_tail(5, 5, 0.1), 1e-5, 1e-15);
}

TEST(Distributions, HoldAtTheirEdges) {
  EXPECT_EQ(incomplete_beta(1, 1, 0), 0);
  EXPECT_EQ(incomplete_beta(1, 1, 1), 1);
  EXPECT_EQ(f_tail(0, 5), 1);
  EXPECT_EQ(binomial_upper_tail(0, 5, 0.3), 1);
  EXPECT_EQ(binomial_lower_tail(5, 5, 0.3), 1);
  EXPECT_EQ(binomial_upper_tail(6, 5, 0.3), 0);
  EXPECT_GT(f_tail(1e5, 100), 0);
  EXPECT_NEAR(incomplete_beta(5e6, 5e6, 0.5), 0.5, 1e-6);
}

}  // namespace
}  // namespace culprit
