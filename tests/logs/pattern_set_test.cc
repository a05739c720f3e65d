#include "logs/pattern_set.h"

#include <gtest/gtest.h>

#include "random_patterns.h"

namespace culprit {
namespace {

using Indexes = std::vector<std::uint32_t>;

Indexes match(PatternSet& set, std::string_view message) {
  const auto found = set.match(message);
  return {found.begin(), found.end()};
}

PatternSet make(const std::vector<MessagePattern>& patterns) {
  auto set = PatternSet::make(patterns);
  if (set) return std::move(*set);
  ADD_FAILURE() << set.error().message();
  return std::move(*PatternSet::make({}));
}

TEST(PatternSet, FindsAllKindsAtOnce) {
  auto set = make({*MessagePattern::filter("ERROR -health"), *MessagePattern::literal("timeout", true),
                   *MessagePattern::regex("duration.*ms"), *MessagePattern::filter("{ $.lvl = ERROR }"),
                   *MessagePattern::filter("[..., status=5*]"), *MessagePattern::filter(" "),
                   *MessagePattern::literal("ERROR")});
  EXPECT_EQ(set.size(), 7U);
  EXPECT_EQ(match(set, "ERROR Rack::Timeout"), (Indexes{0, 1, 5, 6}));
  EXPECT_EQ(match(set, "ERROR health 500"), (Indexes{4, 5, 6}));
  EXPECT_EQ(match(set, R"({"lvl":"ERROR"})"), (Indexes{0, 3, 5, 6}));
  EXPECT_EQ(match(set, "duration: 3 ms"), (Indexes{2, 5}));
  EXPECT_EQ(match(set, ""), (Indexes{5}));
}

TEST(PatternSet, CopiesAreIndependent) {
  auto a = make({*MessagePattern::literal("x"), *MessagePattern::regex("y+z")});
  auto b = a;
  EXPECT_EQ(match(a, "x"), (Indexes{0}));
  EXPECT_EQ(match(b, "yyz"), (Indexes{1}));
  a = b;
  EXPECT_EQ(match(a, "x yz"), (Indexes{0, 1}));
  auto none = make({});
  EXPECT_EQ(match(none, "anything"), (Indexes{}));
}

// Every pattern of the set alone, and what it says must stand in a message that matches.
TEST(PatternSet, AgreesWithEachPatternAloneOnRandomMessages) {
  const auto seed = testing_logs::property_seed();
  std::cout << "  seed " << seed << " (set CULPRIT_SEED for another)\n";
  testing_logs::RandomMessages messages(seed);
  ASSERT_GT(messages.real_lines(), 1000U);
  testing_logs::RandomPatterns random(messages);
  std::size_t cases = 0, matched = 0;
  for (int round = 0; round < 250; ++round) {
    std::vector<std::string> texts;
    for (int i = 0; i < 25; ++i) texts.push_back(messages.message());
    std::vector<MessagePattern> patterns;
    for (int i = 0; i < 24; ++i) patterns.push_back(random.pattern(texts[messages.below(texts.size())]));
    auto set = make(patterns);
    for (const auto& text : texts) {
      Indexes alone;
      for (std::uint32_t p = 0; p < patterns.size(); ++p) {
        ++cases;
        if (!patterns[p].matches(text)) continue;
        alone.push_back(p);
        ASSERT_TRUE(patterns[p].necessary().allow(text)) << patterns[p].text() << "\n on " << text;
      }
      matched += alone.size();
      ASSERT_EQ(match(set, text), alone) << "round " << round << ", on " << text << [&] {
        std::string all;
        for (const auto& pattern : patterns) all += "\n  " + pattern.text();
        return all;
      }();
    }
  }
  std::cout << "  " << cases << " cases, " << matched << " matches\n";
  EXPECT_GE(cases, 100'000U);
  EXPECT_GT(matched, cases / 20);
}

}  // namespace
}  // namespace culprit
