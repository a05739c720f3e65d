#include "base/printable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace culprit {
namespace {

using testing::ElementsAre;

TEST(Printable, ControlCharactersAreShownNotSent) {
  EXPECT_EQ(printable("a\x1b[31mb\x07"), "a\\x1b[31mb\\x07");
  EXPECT_EQ(printable("\xC2\x9B"
                      "2J"),
            "\\x9b2J");  // C1 CSI, two bytes of UTF-8
  EXPECT_EQ(printable(std::string_view("\0x", 2)), "\\x00x");
}

TEST(Printable, LinesAndTabsStayButNotOnOneLine) {
  EXPECT_EQ(printable("a\r\nb\tc"), "a\nb\tc");
  EXPECT_EQ(one_line("a\r\nb\tc"), "a b c");
  EXPECT_EQ(printable("a\rb"), "a\\x0db");  // would overwrite the line
}

TEST(Printable, InvalidUtf8IsShownByteByByte) {
  EXPECT_EQ(printable("\xFF\xFEok"), "\\xff\\xfeok");
  EXPECT_EQ(printable("\xE2\x82"), "\\xe2\\x82");           // cut
  EXPECT_EQ(printable("\xC0\xAF"), "\\xc0\\xaf");           // overlong
  EXPECT_EQ(printable("\xED\xA0\x80"), "\\xed\\xa0\\x80");  // surrogate
  EXPECT_EQ(printable("é日🚨"), "é日🚨");
}

TEST(Printable, TextThatHidesOrReordersIsNamed) {
  EXPECT_EQ(printable("a\u202Eb"), "a\\u{202e}b");
  EXPECT_EQ(printable("a\u200Bb"), "a\\u{200b}b");
}

TEST(DisplayWidth, CountsColumns) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("日本"), 4U);
  EXPECT_EQ(display_width("✅ ok"), 5U);
  EXPECT_EQ(display_width("⚠️"), 2U);
  EXPECT_EQ(display_width("e\u0301"), 1U);
}

TEST(Wrap, BreaksAtSpacesAndSplitsLongWords) {
  EXPECT_THAT(wrap("one two three", 8), ElementsAre("one two", "three"));
  EXPECT_THAT(wrap("abcdefghij", 4), ElementsAre("abcd", "efgh", "ij"));
  EXPECT_THAT(wrap("ab abcdefghij", 6), ElementsAre("ab", "abcdef", "ghij"));
  EXPECT_THAT(wrap("", 10), ElementsAre(""));
  EXPECT_THAT(wrap("日本語日本語", 6), ElementsAre("日本語", "日本語"));
}

TEST(Wrap, NeverExceedsTheWidth) {
  const std::string text =
      "ERROR: ⚠️ canceling日本語日本語日本語 statement-due-to-statement-timeout "
      "🚨🚨🚨🚨🚨🚨 "
      "x";
  for (std::size_t width = 4; width < 60; ++width) {
    for (const auto& line : wrap(text, width)) EXPECT_LE(display_width(line), width) << line;
    for (const auto& line : wrap_verbatim(text, width)) EXPECT_LE(display_width(line), width) << line;
  }
}

TEST(WrapVerbatim, KeepsEveryCharacter) {
  const std::string text = "LOG:  duration: 14 ms  execute <unnamed>:   SELECT  x";
  for (std::size_t width = 4; width < 60; ++width) {
    std::string joined;
    for (const auto& line : wrap_verbatim(text, width)) joined += line;
    EXPECT_EQ(joined, text);
  }
}

TEST(Shorten, CutsByColumns) {
  EXPECT_EQ(shorten("abcdef", 4, "…"), "abc…");
  EXPECT_EQ(shorten("日本語", 5, "…"), "日本…");
  EXPECT_EQ(shorten("abc", 3, "…"), "abc");
}

TEST(Ascii, NamesSymbols) {
  EXPECT_EQ(to_ascii("✅ ⚠️ 🚨 — – … µs é"), "[ok] [!] [!!] - - ... us ?");
}

}  // namespace
}  // namespace culprit
