// Five weeks of a store with known growth and a known step.
#include "reviews/review.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/file.h"
#include "report/reviews/review_tellers.h"
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
    auto made = review(*store_, *parse_system(kSystem, "shop.yaml"), Zone::utc(), {kind, {}, {}});
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
  // 65 on the last day, so the limit of 80 is some two weeks away; weekends are known.
  ASSERT_TRUE(connections.reach.days);
  EXPECT_NEAR(*connections.reach.days, 14, 4);
  ASSERT_TRUE(connections.error);
  EXPECT_LT(connections.error->percent, 5);
  EXPECT_GE(connections.error->inside, 4u);  // one seed; metrics' tests hold many to 95 %
  EXPECT_EQ(connections.error->tested, 7u);
  const auto in_a_week = forecast(*connections.trend, 7);
  EXPECT_LE(in_a_week.low, 63 + 1.5);  // the seventh day is a Sunday
  EXPECT_GE(in_a_week.high, 63);
  const auto& cpu = r.metrics[1];
  ASSERT_TRUE(cpu.trend && cpu.trend->step);
  EXPECT_EQ(cpu.trend->step->day, 24u);
  EXPECT_LE(cpu.trend->step->low, 15);
  EXPECT_GE(cpu.trend->step->high, 15);
  const auto text = render_review_markdown(r);
  EXPECT_EQ(connections.daily_is, "p95");  // a plan looks at the busy minutes
  EXPECT_THAT(text, HasSubstr("from 2026-01-29 on"));
  EXPECT_THAT(text, HasSubstr("Queue: no datapoint in the evidence"));
}

TEST_F(Weeks, ComparesTheLastWeekWithTheFourBefore) {
  make(35);
  const Review r = look(Review::Kind::kWeekly);
  EXPECT_NEAR(*r.metrics[1].week, 35, 1);
  EXPECT_NEAR(*r.metrics[1].weeks_before, 20, 1);
  EXPECT_THAT(render_review_markdown(r), HasSubstr("| CPU | percent | "));
}

TEST_F(Weeks, TellsWhichMetricsMovedAndHow) {
  make(35);
  const Review r = look(Review::Kind::kWeekly);
  EXPECT_TRUE(r.metrics[1].moved);
  EXPECT_EQ(r.metrics[0].daily_is, "median");
  EXPECT_THAT(render_review_markdown(r), HasSubstr("in one step on 2026-01-29"));
}

TEST_F(Weeks, ADayThatIsThereInPartOnlyIsLeftOutAtTheEnd) {
  make(35);
  auto made = review(*store_, *parse_system(kSystem, "shop.yaml"), Zone::utc(),
                     {Review::Kind::kWeekly, {}, *parse_iso8601("2026-02-08T06:00:00Z")});
  ASSERT_TRUE(made);
  EXPECT_EQ(made->metrics[0].daily.size(), 34u);
  made = review(*store_, *parse_system(kSystem, "shop.yaml"), Zone::utc(),
                {Review::Kind::kWeekly, *parse_iso8601("2026-01-12T00:00:00Z"),
                 *parse_iso8601("2026-02-08T23:00:00Z")});
  ASSERT_TRUE(made);
  EXPECT_EQ(made->metrics[0].daily.size(), 28u);
}

TEST_F(Weeks, ThePageHasAChartForEachMetricAndNoAddress) {
  make(35);
  const Review monthly = look(Review::Kind::kMonthly);
  const auto html = render_review_html(monthly);
  EXPECT_THAT(html, HasSubstr("class=\"line s2\""));  // the fitted line
  EXPECT_THAT(html, HasSubstr("forecast"));
  EXPECT_THAT(html, testing::Not(HasSubstr("http://127")));
  EXPECT_THAT(html, testing::Not(testing::ContainsRegex("(src|href)=\"https?:")));
  std::size_t plots = 0;
  for (std::size_t at = html.find("<svg class=\"plot\""); at != std::string::npos;
       at = html.find("<svg class=\"plot\"", at + 1))
    ++plots;
  EXPECT_EQ(plots, monthly.metrics.size());
}

TEST_F(Weeks, TheSameReviewGivesTheSameBytes) {
  make(35);
  for (const auto kind : {Review::Kind::kWeekly, Review::Kind::kMonthly}) {
    const Review one = look(kind), two = look(kind);
    EXPECT_EQ(render_review_json(one), render_review_json(two));
    EXPECT_EQ(render_review_html(one), render_review_html(two));
  }
}

TEST_F(Weeks, WhatMessagesSayIsEscapedAndRedacted) {
  make(35);
  Review r = look(Review::Kind::kWeekly);
  r.templates_compared = true;
  r.templates.push_back(
      {"/web", "<script>alert(1)</script> mailed ana@example.com", "x", "new", 7, 0, r.week.start});
  r.changes.push_back({r.week.start, "db", "schema", "DROP | INDEX `a`", 1});
  redact(r);
  const auto html = render_review_html(r);
  EXPECT_THAT(html, testing::Not(HasSubstr("<script>alert")));
  EXPECT_THAT(html, testing::Not(HasSubstr("ana@example.com")));
  EXPECT_THAT(render_review_markdown(r), testing::Not(HasSubstr("ana@example.com")));
}

TEST_F(Weeks, SaysWhenThereIsNotEnoughHistory) {
  make(10);
  const Review r = look(Review::Kind::kMonthly);
  EXPECT_FALSE(r.metrics[0].trend);
  EXPECT_THAT(render_review_markdown(r), HasSubstr("not enough history: 10 days with data of 15 needed"));
}

TEST_F(Weeks, ADashIsExplainedAndUnknownStepsAreNotDenied) {
  make(3);
  const auto text = render_review_markdown(look(Review::Kind::kWeekly));
  EXPECT_THAT(text, HasSubstr("—: not enough history"));
  EXPECT_THAT(text, HasSubstr("Not enough history to tell (15 days with data are needed): "));
  EXPECT_THAT(text, testing::Not(HasSubstr("No metric changed its level")));
}

TEST_F(Weeks, FiguresAreInTheWordsOfTheirUnit) {
  make(35);
  EXPECT_THAT(render_review_markdown(look(Review::Kind::kWeekly)),
              HasSubstr("| CPU | percent | 35 % | 19.9 % | +76 % |"));
}

TEST_F(Weeks, WithoutDatapointsThereIsNothingToReview) {
  make(1);
  const auto other = parse_system(
      "system: x\ncomponents:\n  - {id: db, kind: rds-instance, name: y}\nmetrics:\n"
      "  - {id: db.cpu, title: CPU, metric: CPUUtilization, unit: percent}\n",
      "x.yaml");
  ASSERT_TRUE(other) << other.error().message();
  EXPECT_EQ(review(*store_, *other, Zone::utc(), {}).error().code, ErrorCode::kInput);
}

}  // namespace
}  // namespace culprit
