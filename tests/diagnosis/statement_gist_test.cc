#include "diagnosis/statement_gist.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace culprit {
namespace {

TEST(StatementGist, AShortStatementStaysWhole) { EXPECT_EQ(statement_gist("SELECT 1"), "SELECT 1"); }

TEST(StatementGist, ALongSelectListGivesWayToItsTable) {
  EXPECT_EQ(statement_gist(
                "SELECT conversations.id, conversations.display_id, conversations.unread_count FROM "
                "\"conversations\" WHERE \"conversations\".\"account_id\" = $1 ORDER BY last_activity_at",
                100),
            "SELECT conversations.id, … FROM \"conversations\" WHERE \"conversations\".\"account_id\" = $1 "
            "ORDER BY …");
}

TEST(StatementGist, ASubqueryIsNotItsTable) {
  EXPECT_THAT(
      statement_gist("SELECT (SELECT COUNT(*) FROM \"inner\") AS n, some_long_column, another_long_column, "
                     "a_third_long_column_of_it FROM \"outer\" WHERE x = $1",
                     90),
      testing::HasSubstr("FROM \"outer\""));
}

TEST(StatementGist, IsNeverCutInsideANameOrALiteral) {
  const std::string sql =
      "UPDATE \"a very long table name with blanks in it\" SET note = 'and a literal with blanks'";
  for (std::size_t limit = 1; limit < sql.size(); ++limit) {
    const std::string gist = statement_gist(sql, limit);
    EXPECT_EQ(std::count(gist.begin(), gist.end(), '"') % 2, 0) << gist;
    EXPECT_EQ(std::count(gist.begin(), gist.end(), '\'') % 2, 0) << gist;
    EXPECT_THAT(gist, testing::EndsWith(" …"));
  }
}

TEST(StatementGist, OneWordWithoutABlankIsShownWhole) {
  const std::string word(500, 'x');
  EXPECT_EQ(statement_gist(word), word + " …");
}

}  // namespace
}  // namespace culprit
