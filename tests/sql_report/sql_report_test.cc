#include "sql_report/sql_report.h"

#include <gtest/gtest.h>

#include <random>

#include "random_log.h"
#include "sql_report/sql_feeder.h"

namespace culprit {
namespace {

const Time kStart = from_epoch_ms(1'755'817'200'000);
constexpr auto kMinute = std::chrono::minutes(1);

StatementShape shape(std::string name) { return {name, "SELECT " + name, true}; }

TEST(SqlReport, AStatementsFiguresComeFromWhatWasAdded) {
  SqlTally tally;
  const auto a = tally.statement(shape("a"));
  const auto b = tally.statement(shape("b"));
  for (int i = 1; i <= 4; ++i)
    tally.add_call(a, kStart + i * kMinute, i * 1000, static_cast<std::uint64_t>(i));
  tally.add_call(b, kStart, 30'000, 0);
  tally.add_to_statement(b, SqlCount::kStatementTimeout, kStart, 9);
  const auto report = make_sql_report(tally, 10);
  ASSERT_EQ(report.statements.size(), 2u);
  const auto& first = report.statements[0];
  EXPECT_EQ(first.fingerprint, "b");
  EXPECT_EQ(first.timeouts, 1u);
  EXPECT_EQ(first.list_max, 9u);
  EXPECT_DOUBLE_EQ(first.share, 0.75);
  const auto& second = report.statements[1];
  EXPECT_EQ(second.durations.count, 4u);
  EXPECT_DOUBLE_EQ(second.durations.total_ms, 10);
  EXPECT_DOUBLE_EQ(second.durations.mean_ms, 2.5);
  EXPECT_DOUBLE_EQ(second.durations.p50_ms, 2.5);
  EXPECT_DOUBLE_EQ(second.durations.max_ms, 4);
  EXPECT_EQ(second.slowest_at, kStart + 4 * kMinute);
  EXPECT_EQ(second.by_period.size(), 4u);
  EXPECT_EQ(report.periods.size(), 5u);
}

TEST(SqlReport, StatementsBeyondTheTopAreSummedUpButTimeOutsStayInSight) {
  SqlTally tally;
  for (int i = 0; i < 10; ++i)
    tally.add_call(tally.statement(shape("s" + std::to_string(i))), kStart, (10 - i) * 1000, 0);
  tally.add_to_statement(tally.statement(shape("hurt")), SqlCount::kStatementTimeout, kStart, 0);
  const auto report = make_sql_report(tally, 3);
  ASSERT_EQ(report.statements.size(), 4u);
  EXPECT_EQ(report.statements[3].fingerprint, "hurt");
  EXPECT_EQ(report.other_statements.count, 7u);
  EXPECT_EQ(report.statement_kinds, 11u);
}

TEST(SqlReport, EventsOutsideOfTheWindowAreLeftOut) {
  SqlTally tally({Window{kStart, kStart + kMinute}, kMinute});
  const auto a = tally.statement(shape("a"));
  tally.add_call(a, kStart - Duration{1}, 1000, 0);
  tally.add_call(a, kStart, 2000, 0);
  tally.add_call(a, kStart + kMinute, 4000, 0);
  EXPECT_EQ(tally.calls().total_us, 2000);
}

TEST(SqlReport, PeriodsBeforeTheEpochAreNotMixedUp) {
  SqlTally tally;
  tally.add(SqlCount::kError, from_epoch_ms(-1));
  tally.add(SqlCount::kError, from_epoch_ms(1));
  EXPECT_EQ(tally.periods().size(), 2u);
}

// Three tallies of random events merged in both ways, and in another order.
TEST(SqlTally, MergingIsAssociativeAndDoesNotCareForOrder) {
  std::mt19937_64 random(4);
  const auto fill = [&] {
    SqlTally t;
    for (int i = 0; i < 3000; ++i) {
      const Time time = kStart + std::chrono::seconds(random() % 3600);
      const auto id = t.statement(shape("s" + std::to_string(random() % 7)));
      switch (random() % 6) {
        case 0:
          t.add_error(time, "ERROR", "class " + std::to_string(random() % 3),
                      "example " + std::to_string(random() % 50));
          break;
        case 1:
          t.add_temp_file(time, random() % 1000);
          t.add_temp_file_to_statement(id, time, random() % 1000);
          break;
        case 2:
          t.add_plan(id, time, static_cast<Microseconds>(random() % 100),
                     "plan " + std::to_string(random() % 9));
          break;
        default:
          t.add_call(id, time, static_cast<Microseconds>(random() % 10'000'000), random() % 300);
      }
    }
    return t;
  };
  const SqlTally a = fill(), b = fill(), c = fill();
  SqlTally left = a, bc = b, right = a, turned = c;
  left.merge(b);
  left.merge(c);
  bc.merge(c);
  right.merge(bc);
  turned.merge(b);
  turned.merge(a);
  EXPECT_EQ(describe(left), describe(right));
  EXPECT_EQ(describe(left), describe(turned));
  EXPECT_GT(left.calls().calls, 2048u * 2);  // beyond what sketches keep exactly
}

TEST(SqlErrorClass, KeepsNamesOfTheSchemaAndDropsValues) {
  struct Case {
    std::string_view message, error_class;
  };
  const Case cases[] = {
      {"canceling statement due to statement timeout", "canceling statement due to statement timeout"},
      {"duplicate key value violates unique constraint \"messages_pkey\"",
       "duplicate key value violates unique constraint \"messages_pkey\""},
      {"invalid input syntax for type uuid: \"abc\"", "invalid input syntax for type uuid: \"…\""},
      {"relation \"nowhere\" does not exist at character 21", "relation \"nowhere\" does not exist"},
      {"value 17 is out of range for column t2", "value N is out of range for column t2"},
      {"unterminated \"quote", "unterminated \"…\""},
  };
  for (const auto& c : cases) EXPECT_EQ(sql_error_class(c.message), c.error_class);
}

}  // namespace
}  // namespace culprit
