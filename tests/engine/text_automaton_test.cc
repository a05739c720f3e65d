// The automaton finds what RE2 finds, however the text is cut, and what it says of unknown text holds.
#include "engine/text_automaton.h"

#include <gmock/gmock.h>

#include <random>
#include <string>

#include "engine/regex_search.h"
#include "logs/text_regex.h"

namespace culprit::engine_test {
namespace {

using engine::ByteSet;
using engine::RegexProgram;
using engine::TextAutomaton;
using State = TextAutomaton::State;

std::optional<TextAutomaton> automaton(const std::string& pattern) {
  auto program = RegexProgram::parse(pattern);
  if (!program) return std::nullopt;
  return TextAutomaton(std::make_shared<const RegexProgram>(std::move(*program)));
}

bool finds(TextAutomaton& a, std::string_view text) { return a.matched_at_end(a.run(a.start(), text)); }

class Random {
 public:
  explicit Random(std::uint64_t seed) : random_(seed) {}
  std::size_t pick(std::size_t below) { return random_() % below; }

  std::string text() {
    static constexpr char kBytes[] = "aab0019_- .x\n\xe9Z";
    std::string out;
    for (std::size_t i = pick(20); i > 0; --i) out += kBytes[pick(sizeof kBytes - 1)];
    return out;
  }
  std::string regex(int depth = 0) {
    std::string out;
    for (std::size_t i = 1 + pick(3); i > 0; --i) {
      if (depth < 3 && pick(4) == 0) {
        static const char* const kOpen[] = {"(", "(?:"};
        out += kOpen[pick(2)] + regex(depth + 1) + (pick(2) ? "|" + regex(depth + 1) : "") + ")";
      } else {
        static const char* const kAtoms[] = {"a",   "b",   "0",     "x",      ".",   "\\d",  "\\w", "\\W",
                                             "\\D", "\\s", "[a-c]", "[^0-9]", "\\.", "-",    "_",   "[\\d-]",
                                             "\\b", "\\B", "^",     "$",      "Z",   "[^a]", "\\n", ""};
        out += kAtoms[pick(std::size(kAtoms))];
      }
      static const char* const kRepeats[] = {"*", "+", "?", "{2}", "{1,3}", "{0,2}", "{2,}", "*?", "+?"};
      if (!out.empty() && pick(3) == 0) out += kRepeats[pick(std::size(kRepeats))];
    }
    return out;
  }

 private:
  std::mt19937_64 random_;
};

TEST(TextAutomaton, FindsWhatRe2Finds) {
  Random random(20'250'821);
  std::size_t understood = 0;
  std::size_t found = 0;
  std::size_t cases = 0;
  for (int i = 0; i < 6000; ++i) {
    const std::string pattern = (random.pick(8) == 0 ? "(?i)" : "") + random.regex();
    const auto re2 = TextRegex::re2(pattern);
    if (!re2) continue;
    auto ours = automaton(pattern);
    if (!ours) continue;
    ++understood;
    for (int j = 0; j < 12; ++j) {
      const std::string text = random.text();
      const bool wanted = re2->found_in(text);
      ASSERT_EQ(finds(*ours, text), wanted) << "'" << pattern << "' in '" << text << "'";
      found += wanted;
      ++cases;
    }
  }
  EXPECT_GT(understood, 2000U);
  EXPECT_GT(found, cases / 20);
  EXPECT_LT(found, cases - cases / 20);
}

TEST(TextAutomaton, WhatAnyTextMayLeadToIsNotOverlooked) {
  Random random(7);
  std::size_t excluded = 0;
  for (int i = 0; i < 3000; ++i) {
    const std::string pattern = random.regex();
    if (!TextRegex::re2(pattern)) continue;
    auto ours = automaton(pattern);
    if (!ours) continue;
    ByteSet bytes;
    for (const char c : std::string_view("019")) bytes.set(static_cast<unsigned char>(c));
    if (random.pick(2)) bytes.set('-');
    const std::string before = random.text();
    const std::string behind = random.text();
    const State any = ours->after_any(ours->run(ours->start(), before), bytes);
    const std::vector<ByteSet> three(3, bytes);
    const State each = ours->after_each(ours->run(ours->start(), before), three);
    const bool may = ours->matched_at_end(ours->run(any, behind));
    const bool may_three = ours->matched_at_end(ours->run(each, behind));
    excluded += !may;
    for (int j = 0; j < 12; ++j) {
      std::string variable;
      const std::size_t size = 1 + random.pick(5);
      while (variable.size() < size)
        if (const char c = "019-"[random.pick(4)]; bytes[static_cast<unsigned char>(c)]) variable += c;
      if (!finds(*ours, before + variable + behind)) continue;
      ASSERT_TRUE(may) << pattern << " in " << before << variable << behind;
      if (size == 3) {
        ASSERT_TRUE(may_three) << pattern << " in " << before << variable << behind;
      }
    }
  }
  EXPECT_GT(excluded, 300U);
}

TEST(TextAutomaton, AFreshStateFindsWhatBeginsBehindIt) {
  auto a = automaton("\\bx\\d");
  ASSERT_TRUE(a);
  EXPECT_EQ(a->run(a->fresh(false), "x1"), TextAutomaton::kMatched);
  EXPECT_NE(a->run(a->fresh(true), "x1"), TextAutomaton::kMatched);
  auto anchored = automaton("^x");
  ASSERT_TRUE(anchored);
  EXPECT_NE(anchored->run(anchored->fresh(false), "x"), TextAutomaton::kMatched);
  EXPECT_EQ(anchored->run(anchored->start(), "x"), TextAutomaton::kMatched);
}

TEST(TextAutomaton, ACountedGapStaysSmall) {
  auto a = automaton("\\b[1-9]\\d{4}\\b.{0,40}\\b[a-f]\\d{3}\\b");
  ASSERT_TRUE(a);
  Random random(3);
  std::string text;
  for (int i = 0; i < 20'000; ++i)
    text += std::to_string(random.pick(200'000)) + (random.pick(3) ? ", " : " x");
  EXPECT_FALSE(finds(*a, text));
  EXPECT_TRUE(finds(*a, text + " 12345 a123"));
  EXPECT_LT(a->states(), 5000U);
}

TEST(TextAutomaton, GivesUpInsteadOfGrowingWithoutEnd) {
  auto a = automaton("(a|b)*a(a|b){60}(a|b){60}x");
  ASSERT_TRUE(a);
  Random random(5);
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += random.pick(2) ? 'a' : 'b';
  a->run(a->start(), text);
  EXPECT_TRUE(a->gave_up());
}

TEST(RegexProgram, LeavesAloneWhatItDoesNotUnderstand) {
  for (const char* pattern : {"(?i:a)", "(?P<n>a)", "[[:alpha:]]", "\\pL", "\xe9", "(?m)^a", "a{,3}", "\\x41",
                              "\\Qa.b\\E", "[a\\d-z]"})
    EXPECT_FALSE(RegexProgram::parse(pattern)) << pattern;
  EXPECT_FALSE(RegexProgram::parse("(((a{10}){10}){10}){2}"));  // beyond kProgramStepsMax
}

}  // namespace
}  // namespace culprit::engine_test
