#include "telemetry/quantity.h"

#include <gtest/gtest.h>

#include <limits>

namespace culprit {
namespace {

TEST(Quantity, NumbersCarryTheirUnits) {
  struct Case {
    double value;
    const char* unit;
    const char* expected;
  };
  const Case cases[] = {
      {83.44, "percent", "83.4 %"},        {0.137, "percent", "0.14 %"},
      {99.7, "percent", "99.7 %"},         {8.44, "percent", "8.4 %"},
      {0.42, "Percent", "0.42 %"},         {0, "percent", "0 %"},
      {0.0021, "seconds", "2.1 ms"},       {14.2, "seconds", "14.2 s"},
      {200, "seconds", "3 min 20 s"},      {0.00004, "Seconds", "40 µs"},
      {0.0152, "ms", "15.2 µs"},           {9000, "seconds", "2 h 30 min"},
      {1.2e9, "bytes", "1.2 GB"},          {512, "Bytes", "512 B"},
      {38112870, "bytes", "38.1 MB"},      {92, "count", "92"},
      {1234567, "count", "1,234,567"},     {420, "per-second", "420/s"},
      {145793, "per-second", "145,793/s"}, {5, "per-minute", "5/min"},
      {1, "elements", "1 element"},        {14002.3, "ms", "14 s"},
      {-1500, "count", "-1,500"},          {1e300, "count", "1e+300"},
      {0.0004, "count", "0.0004"},
  };
  for (const auto& c : cases) EXPECT_EQ(wording::value(c.value, c.unit), c.expected) << c.value << c.unit;
}

TEST(Quantity, WhatIsNotANumberIsADash) {
  EXPECT_EQ(wording::value(std::numeric_limits<double>::quiet_NaN(), "percent"), "—");
  EXPECT_EQ(wording::value(std::numeric_limits<double>::infinity(), "seconds"), "—");
  EXPECT_EQ(wording::value(std::optional<double>{}, "bytes"), "—");
}

TEST(Quantity, ConfidenceIsNeverRoundedToCertainty) {
  EXPECT_EQ(wording::share(0.931), "93 %");
  EXPECT_EQ(wording::share(0.999), "99 %");
  EXPECT_EQ(wording::share(0.001), "< 1 %");
  EXPECT_EQ(wording::share(1), "100 %");
  EXPECT_EQ(wording::share(0), "0 %");
}

TEST(Quantity, CountsAgreeWithTheirNoun) {
  EXPECT_EQ(wording::plural(1, "task", "tasks"), "1 task");
  EXPECT_EQ(wording::plural(0, "task", "tasks"), "0 tasks");
  EXPECT_EQ(wording::plural(2000, "query", "queries"), "2,000 queries");
}

}  // namespace
}  // namespace culprit
