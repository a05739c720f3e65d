#include "logs/statement.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <thread>

namespace culprit {
namespace {

std::string in_list(std::size_t size, const std::function<std::string(std::size_t)>& element) {
  std::string out = "SELECT \"messages\".* FROM \"messages\" WHERE \"messages\".\"conversation_id\" IN (";
  for (std::size_t i = 0; i < size; ++i) out += (i > 0 ? ", " : "") + element(i);
  return out + ") AND account_id = 7 ORDER BY id LIMIT 25";
}

TEST(Statement, ListsOfEveryLengthAreOneShape) {
  StatementShapes shapes;
  const auto number = [](std::size_t i) { return std::to_string(i * 17); };
  const auto first = shapes.shape(in_list(1, number));
  EXPECT_TRUE(first.parsed);
  EXPECT_EQ(first.fingerprint.size(), 16U);
  EXPECT_EQ(first.normalised,
            "SELECT \"messages\".* FROM \"messages\" WHERE \"messages\".\"conversation_id\" IN ($1, …) AND "
            "account_id = $2 "
            "ORDER BY id LIMIT $3");
  for (const std::size_t size : {2, 3, 200, 20'000}) {
    EXPECT_EQ(shapes.shape(in_list(size, number)).fingerprint, first.fingerprint) << size;
    EXPECT_EQ(shapes.shape(in_list(size, number)).normalised, first.normalised) << size;
  }
  const auto parameter = [](std::size_t i) { return fmt::format("${}", i + 1); };
  EXPECT_EQ(shapes.shape(in_list(200, parameter)).normalised, first.normalised);
  EXPECT_EQ(shapes.shape(in_list(5, [](std::size_t i) { return i % 2 ? "NULL" : "-5"; })).fingerprint,
            first.fingerprint);
}

TEST(Statement, LiteralsAndCommentsAndSpaceDoNotMatter) {
  StatementShapes shapes;
  const auto one = shapes.shape("SELECT a FROM t WHERE b = 'x' AND c = 1.5").fingerprint;
  EXPECT_EQ(shapes.shape("SELECT a\n\tFROM t\n\tWHERE b = 'it''s' AND c = 2e10 /*app:web,id:1*/").fingerprint,
            one);
  EXPECT_EQ(shapes.shape("SELECT a FROM t WHERE b = $1 AND c = $2 -- trailing").fingerprint, one);
  EXPECT_EQ(shapes.shape("SELECT a FROM t WHERE b = E'a\\'b' AND c = $$x$$;").fingerprint, one);
  EXPECT_NE(shapes.shape("SELECT a FROM t WHERE b = 'x' OR c = 1").fingerprint, one);
}

TEST(Statement, RowsOfAnInsertAreOneShape) {
  StatementShapes shapes;
  const auto one = shapes.shape("INSERT INTO t (a, b) VALUES (1, 'x') RETURNING id");
  EXPECT_TRUE(one.parsed);
  std::string many = "INSERT INTO t (a, b) VALUES (1, 'x')";
  for (int i = 0; i < 5'000; ++i) many += fmt::format(", ({}, {})", i, i % 3 ? "NULL" : "'y'");
  EXPECT_EQ(shapes.shape(many + " RETURNING id").fingerprint, one.fingerprint);
}

TEST(Statement, ARowKeepsItsColumns) {
  StatementShapes shapes;
  EXPECT_EQ(shapes.shape("INSERT INTO t (a, b, c) VALUES (1, 2, 3), (4, 5, 6)").normalised,
            "INSERT INTO t (a, b, c) VALUES ($1, $2, $3)");
  EXPECT_EQ(shapes.shape("INSERT INTO t (a, b, c) VALUES ($1, $2, $3) RETURNING id").normalised,
            "INSERT INTO t (a, b, c) VALUES ($1, $2, $3) RETURNING id");
}

TEST(Statement, ArraysAreOneShape) {
  StatementShapes shapes;
  const auto one = shapes.shape("SELECT 1 FROM t WHERE id = ANY(ARRAY[1])").fingerprint;
  EXPECT_EQ(shapes.shape("SELECT 1 FROM t WHERE id = ANY(ARRAY[1, 2, 3])").fingerprint, one);
  EXPECT_EQ(shapes.shape("SELECT 1 FROM t WHERE id = ANY('{1,2}')").fingerprint,
            shapes.shape("SELECT 1 FROM t WHERE id = ANY('{1,2,3}')").fingerprint);
}

TEST(Statement, ACutStatementFallsToAMaskedHash) {
  StatementShapes shapes;
  const auto cut = shapes.shape("SELECT a FROM t WHERE b IN (1, 2, 3");
  EXPECT_FALSE(cut.parsed);
  EXPECT_TRUE(cut.fingerprint.starts_with("unparsed:"));
  EXPECT_EQ(cut.fingerprint.size(), 9U + 16);
  EXPECT_EQ(shapes.shape("SELECT a FROM t WHERE b IN (7, 8, 9, 10, 11").fingerprint, cut.fingerprint);
  EXPECT_EQ(shapes.shape("SELECT a FROM t WHERE b = 'cut in the mid").fingerprint,
            shapes.shape("SELECT a FROM t WHERE b = 'cut else").fingerprint);
}

TEST(Statement, HugeAndDeepStatementsAreRefusedNotCrashed) {
  StatementShapes shapes;
  const auto repeat = [](std::string_view text, int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += text;
    return out;
  };
  for (const int depth : {1'000, 100'000}) {
    for (const auto& sql :
         {"SELECT " + repeat("1+", depth) + "1", "SELECT " + repeat("(", depth) + "1" + repeat(")", depth),
          "SELECT " + repeat("- ", depth) + "1", "SELECT 1 " + repeat("UNION SELECT 1 ", depth),
          "SELECT " + repeat("f(", depth) + "1" + repeat(")", depth),
          "SELECT " + repeat("CASE WHEN true THEN ", depth) + "1" + repeat(" END", depth),
          "SELECT " + repeat("a.", depth) + "b", "SELECT x" + repeat("[1]", depth),
          "SELECT " + repeat("ARRAY[", depth) + "1" + repeat("]", depth),
          "SELECT 1 WHERE a IN " + repeat("(", depth), "SELECT " + std::string(3'000'000, 'x')}) {
      // In a thread of its own, with the stack that threads have.
      std::string fingerprint;
      std::thread([&] { fingerprint = shapes.shape(sql).fingerprint; }).join();
      EXPECT_FALSE(fingerprint.empty());
      EXPECT_LE(shapes.shape(sql).normalised.size(), 8'100U);
      in_list_size(sql);
    }
  }
}

TEST(Statement, GarbageHasAShapeToo) {
  StatementShapes shapes;
  for (const std::string_view sql :
       {"", " ", "\0\0", "'", "\"", "$$", "/*", "--", "\xff\xfe\xc3", "))))", "SELECT \xc3", "IN ("})
    EXPECT_FALSE(shapes.shape(sql).fingerprint.empty()) << sql;
}

TEST(Statement, CountsTheLongestList) {
  const std::pair<std::string_view, std::uint64_t> cases[] = {
      {"SELECT 1", 0},
      {"SELECT 1 WHERE a IN (1)", 1},
      {"SELECT 1 WHERE a IN (1,2,3) AND b NOT IN ($1, $2, $3, $4)", 4},
      {"SELECT 1 WHERE a in ('x, y', 'it''s', lower('a,b'))", 3},
      {"SELECT 1 WHERE (a, b) IN ((1,2),(3,4))", 2},
      {"SELECT 1 WHERE a IN (SELECT x, y FROM t)", 0},
      {"SELECT 1 WHERE a IN (SELECT x FROM t WHERE y IN (1,2,3))", 3},
      {"SELECT 1 WHERE a = ANY('{1,2,3,4,5}')", 5},
      {"SELECT 1 WHERE a = ANY('{\"x,y\",z}'::text[])", 2},
      {"SELECT 1 WHERE a = ANY('{}')", 0},
      {"SELECT 1 WHERE a = ANY(ARRAY[1,2,3])", 3},
      {"SELECT 1 WHERE a = ANY($1)", 0},
      {"SELECT f('{1,2,3}')", 0},
      {"SELECT 1 WHERE a IN (1,2,3,4", 4},
      {"SELECT 1 WHERE a IN (1,2 /* , , */)", 2},
      {"SELECT begin(1,2)", 0},
      {"SELECT 1 WHERE a IN ()", 0},
  };
  for (const auto& [sql, size] : cases) EXPECT_EQ(in_list_size(sql).largest, size) << sql;
}

TEST(Statement, SchemaChanges) {
  for (const std::string_view sql :
       {"CREATE INDEX i ON t (a)", "alter table t add c int", "/* x */ DROP TABLE t", "TRUNCATE t",
        "REINDEX TABLE t", "VACUUM FULL t", "vacuum (verbose, full) t", "REFRESH MATERIALIZED VIEW v"})
    EXPECT_TRUE(is_schema_change(sql)) << sql;
  for (const std::string_view sql :
       {"SELECT 1", "VACUUM t", "VACUUM (ANALYZE) t", "", "INSERT INTO creates VALUES (1)"})
    EXPECT_FALSE(is_schema_change(sql)) << sql;
}

TEST(Statement, AMillionExecutionsParseOnce) {
  StatementShapes shapes;
  const auto begin = std::chrono::steady_clock::now();
  const auto& first = shapes.shape(in_list(10, [](std::size_t i) { return std::to_string(i); }));
  for (std::size_t i = 0; i < 100'000; ++i) {
    const auto& again =
        shapes.shape("SELECT \"messages\".* FROM \"messages\" WHERE \"messages\".\"conversation_id\" IN (" +
                     std::to_string(i) + ") AND account_id = 7 ORDER BY id LIMIT 25");
    ASSERT_EQ(&again, &first);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

}  // namespace
}  // namespace culprit
