#include "metrics/strongest_run.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <random>

namespace culprit {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(StrongestRun, OneHighRowIsItsOwnRun) {
  const std::vector<double> excess{0, 0, 9, 0, 0};
  const auto run = strongest_run(excess);
  EXPECT_EQ(run.first, 2U);
  EXPECT_EQ(run.rows, 1U);
  EXPECT_DOUBLE_EQ(run.strength, 9);
}

TEST(StrongestRun, ALastingDisturbanceBeatsAHigherSingleRow) {
  const std::vector<double> excess{7, 0, 0, 4, 4, 4, 4};
  const auto run = strongest_run(excess);
  EXPECT_EQ(run.first, 3U);
  EXPECT_EQ(run.rows, 4U);
  EXPECT_DOUBLE_EQ(run.strength, 8);  // 16 / sqrt(4)
}

TEST(StrongestRun, MissingRowsCountAsOrdinary) {
  const std::vector<double> excess{kNaN, 3, kNaN, std::numeric_limits<double>::infinity()};
  EXPECT_DOUBLE_EQ(strongest_run(excess).strength, 3);
}

TEST(StrongestRun, OfNothingIsNothing) { EXPECT_EQ(strongest_run({}).rows, 0U); }

TEST(StrongestRun, LengthsGrowByHalves) {
  EXPECT_THAT(run_lengths(13), testing::ElementsAre(1, 2, 3, 4, 6, 8, 12));
  EXPECT_THAT(run_lengths(1), testing::ElementsAre(1));
  EXPECT_THAT(run_lengths(0), testing::IsEmpty());
}

TEST(StrongestRuns, EachWindowIsWhatTheWindowAloneGives) {
  std::mt19937 random(7);
  std::normal_distribution<double> noise;
  std::vector<double> excess(300);
  for (auto& v : excess) v = noise(random) > 2 ? kNaN : noise(random);
  for (const std::size_t rows : {1U, 2U, 5U, 17U, 300U}) {
    const auto all = strongest_runs(excess, rows);
    ASSERT_EQ(all.size(), excess.size() - rows + 1);
    for (std::size_t i = 0; i < all.size(); ++i)
      ASSERT_NEAR(all[i], strongest_run(std::span(excess).subspan(i, rows)).strength, 1e-9)
          << rows << " at " << i;
  }
}

TEST(StrongestRuns, AWindowLongerThanTheRowsHasNone) {
  const std::vector<double> excess{1, 2};
  EXPECT_TRUE(strongest_runs(excess, 3).empty());
  EXPECT_TRUE(strongest_runs(excess, 0).empty());
}

}  // namespace
}  // namespace culprit
