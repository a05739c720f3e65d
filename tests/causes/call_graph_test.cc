#include "causes/call_graph.h"

#include <gmock/gmock.h>

namespace culprit {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<std::string> kNames{"a", "b", "c", "d"};

TEST(CallGraph, KnowsCalleesOnceAndInOrder) {
  const CallGraph graph(kNames, {{"a", "c"}, {"a", "b"}, {"a", "c"}, {"b", "b"}});
  EXPECT_THAT(graph.callees(0), ElementsAre(1, 2));
  EXPECT_THAT(graph.callees(1), IsEmpty());
  EXPECT_THAT(graph.callers(2), ElementsAre(0));
  EXPECT_THAT(graph.entries(), ElementsAre(0));
}

TEST(CallGraph, CountsCallsOfUnknownComponents) {
  EXPECT_EQ(CallGraph(kNames, {{"a", "z"}, {"z", "a"}, {"a", "b"}}).unknown_calls(), 2U);
}

TEST(CallGraph, FindsCircles) {
  const CallGraph graph(kNames, {{"a", "b"}, {"b", "c"}, {"c", "b"}, {"c", "d"}});
  EXPECT_EQ(graph.circle(1), graph.circle(2));
  EXPECT_TRUE(graph.in_circle(1));
  EXPECT_FALSE(graph.in_circle(0));
  EXPECT_FALSE(graph.in_circle(3));
}

TEST(CallGraph, WalksAlongCallsOnly) {
  const CallGraph graph(kNames, {{"a", "b"}, {"b", "c"}, {"d", "a"}});
  EXPECT_THAT(graph.reachable(0), ElementsAre(true, true, true, false));
  EXPECT_THAT(graph.way(3, 2), ElementsAre(3, 0, 1, 2));
  EXPECT_THAT(graph.way(2, 0), IsEmpty());
  EXPECT_THAT(graph.way(1, 1), ElementsAre(1));
}

TEST(CallGraph, ALongChainDoesNotExhaustTheStack) {
  std::vector<std::string> names;
  std::vector<Call> calls;
  for (int i = 0; i < 100'000; ++i) names.push_back(std::to_string(1'000'000 + i));
  for (std::size_t i = 1; i < names.size(); ++i) calls.push_back({names[i - 1], names[i]});
  const CallGraph graph(names, calls);
  EXPECT_EQ(graph.way(0, names.size() - 1).size(), names.size());
}

}  // namespace
}  // namespace culprit
