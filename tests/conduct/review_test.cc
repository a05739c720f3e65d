// Five weeks of a store with known growth and a known step.
#include "conduct/review.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/file.h"
#include "store/embedded_store.h"
#include "system/load_system.h"

namespace culprit {
namespace {

using testing::HasSubstr;

constexpr std::string_view kSystem = R"(system: shop
components:
  - {id: db, kind: rds-instance, name: shop-db}
metrics:
  - {id: db.connections, title: Connections, metric: DatabaseConnections, unit: count, high: {above: 80}}
  - {id: db.cpu, title: CPU, metric: CPUUtilization, unit: percent, high: {above: 70}}
  - {id: db.queue, title: Queue, metric: DiskQueueDepth, unit: count}
)";

class Weeks : public testing::Test {
 protected:
  // Connections grow by one a day from 30; CPU steps from 20 to 35 on day 24. A datapoint an hour.
  void make(int days) {
    directory_.emplace(*TemporaryDirectory::create());
    auto writer = *create_store(directory_->path() / "s");
    std::mt19937 random(7);
    std::normal_distribution<double> noise(0, 1);
    Series connections{{"AWS/RDS", "DatabaseConnections", {{"DBInstanceIdentifier", "shop-db"}}},
                       "Average",
                       "Count",
                       std::chrono::hours(1),
                       {}};
    Series cpu = connections;
    cpu.id.name = "CPUUtilization";
    const Time start = *parse_iso8601("2026-01-05T00:00:00Z");
    for (int h = 0; h < 24 * days; ++h) {
      const Time t = start + std::chrono::hours(h);
      const bool weekend = h / 24 % 7 >= 5;
      connections.points.push_back({t, 30 + h / 24.0 + (weekend ? -10 : 0) + noise(random)});
      cpu.points.push_back({t, (h / 24 >= 24 ? 35 : 20) + (weekend ? -5 : 0) + noise(random)});
    }
    ASSERT_TRUE(writer->put_series(connections));
    ASSERT_TRUE(writer->put_series(cpu));
    ASSERT_TRUE(writer->commit());
    writer.reset();
    store_ = std::move(*open_store(directory_->path() / "s"));
  }
  Review look(Review::Kind kind) {
    auto made = review(*store_, *parse_system(kSystem, "shop.yaml"), Zone::utc(), kind, std::nullopt);
    if (!made) ADD_FAILURE() << made.error().message();
    return made ? *made : Review{};
  }
  std::optional<TemporaryDirectory> directory_;
  std::unique_ptr<Store> store_;
};

TEST_F(Weeks, FindsTheGrowthAndTheStep) {
  make(35);
  const Review r = look(Review::Kind::kMonthly);
  ASSERT_EQ(r.metrics.size(), 2u);
  const auto& connections = r.metrics[0];
  ASSERT_TRUE(connections.trend);
  EXPECT_TRUE(connections.trend->grows());
  EXPECT_LE(connections.trend->low, 1.0);
  EXPECT_GE(connections.trend->high, 1.0);
  EXPECT_FALSE(connections.trend->step);
  // 65 on the last day, so the limit of 80 is some two weeks away.
  ASSERT_TRUE(connections.reach.days);
  EXPECT_NEAR(*connections.reach.days, 18, 6);
  ASSERT_TRUE(connections.error);
  EXPECT_LT(connections.error->percent, 25);
  const auto& cpu = r.metrics[1];
  ASSERT_TRUE(cpu.trend && cpu.trend->step);
  EXPECT_EQ(cpu.trend->step->day, 24u);
  EXPECT_LE(cpu.trend->step->low, 15);
  EXPECT_GE(cpu.trend->step->high, 15);
  const auto text = review_markdown(r);
  EXPECT_THAT(text, HasSubstr("from 2026-01-29 on"));
  EXPECT_THAT(text, HasSubstr("Queue: no datapoint in the evidence"));
}

TEST_F(Weeks, ComparesTheLastWeekWithTheFourBefore) {
  make(35);
  const Review r = look(Review::Kind::kWeekly);
  EXPECT_NEAR(*r.metrics[1].week, 35, 1);
  EXPECT_NEAR(*r.metrics[1].weeks_before, 20, 1);
  EXPECT_THAT(review_markdown(r), HasSubstr("| CPU | percent | "));
}

TEST_F(Weeks, SaysWhenThereIsNotEnoughHistory) {
  make(10);
  const Review r = look(Review::Kind::kMonthly);
  EXPECT_FALSE(r.metrics[0].trend);
  EXPECT_THAT(review_markdown(r), HasSubstr("not enough history: 10 days with data of 15 needed"));
}

TEST_F(Weeks, ADashIsExplainedAndUnknownStepsAreNotDenied) {
  make(3);
  const auto text = review_markdown(look(Review::Kind::kWeekly));
  EXPECT_THAT(text, HasSubstr("—: not enough history"));
  EXPECT_THAT(text, HasSubstr("Not enough history to tell (15 days with data are needed): "));
  EXPECT_THAT(text, testing::Not(HasSubstr("No metric changed its level")));
}

TEST_F(Weeks, FiguresAreInTheWordsOfTheirUnit) {
  make(35);
  EXPECT_THAT(review_markdown(look(Review::Kind::kWeekly)),
              HasSubstr("| CPU | percent | 35 % | 19.9 % | +76 % |"));
}

TEST_F(Weeks, WithoutDatapointsThereIsNothingToReview) {
  make(1);
  const auto other = parse_system(
      "system: x\ncomponents:\n  - {id: db, kind: rds-instance, name: y}\nmetrics:\n"
      "  - {id: db.cpu, title: CPU, metric: CPUUtilization, unit: percent}\n",
      "x.yaml");
  ASSERT_TRUE(other) << other.error().message();
  EXPECT_EQ(review(*store_, *other, Zone::utc(), Review::Kind::kWeekly, std::nullopt).error().code,
            ErrorCode::kInput);
}

}  // namespace
}  // namespace culprit
