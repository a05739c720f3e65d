#include "diagnosis/grid.h"

#include <gtest/gtest.h>

namespace culprit {
namespace {

Time at(std::string_view text) { return *parse_iso8601(text); }

TEST(Grid, CoversPartMinutesAtBothEnds) {
  const Grid grid({at("2025-08-21T23:00:30Z"), at("2025-08-21T23:02:00.001Z")});
  EXPECT_EQ(grid.size(), 3u);
  EXPECT_EQ(grid.time(0), at("2025-08-21T23:00:00Z"));
  EXPECT_EQ(grid.index(at("2025-08-21T23:02:59.999Z")), 2u);
  EXPECT_FALSE(grid.index(at("2025-08-21T23:03:00Z")));
  EXPECT_FALSE(grid.index(at("2025-08-21T22:59:59Z")));
}

TEST(Grid, AWholeMinuteEndDoesNotTakeTheNextMinute) {
  const Grid grid({at("2025-08-21T23:00:00Z"), at("2025-08-21T23:10:00Z")});
  EXPECT_EQ(grid.size(), 10u);
  const auto range = grid.range({at("2025-08-21T23:03:00Z"), at("2025-08-21T23:05:00Z")});
  EXPECT_EQ(range.first, 3u);
  EXPECT_EQ(range.last, 5u);
}

TEST(Grid, AWindowOutsideHasNoMinutes) {
  const Grid grid({at("2025-08-21T23:00:00Z"), at("2025-08-21T23:10:00Z")});
  EXPECT_TRUE(grid.range({at("2025-08-21T22:00:00Z"), at("2025-08-21T23:00:00Z")}).empty());
  EXPECT_TRUE(grid.range({at("2025-08-21T23:10:00Z"), at("2025-08-21T23:20:00Z")}).empty());
  EXPECT_EQ(grid.range({at("2025-08-21T22:00:00Z"), at("2025-08-22T00:00:00Z")}).last, 10u);
}

}  // namespace
}  // namespace culprit
