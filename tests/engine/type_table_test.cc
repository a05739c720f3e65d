// Log types told as a table.
#include "engine/type_table.h"

#include <gmock/gmock.h>

#include "segment_builder.h"

namespace culprit::engine_test {
namespace {

using ::testing::ElementsAre;

constexpr std::int64_t kStart = 1'755'817'200'000;

Rows some_requests() {
  Rows rows;
  for (int i = 0; i < 40; ++i) {
    rows.add("request " + std::to_string(i) + " took " + std::to_string(i) + ".5 ms", kStart + i * 6000);
    if (i % 4 == 0) rows.add("ERROR in pool", kStart + i * 6000 + 1);
  }
  return rows;
}

std::vector<TypeCount> table(const std::string& bytes, const TypeTableOptions& options) {
  std::vector<TypeCount> out;
  const auto done = visit_types(opened(bytes), options, [&](const TypeCount& t) { out.push_back(t); });
  EXPECT_TRUE(done) << done.error().message();
  return out;
}

TEST(TypeTable, TellsTextCountsTimesAndAnExample) {
  const auto types = table(build(some_requests()), {});
  ASSERT_EQ(types.size(), 2U);
  EXPECT_EQ(types[0].text, "request <number> took <number> ms");
  EXPECT_EQ(types[0].rows, 40U);
  EXPECT_EQ(types[0].example, "request 0 took 0.5 ms");
  EXPECT_EQ(types[0].first, from_epoch_ms(kStart));
  EXPECT_EQ(types[0].last, from_epoch_ms(kStart + 39 * 6000));
  EXPECT_THAT(types[0].periods, ElementsAre(PeriodCount{from_epoch_ms(kStart), 10},
                                            PeriodCount{from_epoch_ms(kStart + 60'000), 10},
                                            PeriodCount{from_epoch_ms(kStart + 120'000), 10},
                                            PeriodCount{from_epoch_ms(kStart + 180'000), 10}));
  EXPECT_EQ(types[1].text, "ERROR in pool");
  EXPECT_EQ(types[1].rows, 10U);
}

TEST(TypeTable, CountsAreTheSameFromTheDirectoryAlone) {
  const std::string bytes = build(some_requests());
  TypeTableOptions quick;
  quick.examples = false;
  const auto a = table(bytes, {});
  const auto b = table(bytes, quick);
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_EQ(a[i].periods, b[i].periods);
}

TEST(TypeTable, AWindowLeavesOutTypesWithoutRowsInIt) {
  const Window window{from_epoch_ms(kStart + 1), from_epoch_ms(kStart + 6001)};
  TypeTableOptions options;
  options.window = &window;
  const auto types = table(build(some_requests()), options);
  ASSERT_EQ(types.size(), 2U);
  EXPECT_EQ(types[0].example, "request 1 took 1.5 ms");
  EXPECT_EQ(types[1].rows, 1U);
}

TEST(TypeTable, GivesTheValuesOfAVariable) {
  std::vector<std::string> values;
  const auto done =
      visit_values(opened(build(some_requests())), 0, 1, nullptr, [&](Time, std::string_view text) {
        values.emplace_back(text);
        return values.size() < 3;
      });
  ASSERT_TRUE(done) << done.error().message();
  EXPECT_THAT(values, ElementsAre("0.5", "1.5", "2.5"));
}

TEST(TypeTable, NamesWithoutDigitsDoNotMultiplyTypes) {
  Rows rows;
  for (int i = 0; i < 3000; ++i) {
    std::string name;
    for (int k = i + 7; k > 0; k /= 3) name += static_cast<char>('a' + k % 26);
    rows.add("worker " + std::to_string(i) + " {\"tid\":\"" + name + "\",\"msg\":\"done\"} for " + name);
  }
  EXPECT_LT(table(build(rows), {}).size(), 100U);
  EXPECT_EQ(read_all(build(rows)), rows.events());
}

TEST(TypeTable, TypesAreCappedAndNothingIsLost) {
  Rows rows;
  for (int i = 0; i < 40'000; ++i) {
    std::string shape;
    for (int k = i; k > 0; k /= 2) shape += k % 2 ? "x 1 " : "y z 2.5 ";
    rows.add(shape);
  }
  EXPECT_LE(table(build(rows), {}).size(), 16'385U);
  EXPECT_EQ(read_all(build(rows)), rows.events());
}

}  // namespace
}  // namespace culprit::engine_test
