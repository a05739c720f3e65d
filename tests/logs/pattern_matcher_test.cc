#include "logs/pattern_matcher.h"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <chrono>
#include <random>

namespace culprit {
namespace {

std::vector<std::uint32_t> match(PatternMatcher& matcher, std::string_view event) {
  const auto found = matcher.match(event);
  return {found.begin(), found.end()};
}

PatternMatcher make(const std::vector<PatternSpec>& specs) {
  auto matcher = PatternMatcher::make(specs);
  EXPECT_TRUE(matcher) << matcher.error().message();
  return std::move(*matcher);
}

using Indexes = std::vector<std::uint32_t>;

TEST(PatternMatcher, FindsThePatternsOfARunbook) {
  auto m = make({{{"ERROR"}, false, {}},
                 {{"timeout", "timed out"}, true, {}},
                 {{}, false, {"duration.*ms"}},
                 {{"duration"}, false, {"duration: [0-9]{4,}\\."}},
                 {{"IN ("}, false, {}},
                 {{"resize_to_fill"}, false, {}}});
  EXPECT_EQ(m.size(), 6U);
  EXPECT_EQ(match(m, "ERROR: Rack::Timeout"), (Indexes{0, 1}));
  EXPECT_EQ(match(m, "duration: 1523.2 ms  SELECT x IN (1)"), (Indexes{2, 3, 4}));
  EXPECT_EQ(match(m, "duration: 15.2\n ms"), (Indexes{2}));
  EXPECT_EQ(match(m, "error in lower case"), (Indexes{}));
  EXPECT_EQ(match(m, ""), (Indexes{}));
}

TEST(PatternMatcher, BytesAreBytes) {
  auto m = make({{{std::string("a\0b", 3)}, false, {}},
                 {{"\xff\xfe"}, false, {}},
                 {{}, false, {"x.y"}},
                 {{"ñ"}, true, {}},
                 {{std::string("\0z", 2)}, false, {}}});
  EXPECT_EQ(match(m, std::string_view("..a\0b..", 7)), (Indexes{0}));
  EXPECT_EQ(match(m, "\xff\xfe"), (Indexes{1}));
  EXPECT_EQ(match(m, std::string_view("..\0z", 4)), (Indexes{4}));
  EXPECT_EQ(match(m, "z"), (Indexes{}));
  EXPECT_EQ(match(m, "x\xffy"), (Indexes{2}));
  EXPECT_EQ(match(m,
                  "ma\xc3\xb1"
                  "ana"),
            (Indexes{3}));
}

TEST(PatternMatcher, RefusesABadExpressionAndSaysWhy) {
  const std::vector<PatternSpec> bad = {{{}, false, {"a(b"}}};
  const auto m = PatternMatcher::make(bad);
  ASSERT_FALSE(m);
  EXPECT_EQ(m.error().code, ErrorCode::kInput);
  EXPECT_EQ(m.error().where, "a(b");
  const std::vector<PatternSpec> empty = {{{""}, false, {}}};
  EXPECT_FALSE(PatternMatcher::make(empty));
}

TEST(PatternMatcher, NoPatternsMatchNothing) {
  auto m = make({});
  EXPECT_EQ(match(m, "anything"), (Indexes{}));
}

TEST(PatternMatcher, CopiesAreIndependent) {
  auto a = make({{{"x"}, false, {}}, {{"y"}, false, {"y+z"}}});
  auto b = a;
  EXPECT_EQ(match(a, "x"), (Indexes{0}));
  EXPECT_EQ(match(b, "yyz"), (Indexes{1}));
  a = b;
  EXPECT_EQ(match(a, "x yz"), (Indexes{0, 1}));
}

bool holds(const PatternSpec& spec, std::string_view event) {
  const auto lower = [](std::string text) {
    for (char& c : text)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
  };
  bool literal = spec.any_of.empty();
  for (const auto& text : spec.any_of)
    literal |= spec.ignore_case ? lower(std::string(event)).find(lower(text)) != std::string::npos
                                : event.find(text) != std::string_view::npos;
  for (const auto& regex : spec.all_regex)
    literal = literal && re2::RE2::PartialMatch(std::string(event), re2::RE2("(?s)" + regex));
  return literal;
}

TEST(PatternMatcher, AgreesWithAPlainSearchOnRandomTexts) {
  std::mt19937 random(11);
  const auto text = [&](std::size_t size) {
    std::string out;
    for (std::size_t i = 0; i < size; ++i) out += "abAB\n "[random() % 6];
    return out;
  };
  for (int round = 0; round < 200; ++round) {
    std::vector<PatternSpec> specs(1 + random() % 12);
    for (auto& spec : specs) {
      spec.ignore_case = random() % 2 == 0;
      for (std::size_t i = random() % 4; i > 0; --i) spec.any_of.push_back(text(1 + random() % 5));
      if (random() % 4 == 0) spec.all_regex.push_back("a.*b");
    }
    auto m = make(specs);
    for (int i = 0; i < 50; ++i) {
      const auto event = text(random() % 60);
      Indexes expected;
      for (std::uint32_t p = 0; p < specs.size(); ++p)
        if (holds(specs[p], event)) expected.push_back(p);
      ASSERT_EQ(match(m, event), expected) << event;
    }
  }
}

}  // namespace
}  // namespace culprit
