// Tables that are wrong in every way seen in practice: each gives a note or a plain refusal, and no wrong
// confidence.
#include <gmock/gmock.h>

#include <limits>

#include "small_world.h"

namespace culprit {
namespace {

using namespace small_world;  // NOLINT: the vocabulary of these stories
using testing::Contains;
using testing::HasSubstr;

struct Wrong {
  const char* name;
  std::function<void(MetricTable&)> spoil;
  const char* note;   // that the answer holds; empty: none is needed
  const char* cause;  // that is still named
};

ComponentSignal& find(MetricTable& table, const char* component, const char* metric) {
  for (auto& s : table.signals)
    if (s.component == component && s.metric == metric) return s;
  return table.signals.front();
}

const std::vector<Wrong>& wrongs() {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  static const std::vector<Wrong> list{
      {"NotNumbers",
       [](MetricTable& t) {
         for (const std::size_t row : {3U, 60U, 201U}) find(t, "store", "latency").points[row].value = kNaN;
         find(t, "cart", "latency").points[9].value = kInfinity;
         find(t, "cart", "latency").points[10].value = -kInfinity;
       },
       "5 values are no finite numbers and were dropped in 2 series", "store"},
      {"RepeatedTimes",
       [](MetricTable& t) {
         auto& points = find(t, "store", "latency").points;
         points.insert(points.end(), points.begin(), points.begin() + 40);
       },
       "40 repeated times were averaged", "store"},
      {"UnsortedTimes",
       [](MetricTable& t) {
         std::reverse(find(t, "cart", "latency").points.begin(), find(t, "cart", "latency").points.end());
       },
       "times were not in order and were sorted", "store"},
      {"Gaps",
       [](MetricTable& t) {
         for (auto& s : t.signals) s.points.erase(s.points.begin() + 100, s.points.begin() + 130);
       },
       "", "store"},
      {"ACounterThatResets",
       [](MetricTable& t) {
         auto& s = find(t, "store", "requests");
         double sum = 1e6;
         for (std::size_t row = 0; row < s.points.size(); ++row) {
           sum = row == 120 ? 0 : sum + s.points[row].value;
           s.points[row].value = sum;
         }
       },
       "1 series are counters, the first store requests", "store"},
      {"OneSample", [](MetricTable& t) { find(t, "ads", "latency").points.resize(1); },
       "1 series hold a single value", "store"},
      {"ConstantSeries",
       [](MetricTable& t) {
         for (auto& p : find(t, "ads", "latency").points) p.value = 1;
       },
       "1 series never change", "store"},
      {"ASaturatedSeries", [](MetricTable& t) { t.signals.push_back(series("ads", "cpu", 100, 0)); },
       "1 series never change", "store"},
      {"ACircleOfCalls",
       [](MetricTable& t) {
         t.calls.push_back({"ads", "front"});
       },
       "2 components call each other in a circle (ads, front)", "store"},
      {"UnknownComponents",
       [](MetricTable& t) {
         t.calls.push_back({"front", "nowhere"});
       },
       "1 calls name a component without series", "store"},
      {"CallsOfOneself",
       [](MetricTable& t) {
         t.calls.push_back({"store", "store"});
       },
       "", "store"},
      {"NoGraph",
       [](MetricTable& t) {
         t.calls.clear();
         t.graph_given = false;
       },
       "no graph of calls", ""},
      {"AComponentThatFellSilent",
       [](MetricTable& t) {
         for (auto& s : t.signals)
           if (s.component == "ads") s.points.erase(s.points.begin() + kFirst, s.points.begin() + kLast);
       },
       "1 components have no data in the window, the first ads", "store"},
      {"AComponentThatIsNew",
       [](MetricTable& t) {
         auto fresh = series("cache", "latency", 2, 0.1);
         fresh.points.erase(fresh.points.begin(), fresh.points.begin() + kFirst);
         fresh.points.resize(kLast - kFirst);
         t.signals.push_back(fresh);
         t.calls.push_back({"store", "cache"});
       },
       "1 components have no data in the baseline, the first cache", "store"},
      {"ClocksThatDiffer",
       [](MetricTable& t) {
         for (auto& s : t.signals)
           if (s.component == "cart")
             for (auto& p : s.points) p.time += std::chrono::seconds(17);
       },
       "", "store"},
  };
  return list;
}

class BadTable : public testing::TestWithParam<Wrong> {};

TEST_P(BadTable, IsToldAndDoesNotMislead) {
  auto table = shop({.store = 0.3});
  GetParam().spoil(table);
  const auto ranking = ask(table);
  if (*GetParam().note != '\0') {
    EXPECT_THAT(ranking.notes, Contains(HasSubstr(GetParam().note)));
  }
  if (*GetParam().cause != '\0') {
    EXPECT_EQ(first_cause(ranking), GetParam().cause);
  }
}

TEST_P(BadTable, OfAQuietTimeHasNoCause) {
  auto table = shop();
  GetParam().spoil(table);
  const auto ranking = ask(table);
  EXPECT_TRUE(ranking.causes.empty()) << first_cause(ranking) << ": " << ranking.reason;
}

INSTANTIATE_TEST_SUITE_P(Kinds, BadTable, testing::ValuesIn(wrongs()),
                         [](const auto& wrong) { return std::string(wrong.param.name); });

TEST(BadQuestion, AnUnknownTargetIsRefusedWithAName) {
  const auto aligned = align_table(shop());
  auto about = question();
  about.target = "nobody";
  const auto ranking = rank_causes(*aligned, about);
  ASSERT_FALSE(ranking);
  EXPECT_EQ(ranking.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(ranking.error().hint, HasSubstr("'ads'"));
}

TEST(BadQuestion, AWindowWithoutDataCannotBeJudged) {
  auto about = question();
  about.window = {row_time(9000), row_time(9010)};
  const auto ranking = ask(shop({.store = 0.3}), about);
  EXPECT_EQ(ranking.verdict, CauseVerdict::kCannotTell);
  EXPECT_EQ(ranking.reason, "there is no data in the window");
}

TEST(BadQuestion, ABaselineOfAFewRowsTellsNothing) {
  auto about = question();
  about.baseline = Window{row_time(kFirst - 5), row_time(kFirst)};
  const auto ranking = ask(shop({.store = 0.3}), about);
  EXPECT_EQ(ranking.verdict, CauseVerdict::kCannotTell) << ranking.reason;
  EXPECT_TRUE(ranking.causes.empty());
}

TEST(BadQuestion, ATableWithoutAValueIsRefused) {
  MetricTable table;
  table.signals.push_back({"a", "latency", {}, {}, {}, {}});
  EXPECT_FALSE(align_table(table));
}

TEST(BadQuestion, ATargetWithoutDataInTheWindowCannotBeJudged) {
  auto table = shop({.store = 0.3});
  for (auto& s : table.signals)
    if (s.component == "front") s.points.erase(s.points.begin() + kFirst, s.points.begin() + kLast);
  auto about = question();
  about.target = "front";
  about.symptom = CauseVoice::kWaiting;
  const auto ranking = ask(table, about);
  EXPECT_EQ(ranking.verdict, CauseVerdict::kCannotTell);
  EXPECT_EQ(ranking.reason, "nothing is known of front in the window");
}

}  // namespace
}  // namespace culprit
