#include "diagnosis/wording.h"

#include <gtest/gtest.h>

namespace culprit {
namespace {

TEST(FormatValue, UsesTheUnitAPersonExpects) {
  EXPECT_EQ(format_value(83.25, "percent"), "83.2 %");
  EXPECT_EQ(format_value(0.0021, "seconds"), "2.1 ms");
  EXPECT_EQ(format_value(14'203, "ms"), "14.2 s");
  EXPECT_EQ(format_value(90'000, "ms"), "1.5 min");
  EXPECT_EQ(format_value(1'234'000'000, "bytes"), "1.23 GB");
  EXPECT_EQ(format_value(0, "count"), "0");
  EXPECT_EQ(format_value(5, "per-minute"), "5 per minute");
}

TEST(Counted, AgreesWithItsNoun) {
  EXPECT_EQ(counted(1, "task"), "1 task");
  EXPECT_EQ(counted(0, "task"), "0 tasks");
  EXPECT_EQ(counted(2, "query", "queries"), "2 queries");
}

}  // namespace
}  // namespace culprit
