// Finding the rows of a trouble that nobody has marked.
#include "metrics/disturbed_rows.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <random>

namespace culprit {
namespace {

using testing::ElementsAre;

// Ten noisy signals; `moved` of them stand `height` higher in the rows of each stretch.
class Recording {
 public:
  explicit Recording(std::size_t rows, unsigned seed = 1) {
    std::mt19937 random(seed);
    std::normal_distribution<double> noise;
    for (int s = 0; s < 10; ++s) {
      SignalRows signal{"s" + std::to_string(s), {}, 0};
      for (std::size_t row = 0; row < rows; ++row) signal.values.push_back(100 + 5 * noise(random));
      signals.push_back(std::move(signal));
    }
  }
  Recording& raise(RowRange rows, double height, std::size_t first = 0, std::size_t count = 10) {
    for (std::size_t s = first; s < first + count; ++s)
      for (std::size_t row = rows.first; row <= rows.last; ++row) signals[s].values[row] += height;
    return *this;
  }
  std::vector<SignalRows> signals;
};

bool near(RowRange found, RowRange truth, std::size_t rows) {
  const auto off = [](std::size_t a, std::size_t b) { return a > b ? a - b : b - a; };
  return off(found.first, truth.first) <= rows && off(found.last, truth.last) <= rows;
}

TEST(DisturbedRows, AStretchIsFoundWhereverItLies) {
  for (const RowRange truth : {RowRange{20, 50}, {60, 75}, {80, 119}}) {
    const auto found = find_disturbed_rows(Recording(120).raise(truth, 30).signals);
    ASSERT_FALSE(found.empty());
    EXPECT_TRUE(near(found[0], truth, 1)) << found[0].first << "-" << found[0].last;
  }
}

TEST(DisturbedRows, OneQuietStretchIsNotTwo) {
  EXPECT_EQ(find_disturbed_rows(Recording(120).raise({40, 70}, 30).signals).size(), 1U);
}

TEST(DisturbedRows, ASecondPhaseWithOtherSignalsIsFoundBesideALouderOne) {
  auto recording = Recording(160).raise({40, 70}, 60, 0, 6).raise({90, 120}, 60, 5, 4);
  const auto found = find_disturbed_rows(recording.signals);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_TRUE(near(found[0], {40, 70}, 1)) << found[0].first << "-" << found[0].last;
  EXPECT_TRUE(near(found[1], {90, 120}, 1)) << found[1].first << "-" << found[1].last;
}

TEST(DisturbedRows, ASpikeIsNoStretch) {
  const auto found = find_disturbed_rows(Recording(120).raise({30, 30}, 500).raise({60, 80}, 30).signals);
  ASSERT_FALSE(found.empty());
  EXPECT_TRUE(near(found[0], {60, 80}, 1));
}

TEST(DisturbedRows, RowsBeforeTheFirstDoNotCount) {
  auto recording = Recording(120).raise({0, 14}, -90).raise({60, 80}, 20);
  const auto found = find_disturbed_rows(recording.signals, 15);
  ASSERT_FALSE(found.empty());
  EXPECT_TRUE(near(found[0], {60, 80}, 1));
}

TEST(DisturbedRows, NothingStandsOutWhereNothingMovesOrTooLittleIsKnown) {
  const std::vector<SignalRows> constant{{"a", std::vector<double>(100, 7), 0}};
  EXPECT_TRUE(find_disturbed_rows(constant).empty());
  EXPECT_TRUE(find_disturbed_rows({}).empty());
  EXPECT_TRUE(find_disturbed_rows(Recording(20).signals).empty());
  EXPECT_TRUE(find_disturbed_rows(Recording(120).signals, 200).empty());
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<SignalRows> missing{{"a", std::vector<double>(100, nan), 0}};
  EXPECT_TRUE(find_disturbed_rows(missing).empty());
}

TEST(DisturbedRows, ALongRecordingIsSearchedInSteps) {
  const auto found = find_disturbed_rows(Recording(5000).raise({2000, 2600}, 30).signals);
  ASSERT_FALSE(found.empty());
  EXPECT_TRUE(near(found[0], {2000, 2600}, 5)) << found[0].first << "-" << found[0].last;
}

TEST(RowsBesides, AreAllOthersFromTheFirstOn) {
  const std::vector<RowRange> ranges{{5, 6}, {10, 20}};
  EXPECT_THAT(rows_besides(ranges, 2, 15), ElementsAre(RowRange{2, 4}, RowRange{7, 9}));
  EXPECT_THAT(rows_besides({}, 0, 3), ElementsAre(RowRange{0, 2}));
  EXPECT_THAT(rows_besides(ranges, 12, 15), ElementsAre());
}

}  // namespace
}  // namespace culprit
