#include "sql_report/statement_key.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "logs/sql_shorten.h"
#include "logs/statement.h"

namespace culprit {
namespace {

std::uint64_t hash(std::string_view sql) {
  const auto key = statement_key(sql);
  EXPECT_TRUE(key.keyed) << sql;
  return key.hash;
}

TEST(StatementKey, LiteralsAndListLengthsDoNotCount) {
  const auto one = hash("SELECT * FROM t WHERE a = 5 AND b = 'x' AND id IN (1, 2, 3) LIMIT $1");
  EXPECT_EQ(hash("SELECT * FROM t WHERE a = 123.5e-7 AND b = 'it''s 4' AND id IN (99) LIMIT $17"), one);
  EXPECT_EQ(hash("SELECT * FROM t WHERE a = 0x1F AND b = '' AND id IN ('a', 'b''c', -4, $2, 1.5) LIMIT $1"),
            one);
  std::string many = "SELECT * FROM t WHERE a = 5 AND b = 'x' AND id IN (1";
  for (int i = 0; i < 500; ++i) many += ", " + std::to_string(i * 7919 % 100'003);
  EXPECT_EQ(hash(many + ") LIMIT $1"), one);
  EXPECT_EQ(statement_key(many + ") LIMIT $1").list, 501u);
}

TEST(StatementKey, NamesCount) {
  EXPECT_NE(hash("SELECT t0_r1 FROM a"), hash("SELECT t0_r2 FROM a"));
  EXPECT_NE(hash("SELECT \"a 1\" FROM a"), hash("SELECT \"a 2\" FROM a"));
  EXPECT_NE(hash("SELECT f(1)"), hash("SELECT f(1, 2)"));
  EXPECT_NE(hash("SELECT a$1"), hash("SELECT a$2"));
}

TEST(StatementKey, CommentsDoNotCount) {
  EXPECT_EQ(hash("SELECT 1 /*request:42,it's*/"), hash("SELECT 7 /*request:43*/"));
  EXPECT_EQ(hash("SELECT 1 -- a 'quote\nFROM t"), hash("SELECT 7 -- b\nFROM t"));
}

TEST(StatementKey, LeavesWhatItCannotReadToTheTokenizer) {
  for (const std::string_view sql :
       {"SELECT E'a\\'b'", "SELECT $$ it's $$", "SELECT $tag$x$tag$", "SELECT 'cut", "SELECT \"cut",
        "SELECT /* /* nested */ */ 1", "SELECT /* cut", "SELECT U&'x'"})
    EXPECT_FALSE(statement_key(sql).keyed) << sql;
}

TEST(StatementKey, SaysWhenOtherListsStandInTheText) {
  EXPECT_TRUE(statement_key("SELECT 1 WHERE a IN (1, 2) AND b IN (SELECT 5)").lists_known);
  for (const std::string_view sql : {"SELECT 1 WHERE a = ANY('{1,2,3}')", "SELECT ARRAY[1, 2]",
                                     "SELECT 1 WHERE a IN (1, f(2))", "SELECT 1 WHERE a IN (1, 2"})
    EXPECT_FALSE(statement_key(sql).lists_known) << sql;
}

// Pieces of SQL, sound and broken, put together at random.
std::string random_sql(std::mt19937_64& random) {
  static constexpr std::string_view kPieces[] = {
      "SELECT ",    "a",        "t0_r1", " FROM ",  "\"m\"", "\"a\"\"b 1\"", "'x'",   "'it''s'",   "E'\\''",
      "12",         "3.5",      "1e-5",  "$1",      "$22",   "$$x$$",        " IN (", " in(",      ")",
      ", ",         ",",        " ",     "\n\t",    "-",     " - ",          "--c\n", "/*c 'q'*/", "= ",
      "ANY(",       "ARRAY[",   "]",     "'{1,2}'", "::int", " AND ",        "(",     "NULL",      "true",
      " VALUES (1", "\x80\xff", "e5",    ".",       "5",     "U&'q'",        "SELECT"};
  std::string out;
  for (auto n = 1 + random() % 14; n > 0; --n) {
    if (random() % 12 == 0) {
      out += " IN (";
      for (auto k = 1 + random() % 60; k > 0; --k)
        out += std::to_string(random() % 100'000) + (k > 1 ? ", " : "");
      out += random() % 8 == 0 ? " x)" : ")";
    } else {
      out += kPieces[random() % std::size(kPieces)];
    }
  }
  return out;
}

TEST(StatementKey, TextsOfOneKeyAreOneStatementToTheTokenizerAndListSizesAgree) {
  std::mt19937_64 random(5);
  std::map<std::uint64_t, std::string> shortened;  // by hash
  int keyed = 0;
  for (int i = 0; i < 300'000; ++i) {
    const std::string sql = random_sql(random);
    const auto key = statement_key(sql);
    if (!key.keyed) continue;
    ++keyed;
    const auto [known, fresh] = shortened.emplace(key.hash, shorten_sql(sql).key);
    if (!fresh) {
      ASSERT_EQ(shorten_sql(sql).key, known->second) << sql;
    }
    if (key.lists_known) {
      ASSERT_EQ(key.list, in_list_size(sql).largest) << sql;
    }
  }
  EXPECT_GT(keyed, 100'000);
  EXPECT_LT(shortened.size(), static_cast<std::size_t>(keyed));
}

}  // namespace
}  // namespace culprit
