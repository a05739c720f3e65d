#include "report/sql_tellers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/printable.h"

namespace culprit {
namespace {

using testing::HasSubstr;
using testing::Not;

const Time kStart = from_epoch_ms(1'755'817'200'000);  // 2025-08-21T23:00:00Z

SqlReport sample() {
  SqlTally tally;
  const auto slow = tally.statement({"aaaa1111", "SELECT * FROM messages WHERE id IN ($1, …)", true});
  const auto other = tally.statement({"bbbb2222", "UPDATE t SET a = $1", true});
  for (int i = 0; i < 10; ++i) {
    const Time minute = kStart + std::chrono::minutes(i);
    tally.add_call(slow, minute, 1'500'000 * (i + 1), 40 + static_cast<std::uint64_t>(i));
    tally.add_call(other, minute, 20'000, 0);
  }
  const Time late = kStart + std::chrono::minutes(4);
  for (int i = 0; i < 3; ++i) {
    tally.add(SqlCount::kStatementTimeout, late);
    tally.add_to_statement(slow, SqlCount::kStatementTimeout, late, 250);
    tally.add_error(late, "ERROR", "canceling statement due to statement timeout", "canceling statement");
  }
  tally.add_plan(slow, late, 1'000'000,
                 "Seq Scan on messages  (cost=0.00..9.10 rows=1)\n  Filter: (name = 'Ann' AND id = 42)");
  tally.add_received(late, "10.0.12.40");
  tally.add_authorized(late, "chat@prod");
  tally.add_disconnected(late, std::chrono::seconds(90));
  tally.add_temp_file(late, 4'000'000);
  tally.add_checkpoint_start(late, "time");
  tally.add_checkpoint(late, {362, Duration{50'321}, Duration{31}, Duration{50'361}});
  tally.add_maintenance(late, "prod.public.messages", true, Duration{2'500});
  tally.add_server_state(late, "database system is ready to accept connections");
  auto report = make_sql_report(tally, 10);
  report.sources.push_back({"postgresql.log", "postgres (log_line_prefix %t)", ""});
  report.zone = "America/Costa_Rica";
  return report;
}

std::vector<std::string> all_forms(const SqlReport& r) {
  TextStyle wide;
  wide.width = 200;
  return {render_sql_text(r, wide), render_sql_html(r), render_sql_json(r)};
}

TEST(SqlTellers, EveryFormSaysTheSame) {
  for (const auto& text : all_forms(sample()))
    for (const std::string_view words :
         {"aaaa1111", "bbbb2222", "UPDATE t SET a = $1", "canceling statement due to statement timeout",
          "chat@prod", "prod.public.messages", "database system is ready", "Seq Scan on messages"})
      EXPECT_THAT(text, HasSubstr(words));
}

TEST(SqlTellers, TextStartsWithTheTimeOutsAndKeepsToTheWidth) {
  TextStyle style;
  const auto text = render_sql_text(sample(), style);
  EXPECT_TRUE(text.starts_with("PostgreSQL: 3 statement time-outs and 20 calls\n")) << text.substr(0, 200);
  EXPECT_THAT(text, HasSubstr("17:04:00 (23:04:00Z)"));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    EXPECT_LE(display_width(line), static_cast<std::size_t>(style.width)) << line;
}

TEST(SqlTellers, JsonHoldsTheExactNumbers) {
  const auto json = boost::json::parse(render_sql_json(sample())).as_object();
  EXPECT_EQ(json.at("totals").at("calls"), 20);
  EXPECT_EQ(json.at("totals").at("total_ms"), 82'700);
  const auto& first = json.at("statements").at(0);
  EXPECT_EQ(first.at("statement_timeouts"), 3);
  EXPECT_EQ(first.at("in_list").at("max"), 250);
  EXPECT_EQ(json.at("connections").at("session_total_s"), 90);
  EXPECT_EQ(json.at("periods").as_array().size(), 10u);
}

TEST(SqlTellers, RedactionHidesHostsAndLiteralsOfPlans) {
  auto report = sample();
  redact(report);
  for (const auto& text : all_forms(report)) {
    EXPECT_THAT(text, Not(HasSubstr("10.0.12.40")));
    EXPECT_THAT(text, Not(HasSubstr("Ann")));
    EXPECT_THAT(text, HasSubstr("chat@prod"));
  }
  EXPECT_TRUE(report.redacted);
}

TEST(SqlTellers, HostileTextStaysText) {
  auto report = sample();
  const std::string hostile = "<script>alert(1)</script>\x1b[31m\xff\"'`\x01";
  report.statements[0].sql = hostile;
  report.statements[0].fingerprint = hostile;
  report.statements[0].slowest_plan = hostile;
  report.error_classes[0].error_class = hostile;
  report.error_classes[0].example = hostile;
  report.connections.authorized_by[0].name = hostile;
  report.server_states[0].message = hostile;
  report.sources[0].name = hostile;
  report.maintenance[0].table = hostile;
  const auto forms = all_forms(report);
  for (const auto& text : forms) {
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    EXPECT_THAT(text, Not(HasSubstr("\xff")));
    EXPECT_THAT(text, Not(HasSubstr("\x01")));
  }
  EXPECT_THAT(forms[1], Not(HasSubstr("<script>alert")));
  EXPECT_NO_THROW(boost::json::parse(forms[2]));
}

TEST(SqlTellers, AnEmptyReportSaysThatNothingWasFound) {
  const SqlReport empty = make_sql_report(SqlTally{}, 10);
  EXPECT_THAT(render_sql_text(empty, {}), HasSubstr("No entry of PostgreSQL's log"));
  EXPECT_THAT(render_sql_html(empty), HasSubstr("No entry of PostgreSQL&#39;s log"));
  EXPECT_NO_THROW(boost::json::parse(render_sql_json(empty)));
}

}  // namespace
}  // namespace culprit
