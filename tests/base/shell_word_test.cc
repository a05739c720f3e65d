#include "base/shell_word.h"

#include <gtest/gtest.h>

namespace culprit {
namespace {

TEST(ShellWord, PlainWordsStayAsTheyAre) {
  EXPECT_EQ(shell_word("out/incident.culprit"), "out/incident.culprit");
  EXPECT_EQ(shell_word("Api::V1::Inbox"), "Api::V1::Inbox");
}

TEST(ShellWord, WhatAShellWouldReadIsQuoted) {
  EXPECT_EQ(shell_word("my incident.culprit"), "'my incident.culprit'");
  EXPECT_EQ(shell_word("a; rm -rf ~"), "'a; rm -rf ~'");
  EXPECT_EQ(shell_word("$(id)`id`"), "'$(id)`id`'");
  EXPECT_EQ(shell_word("it's"), R"('it'\''s')");
  EXPECT_EQ(shell_word("a\nb"), "'a\nb'");
  EXPECT_EQ(shell_word("--force"), "'--force'");
  EXPECT_EQ(shell_word(""), "''");
}

TEST(ShellWord, QuotesThatStandAlreadyAreNotLeft) {
  EXPECT_EQ(inside_single_quotes("x' ; id ; '"), R"(x'\'' ; id ; '\'')");
}

}  // namespace
}  // namespace culprit
