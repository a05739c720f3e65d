#include "logs/template_histogram.h"

#include <gtest/gtest.h>

namespace culprit {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const Time kStart = from_epoch_ms(1'755'817'200'000);

struct Fixture {
  TemplateMiner miner;
  TemplateMiner::FormNumber ok = miner.add("took 5 ms");
  TemplateMiner::FormNumber slow = miner.add("took 5s ms");
  TemplateMiner::FormNumber failed = miner.add("failed");
  TemplateSet set = miner.templates();
  std::size_t took = set.template_of_form[ok];
};

TEST(TemplateHistogram, AddsUpTheFormsOfATemplate) {
  Fixture f;
  TemplateHistogram histogram;
  histogram.add(f.slow, kStart + seconds(70), 2);
  histogram.add(f.ok, kStart + seconds(61));
  histogram.add(f.ok, kStart + seconds(5), 3);
  const auto activities = histogram.by_template(f.set);
  const auto& took = activities[f.took];
  EXPECT_EQ(took.count, 6U);
  EXPECT_EQ(took.first, kStart + seconds(5));
  EXPECT_EQ(took.last, kStart + seconds(70));
  EXPECT_EQ(took.bins, (std::vector<TemplateActivity::Bin>{{kStart, 3}, {kStart + minutes(1), 3}}));
  EXPECT_EQ(activities[f.set.template_of_form[f.failed]].count, 0U);
}

TEST(TemplateHistogram, CountsOfAWindowHaveTheirZeros) {
  Fixture f;
  TemplateHistogram histogram;
  histogram.add(f.ok, kStart, 4);
  histogram.add(f.ok, kStart + minutes(3), 1);
  histogram.add(f.ok, kStart + minutes(4), 9);
  const auto took = histogram.by_template(f.set)[f.took];
  EXPECT_EQ(took.counts_in({kStart, kStart + minutes(4)}, minutes(1)),
            (std::vector<std::uint64_t>{4, 0, 0, 1}));
  EXPECT_EQ(took.counts_in({kStart, kStart + minutes(5)}, minutes(2)), (std::vector<std::uint64_t>{4, 1, 9}));
  EXPECT_TRUE(took.counts_in({kStart, kStart}, minutes(1)).empty());
}

TEST(TemplateHistogram, BinsWidenRatherThanGrowWithoutEnd) {
  Fixture f;
  TemplateHistogram histogram(minutes(1), 100);
  for (int i = 0; i < 1000; ++i) histogram.add(i % 2 == 0 ? f.ok : f.failed, kStart + minutes(i));
  EXPECT_GT(histogram.bin(), minutes(1));
  const auto activities = histogram.by_template(f.set);
  EXPECT_EQ(activities[f.took].count, 500U);
  EXPECT_LE(activities[f.took].bins.size(), 101U);
  EXPECT_EQ(activities[f.took].first, kStart);
  std::uint64_t total = 0;
  for (const auto& b : activities[f.took].bins) total += b.count;
  EXPECT_EQ(total, 500U);
}

TEST(TemplateHistogram, TimesBeforeTheEpochHaveBins) {
  Fixture f;
  TemplateHistogram histogram;
  histogram.add(f.ok, from_epoch_ms(-1));
  EXPECT_EQ(histogram.by_template(f.set)[f.took].bins[0].start, from_epoch_ms(-60'000));
}

}  // namespace
}  // namespace culprit
