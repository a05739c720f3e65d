#include "logs/regex_literals.h"

#include <gtest/gtest.h>

namespace culprit {
namespace {

std::string literals(std::string_view pattern) {
  std::string out;
  for (const auto& group : regex_literals(pattern).all_of) {
    if (!out.empty()) out += " & ";
    std::string any;
    for (const auto& needle : group)
      any += (any.empty() ? "" : "|") + needle.text + (needle.ignore_case ? "/i" : "");
    out += any;
  }
  return out;
}

TEST(RegexLiterals, AreWhatEveryMatchHolds) {
  EXPECT_EQ(literals("abc"), "abc");
  EXPECT_EQ(literals("duration.*ms"), "duration & ms");
  EXPECT_EQ(literals("^a\\.b$"), "a.b");
  EXPECT_EQ(literals("ab+c"), "ab & bc");
  EXPECT_EQ(literals("ab?c"), "abc|ac");
  EXPECT_EQ(literals("ab*c"), "a & c");
  EXPECT_EQ(literals("x{2}y{0,1}"), "xx|xxy");
  EXPECT_EQ(literals("x{2,}y"), "xx & xxy");
  EXPECT_EQ(literals("gr(a|e)y"), "gray|grey");
  EXPECT_EQ(literals("foo\\d+|bar.x"), "bar|foo");
  EXPECT_EQ(literals("[Tt][Ii]me"), "time/i");
  EXPECT_EQ(literals("[ab]c"), "ac|bc");
  EXPECT_EQ(literals("(?i)err\\w+ 5"), "err/i &  5");
  EXPECT_EQ(literals("a(?i:b)c"), "abc/i");
  EXPECT_EQ(literals("\\Qa.b\\E+c"), "a.b & bc");
  EXPECT_EQ(literals("\\x41\\x{42}\\t"), "AB\t");
  EXPECT_EQ(literals("(?P<n>id)=\\d{1,3};"), "id= & ;");
  EXPECT_EQ(literals("a{,3}"), "a{,3}");
  EXPECT_EQ(literals("[]x]a"), "]a|xa");
  EXPECT_EQ(literals("(ab.*cd)+e"), "ab & cde");
  EXPECT_EQ(literals("(ab)+"), "ab");
}

TEST(RegexLiterals, NothingIsPromisedWithoutNeed) {
  for (const auto* pattern :
       {"", ".*", "a|", "a*", "(abc)?", "[a-z]+", "\\d", "x|.", "\\pLabc", "a\\101", "(?i)\xe9", "[a[:b]c"})
    EXPECT_EQ(literals(pattern), "") << pattern;
}

}  // namespace
}  // namespace culprit
