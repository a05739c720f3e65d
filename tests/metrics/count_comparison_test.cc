#include "metrics/count_comparison.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace culprit {
namespace {

using Counts = std::vector<std::uint64_t>;

struct Windows {
  std::size_t before;
  std::size_t during;
};

// Counts per minute of many templates: Poisson with a rate that a gamma variable multiplies, which gives the
// negative binomial distribution; `size` is its size, without it they are Poisson.
class Generated {
 public:
  Generated(std::uint64_t seed, Windows windows) : random_(seed), windows_(windows) {}

  void add(double rate_before, double rate_during, std::optional<double> size) {
    Counts before, during;
    for (std::size_t i = 0; i < windows_.before; ++i) before.push_back(draw(rate_before, size));
    for (std::size_t i = 0; i < windows_.during; ++i) during.push_back(draw(rate_during, size));
    counts_.emplace_back(std::move(before), std::move(during));
  }

  // Rates from rare to frequent, evenly on a logarithmic scale.
  void add_unchanged(int n, std::optional<double> size) {
    std::uniform_real_distribution<double> exponent(std::log(0.02), std::log(30));
    for (int i = 0; i < n; ++i) {
      const double rate = std::exp(exponent(random_));
      add(rate, rate, size);
    }
  }

  std::vector<CountComparison> compare(const ComparisonOptions& options = {0.05, 1.0}) const {
    std::vector<TwoCounts> items;
    for (const auto& [before, during] : counts_) items.push_back({before, during});
    const std::vector<double> a(windows_.before, 1);
    const std::vector<double> b(windows_.during, 1);
    return compare_counts(items, {a, b}, options);
  }

 private:
  std::uint64_t draw(double rate, std::optional<double> size) {
    if (size) rate *= std::gamma_distribution<double>(*size, 1 / *size)(random_);
    return rate > 0 ? std::poisson_distribution<std::uint64_t>(rate)(random_) : 0;
  }

  std::mt19937_64 random_;
  Windows windows_;
  std::vector<std::pair<Counts, Counts>> counts_;
};

std::size_t shifted(const std::vector<CountComparison>& results, std::size_t from, std::size_t to) {
  std::size_t n = 0;
  for (auto i = from; i < to; ++i) n += results[i].shift != Shift::kNone ? 1 : 0;
  return n;
}

const std::vector<std::optional<double>> kSizes = {std::nullopt, 5.0, 1.0, 0.2};
const std::vector<Windows> kWindows = {{60, 10}, {30, 30}, {20, 60}};

// When nothing has changed, each discovery is false, and the rate is the share of comparisons with any.
TEST(CompareCounts, UnderTheNullHardlyAnyComparisonFindsSomething) {
  for (const auto& windows : kWindows) {
    for (const auto& size : kSizes) {
      int with_discovery = 0;
      constexpr int kTrials = 20;
      for (std::uint64_t seed = 1; seed <= kTrials; ++seed) {
        Generated counts(seed, windows);
        counts.add_unchanged(400, size);
        with_discovery += shifted(counts.compare(), 0, 400) > 0 ? 1 : 0;
      }
      // At 5 % one is expected; four or more of 20 come by chance once in 60 times at that level, and we do
      // better.
      EXPECT_LE(with_discovery, 3) << windows.before << "/" << windows.during << " size " << size.value_or(0);
    }
  }
}

TEST(CompareCounts, PlantedSurgesAreFoundAndFewOthersTold) {
  for (const auto& size : {std::optional<double>(), std::optional(5.0), std::optional(1.0)}) {
    double false_share = 0;
    std::size_t found = 0;
    constexpr std::size_t kTrials = 10;
    for (std::uint64_t seed = 1; seed <= kTrials; ++seed) {
      Generated counts(seed, {60, 15});
      for (int i = 0; i < 20; ++i) counts.add(2, 20, size);
      for (int i = 0; i < 20; ++i) counts.add(0, 6, size);
      counts.add_unchanged(360, size);
      const auto results = counts.compare();
      const auto right = shifted(results, 0, 40);
      const auto wrong = shifted(results, 40, 400);
      found += right;
      false_share +=
          static_cast<double>(wrong) / static_cast<double>(std::max<std::size_t>(right + wrong, 1));
    }
    EXPECT_LE(false_share / kTrials, 0.05) << size.value_or(0);
    EXPECT_GE(static_cast<double>(found) / (40.0 * kTrials), size == 1.0 ? 0.85 : 0.98) << size.value_or(0);
  }
}

std::vector<CountComparison> compare_one(const Counts& before, const Counts& during) {
  const std::vector<TwoCounts> items{{before, during}};
  const std::vector<double> a(before.size(), 1);
  const std::vector<double> b(during.size(), 1);
  return compare_counts(items, {a, b});
}

TEST(CompareCounts, NamesWhatHappened) {
  const Counts none(30, 0), steady(30, 5), many(30, 25), twelve_percent_more(30, 6);
  EXPECT_EQ(compare_one(none, steady)[0].shift, Shift::kNew);
  EXPECT_EQ(compare_one(steady, none)[0].shift, Shift::kGone);
  EXPECT_EQ(compare_one(steady, many)[0].shift, Shift::kSurged);
  EXPECT_EQ(compare_one(many, steady)[0].shift, Shift::kFallen);
  EXPECT_EQ(compare_one(steady, steady)[0].shift, Shift::kNone);
  const auto little = compare_one(steady, twelve_percent_more)[0];
  EXPECT_EQ(little.shift, Shift::kNone);  // whatever its p: nobody asks for it
  EXPECT_DOUBLE_EQ(little.ratio, 1.2);
  EXPECT_EQ(compare_one(none, none)[0].p, 1);
}

TEST(CompareCounts, ABurstIsNoSurge) {
  // As many in ten minutes as in the hour before, but they come in fits, before and during.
  Counts before(60, 0), during(10, 0);
  before[7] = 40;
  before[31] = 35;
  during[4] = 60;
  const auto burst = compare_one(before, during)[0];
  EXPECT_EQ(burst.shift, Shift::kNone);
  EXPECT_GT(burst.dispersion, 10);
  // The same totals, evenly.
  EXPECT_EQ(compare_one(Counts(60, 1), Counts(10, 6))[0].shift, Shift::kSurged);
}

TEST(CompareCounts, BurstsOfSeveralMinutesCountOnce) {
  // Six minutes of trouble of one cause are not six independent observations.
  Counts before(120, 0), during(24, 0);
  for (std::size_t i = 0; i < 120; ++i) before[i] = (i / 6) % 5 == 0 ? 10 : 0;
  for (std::size_t i = 0; i < 24; ++i) during[i] = (i / 6) % 2 == 0 ? 10 : 0;
  EXPECT_EQ(compare_one(before, during)[0].shift, Shift::kNone);
}

TEST(CompareCounts, RatesAreOfTheExposure) {
  // A value's share of its template's messages: 10 of 100 before, 10 of 10 during.
  const Counts before(30, 10), during(30, 10);
  const std::vector<TwoCounts> items{{before, during}};
  const std::vector<double> a(30, 100), b(30, 10);
  const auto moved = compare_counts(items, {a, b})[0];
  EXPECT_EQ(moved.shift, Shift::kSurged);
  EXPECT_DOUBLE_EQ(moved.ratio, 10);
  // Bins without exposure do not count.
  const std::vector<double> nothing(30, 0);
  EXPECT_EQ(compare_counts(items, {a, nothing})[0].shift, Shift::kNone);
}

TEST(FalseDiscoveryRates, AreBenjaminiAndHochbergs) {
  const std::vector<double> p{0.01, 0.04, 0.03, 0.5};
  const auto q = false_discovery_rates(p);
  EXPECT_DOUBLE_EQ(q[0], 0.04);
  EXPECT_DOUBLE_EQ(q[1], 0.04 * 4 / 3);
  EXPECT_DOUBLE_EQ(q[2], 0.04 * 4 / 3);
  EXPECT_DOUBLE_EQ(q[3], 0.5);
  EXPECT_TRUE(false_discovery_rates({}).empty());
}

}  // namespace
}  // namespace culprit
