#include "logs/literal_set.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace culprit {
namespace {

using Places = std::set<std::pair<std::uint32_t, std::size_t>>;  // literal, end

Places found(const std::vector<Literal>& literals, std::string_view text) {
  const auto set = LiteralSet::make(literals);
  EXPECT_TRUE(set) << set.error().message();
  Places out;
  if (!set) return out;
  set->find(
      text,
      [](void* state, std::uint32_t literal, std::size_t end) {
        static_cast<Places*>(state)->emplace(literal, end);
      },
      &out);
  return out;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

Places plainly_found(const std::vector<Literal>& literals, std::string_view text) {
  Places out;
  for (std::uint32_t i = 0; i < literals.size(); ++i)
    for (std::size_t at = 0; at + literals[i].text.size() <= text.size(); ++at) {
      const auto& wanted = literals[i].text;
      const bool same =
          std::equal(wanted.begin(), wanted.end(), text.begin() + static_cast<std::ptrdiff_t>(at),
                     [&](char a, char b) { return literals[i].ignore_case ? lower(a) == lower(b) : a == b; });
      if (same) out.emplace(i, at + wanted.size());
    }
  return out;
}

TEST(LiteralSet, FindsShortLiteralsBehindMuchOtherText) {
  const std::vector<Literal> literals = {{"R", false, false}, {"RR", false, false}};
  EXPECT_EQ(found(literals, std::string(80, 'x') + "RR"), (Places{{0, 81}, {0, 82}, {1, 82}}));
}

TEST(LiteralSet, TellsOnceWhenAsked) {
  const std::vector<Literal> literals = {
      {"ab", false, true}, {"b", false, false}, {std::string("\0", 1), false, true}};
  EXPECT_EQ(found(literals, std::string_view("ab ab\0\0", 7)), (Places{{0, 2}, {1, 2}, {1, 5}, {2, 6}}));
}

TEST(LiteralSet, AgreesWithAPlainSearch) {
  std::mt19937 random(5);
  const auto text = [&](std::string_view letters, std::size_t size) {
    std::string out;
    for (std::size_t i = 0; i < size; ++i) out += letters[random() % letters.size()];
    return out;
  };
  using namespace std::string_view_literals;
  std::size_t cases = 0;
  for (const auto letters : {"abcdeR 01"sv, "abAB \0\xc3\xa9\xff\x80"sv})
    for (int round = 0; round < 1'500; ++round) {
      std::vector<Literal> literals(1 + random() % (round % 4 == 0 ? 90 : 5));
      for (auto& literal : literals)
        literal = {text(letters, 1 + random() % (round % 2 == 0 ? 3 : 9)), random() % 3 == 0, false};
      const auto message =
          std::string(random() % 150, random() % 2 == 0 ? 'x' : '\xff') + text(letters, random() % 150);
      cases += literals.size();
      ASSERT_EQ(found(literals, message), plainly_found(literals, message))
          << "round " << round << " on " << message;
    }
  EXPECT_GT(cases, 10'000U);
}

}  // namespace
}  // namespace culprit
