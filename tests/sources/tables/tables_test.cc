// Cells, numbers, times, graphs and plain tables.
#include <gmock/gmock.h>

#include "sources/tables/call_list.h"
#include "sources/tables/csv_cells.h"
#include "sources/tables/plain_table.h"
#include "sources/tables/table_number.h"

namespace culprit {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::vector<std::string>> cells_of(std::string_view text) {
  CsvCells rows(text);
  std::vector<std::string_view> cells;
  std::vector<std::vector<std::string>> out;
  while (rows.next(cells)) out.emplace_back(cells.begin(), cells.end());
  return out;
}

TEST(CsvCells, CutsAtCommasAndLineEndsOfEitherKind) {
  EXPECT_THAT(cells_of("a,b\r\n1, 2 \n\n3,\n"),
              ElementsAre(ElementsAre("a", "b"), ElementsAre("1", "2"), ElementsAre("3", "")));
}

TEST(CsvCells, QuotedCellsHoldCommasQuotesAndLines) {
  EXPECT_THAT(cells_of("\"a,b\",\"say \"\"x\"\"\",\"two\nlines\"\nc,d"),
              ElementsAre(ElementsAre("a,b", "say \"x\"", "two\nlines"), ElementsAre("c", "d")));
}

TEST(CsvCells, AnOpenQuoteEndsWithTheText) {
  EXPECT_THAT(cells_of("a,\"b"), ElementsAre(ElementsAre("a", "b")));
}

TEST(CsvCells, CountsLines) {
  CsvCells rows("\xEF\xBB\xBFh,i\n\"a\nb\",c\nd,e");
  std::vector<std::string_view> cells;
  ASSERT_TRUE(rows.next(cells));
  EXPECT_EQ(cells[0], "h");
  ASSERT_TRUE(rows.next(cells));
  ASSERT_TRUE(rows.next(cells));
  EXPECT_EQ(rows.line(), 4U);
}

TEST(TableNumber, TakesNumbersOnly) {
  EXPECT_EQ(table_number("1.5e3"), 1500);
  EXPECT_EQ(table_number("+2"), 2);
  EXPECT_EQ(table_number("-0.25"), -0.25);
  for (const char* cell : {"", "12ms", "--1", "n/a", "1,5"}) EXPECT_FALSE(table_number(cell)) << cell;
}

TEST(TableTime, ReadsWhatTablesWrite) {
  const auto expected = from_epoch_ms(1661140434000);
  for (const char* cell :
       {"1661140434", "1661140434.0", "1661140434000", "2022-08-22T03:53:54Z", "2022-08-22 03:53:54",
        "2022-08-22 03:53:54.000000123 +0000 UTC m=+0.3", "2022-08-22 11:53:54 +0800 CST"})
    EXPECT_EQ(table_time(cell), expected) << cell;
  for (const char* cell : {"", "yesterday", "2022-13-45 99:00:00", "2022-08-22", "1e300", "nan"})
    EXPECT_FALSE(table_time(cell)) << cell;
}

TEST(CallList, ReadsPairsWithAndWithoutAHeading) {
  for (const char* text : {"caller,callee\na,b\nb,c\n", "a,b\nb,c\n", "Source,Target,Weight\na,b,1\nb,c,2\n"})
    EXPECT_THAT(*read_call_list(text), ElementsAre(Call{"a", "b"}, Call{"b", "c"})) << text;
}

TEST(CallList, ReadsAMatrixWhoseRowsCallTheirColumns) {
  EXPECT_THAT(*read_call_list(",a,b,c\na,0.0,1.0,0\nb,,0,1\nc,0,0,0\n"),
              ElementsAre(Call{"a", "b"}, Call{"b", "c"}));
}

TEST(CallList, RefusesWhatIsNeither) {
  EXPECT_FALSE(read_call_list(""));
  EXPECT_FALSE(read_call_list("alone\n"));
}

TEST(PlainTable, AColumnIsASeriesOfAComponent) {
  const auto table = read_plain_table(
      "time,api.v1.latency_ms_p50,db.cpu,cart.latency@web\n"
      "1700000000,12,30,0.5\n2023-11-14T22:14:20Z,13,,0.6\n");
  ASSERT_TRUE(table);
  ASSERT_EQ(table->signals.size(), 3U);
  EXPECT_EQ(table->signals[0].component, "api.v1");
  EXPECT_EQ(table->signals[0].metric, "latency_ms_p50");
  EXPECT_EQ(table->signals[0].statistic, "p50");
  EXPECT_DOUBLE_EQ(table->signals[0].meaning.factor, 1e-3);
  EXPECT_EQ(table->signals[0].points.size(), 2U);
  EXPECT_EQ(table->signals[1].points.size(), 1U);
  EXPECT_EQ(table->signals[2].caller, "web");
  EXPECT_EQ(table->signals[2].component, "cart");
  EXPECT_THAT(table->notes, IsEmpty());
}

TEST(PlainTable, RowsOfTimeComponentMetricAndValueAreReadToo) {
  const auto table = read_plain_table(
      "value,metric,component,time\n5,latency,a,1700000000\n6,latency,a,1700000060\n1,latency@a,b,"
      "1700000000\n");
  ASSERT_TRUE(table);
  ASSERT_EQ(table->signals.size(), 2U);
  EXPECT_EQ(table->signals[0].component, "a");
  EXPECT_EQ(table->signals[0].points.size(), 2U);
  EXPECT_EQ(table->signals[1].component, "b");
  EXPECT_EQ(table->signals[1].caller, "a");
  EXPECT_EQ(table->signals[1].metric, "latency");
}

TEST(PlainTable, NotesWhatItCannotRead) {
  const auto table = read_plain_table("time,a.latency\n1700000000,1\nnever,2\n1700000060,fast\n");
  ASSERT_TRUE(table);
  EXPECT_THAT(table->notes, Contains("1 rows have no time that can be read"));
  EXPECT_THAT(table->notes, Contains("1 cells hold no number"));
}

struct Refused {
  const char* text;
  const char* what;
};

TEST(PlainTable, RefusesWhatIsNoTable) {
  for (const auto& [text, what] :
       std::initializer_list<Refused>{{"", "the table is empty"},
                                      {"justone\n1\n", "no heading"},
                                      {"1700000000,5\n", "no heading"},
                                      {"time,a.latency\nx,1\n", "no row has a time"}}) {
    const auto table = read_plain_table(text);
    ASSERT_FALSE(table) << text;
    EXPECT_THAT(table.error().what, HasSubstr(what));
  }
}

}  // namespace
}  // namespace culprit
