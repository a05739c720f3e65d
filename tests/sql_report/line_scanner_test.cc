#include "sql_report/line_scanner.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "logs/format.h"
#include "random_log.h"
#include "sql_report/read_sql_log.h"

namespace culprit {
namespace {

std::string by_events(const std::string& log, const SqlTallyOptions& options = {}) {
  SqlEventReader reader(options);
  const auto splitter = make_splitter(LogFormat::kPostgres, Time{});
  std::uint64_t number = 0;
  const auto emit = [&](const SplitEvent& e) { reader.event(++number, e.time, e.text); };
  splitter->feed(log, emit);
  splitter->finish(emit);
  return describe(reader.finish());
}

// Each part by a scanner of its own, as threads do it.
std::string by_parts(const std::vector<std::string_view>& parts, const SqlTallyOptions& options = {}) {
  SqlTally whole(options);
  SqlEdgeJoiner joiner;
  std::vector<SqlEdges> edges;
  for (const auto part : parts) {
    SqlFeeder feeder(options);
    SqlLineScanner scanner(feeder, Time{});
    edges.push_back(scanner.scan(part));
    whole.merge(feeder.tally());
  }
  for (const auto& e : edges) joiner.join(e, whole);
  return describe(whole);
}

// Parts cut at random starts of entries and sections.
std::vector<std::string_view> cut(std::string_view log, std::mt19937_64& random, int cuts) {
  std::vector<std::size_t> at{0, log.size()};
  for (int i = 0; i < cuts; ++i) {
    auto newline = log.find('\n', random() % log.size());
    while (newline != std::string_view::npos && newline + 1 < log.size() &&
           log.substr(newline + 1, 2) != "20")
      newline = log.find('\n', newline + 1);
    if (newline != std::string_view::npos) at.push_back(newline + 1);
  }
  std::ranges::sort(at);
  std::vector<std::string_view> out;
  for (std::size_t i = 1; i < at.size(); ++i) out.push_back(log.substr(at[i - 1], at[i] - at[i - 1]));
  return out;
}

TEST(SqlLineScanner, TheQuickRoadGivesWhatTheEventsGive) {
  for (int seed = 0; seed < 240; ++seed) {
    const std::string log = RandomLog(static_cast<std::uint64_t>(seed), seed % 4).make(60);
    ASSERT_EQ(by_parts({log}), by_events(log)) << "seed " << seed << "\n" << log;
  }
}

TEST(SqlLineScanner, PartsCutAnywhereGiveTheWhole) {
  std::mt19937_64 random(9);
  for (int seed = 0; seed < 200; ++seed) {
    const std::string log = RandomLog(static_cast<std::uint64_t>(seed), seed % 3).make(60);
    const auto parts = cut(log, random, 1 + static_cast<int>(random() % 9));
    ASSERT_EQ(by_parts(parts), by_parts({log})) << "seed " << seed;
  }
}

TEST(SqlLineScanner, OneScannerForManyPartsGivesTheWhole) {
  std::mt19937_64 random(10);
  const std::string log = RandomLog(77, 0).make(3000);
  SqlFeeder feeder;
  SqlLineScanner scanner(feeder, Time{});
  SqlEdgeJoiner joiner;
  std::vector<SqlEdges> edges;
  for (const auto part : cut(log, random, 40)) edges.push_back(scanner.scan(part));
  for (const auto& e : edges) joiner.join(e, feeder.tally());
  EXPECT_EQ(describe(feeder.tally()), by_events(log));
}

TEST(SqlLineScanner, TheWindowCountsByAnEntrysOwnTime) {
  const std::string log = RandomLog(3, 0).make(400);
  SqlTallyOptions options;
  options.window = Window{from_epoch_ms(1'755'817'200'000), from_epoch_ms(1'755'817'500'000)};
  options.period = std::chrono::seconds(10);
  const auto inside = by_parts({log}, options);
  EXPECT_EQ(inside, by_events(log, options));
  EXPECT_NE(inside, by_parts({log}));
}

TEST(SqlLineScanner, AnyBytesAreTolerated) {
  std::mt19937_64 random(12);
  for (int i = 0; i < 300; ++i) {
    std::string log = RandomLog(static_cast<std::uint64_t>(i), i % 4).make(10);
    for (int k = 0; k < 20; ++k) log[random() % log.size()] = static_cast<char>(random());
    EXPECT_FALSE(by_parts({log}).empty());
  }
}

}  // namespace
}  // namespace culprit
