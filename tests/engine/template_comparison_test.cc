#include "engine/template_comparison.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

namespace culprit {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const Time kStart = from_epoch_ms(1'755'817'200'000);
const ComparedWindows kWindows{{kStart, kStart + minutes(60)}, {kStart + minutes(60), kStart + minutes(80)}};

// An hour of requests, then twenty minutes in which a time-out appears and one endpoint takes the traffic.
struct Story {
  TemplateMiner miner;
  TemplateHistogram histogram;
  TemplateValues endpoints{"GET <*> took <*> ms"};
  std::mt19937 random{3};

  void log(const std::string& message, Time time) {
    histogram.add(miner.add(message), time);
    endpoints.add(message, time);
  }

  void minute(int number) {
    const bool incident = number >= 60;
    const auto time = [&] { return kStart + minutes(number) + seconds(random() % 60); };
    for (int i = 0; i < 20; ++i) {
      const bool slow = incident ? i < 12 : i < 2;
      log(fmt::format("GET /{} took {} ms",
                      slow         ? "reports"
                      : i % 2 == 0 ? "inbox"
                                   : "login",
                      random() % 900),
          time());
    }
    log("cache refreshed", time());
    for (int i = 0; incident && i < 6; ++i)
      log(fmt::format("statement {} timed out", random() % 1000), time());
    if (number < 60 && number % 2 == 0) log("nightly job idle", time());
  }

  Story() {
    for (int i = 0; i < 80; ++i) minute(i);
  }
};

TEST(CompareTemplates, TellsWhatIsNewAndGone) {
  Story story;
  const auto set = story.miner.templates();
  const auto compared = compare_templates(story.histogram.by_template(set), kWindows);
  ASSERT_EQ(compared.size(), 4U);
  EXPECT_EQ(set.templates[compared[0].index].text, "statement <*> timed out");
  EXPECT_EQ(compared[0].counts.shift, Shift::kNew);
  EXPECT_EQ(compared[0].counts.during, 120U);
  EXPECT_EQ(set.templates[compared[1].index].text, "nightly job idle");
  EXPECT_EQ(compared[1].counts.shift, Shift::kGone);
  EXPECT_EQ(compared[2].counts.shift, Shift::kNone);
  EXPECT_EQ(compared[3].counts.shift, Shift::kNone);
}

TEST(CompareValues, TellsWhichEndpointMoved) {
  Story story;
  const auto place = story.endpoints.place(0);
  const auto compared = compare_values(place, story.endpoints.activity(), kWindows);
  ASSERT_EQ(compared.size(), 3U);
  const auto& first = compared[0];
  EXPECT_EQ(place.values[first.index].text, "/reports");
  EXPECT_EQ(first.counts.shift, Shift::kSurged);
  EXPECT_DOUBLE_EQ(first.counts.rate_before, 0.1);
  EXPECT_DOUBLE_EQ(first.counts.rate_during, 0.6);
  EXPECT_EQ(compared[1].counts.shift, Shift::kFallen);
  EXPECT_EQ(story.endpoints.places(), 2U);
}

TEST(CompareTemplates, AShorterLastBinCountsAsWhatItIs) {
  Story story;
  const auto set = story.miner.templates();
  ComparedWindows windows{
      {kStart, kStart + minutes(30)}, {kStart + minutes(30), kStart + minutes(45)}, minutes(2)};
  for (const auto& item : compare_templates(story.histogram.by_template(set), windows)) {
    EXPECT_EQ(item.counts.shift, Shift::kNone) << set.templates[item.index].text;
    if (set.templates[item.index].text == "cache refreshed") {
      EXPECT_DOUBLE_EQ(item.counts.ratio, 1);
    }
  }
}

}  // namespace
}  // namespace culprit
