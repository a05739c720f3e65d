// Queries in a replay: nothing beyond its moment is seen, by queries and by pointers.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "account_builder.h"
#include "insights/row.h"

namespace culprit::server {
namespace {

constexpr auto kLogs = aws::Service::kLogs;
constexpr std::int64_t kStartMs = 1'795'500'000'000;

void fill(AccountBuilder& builder) {
  for (int i = 0; i < 10; ++i) builder.event("/g", "s", kStartMs + i * 1000, fmt::format(R"({{"n":{}}})", i));
}

boost::json::array results(AccountBuilder& builder, const std::string& query) {
  const auto started =
      builder.answer(kLogs, "StartQuery",
                     fmt::format(R"({{"logGroupName":"/g","startTime":{},"endTime":{},"queryString":"{}"}})",
                                 kStartMs / 1000, kStartMs / 1000 + 3600, query));
  const std::string id(started.at("queryId").as_string());
  for (int i = 0; i < 1000; ++i) {
    const auto answer = builder.answer(kLogs, "GetQueryResults", R"({"queryId":")" + id + "\"}");
    const std::string status(answer.at("status").as_string());
    if (status == "Complete") return answer.at("results").as_array();
    EXPECT_TRUE(status == "Running" || status == "Scheduled") << status;
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  ADD_FAILURE() << "the query did not end";
  return {};
}

TEST(InsightsReplay, AQueryEndsAtTheMomentOfTheReplay) {
  AccountBuilder builder;
  fill(builder);
  builder.at(kStartMs + 4000);
  EXPECT_EQ(boost::json::serialize(results(builder, "stats count(*) as n, max(n) as last")),
            R"([[{"field":"n","value":"5"},{"field":"last","value":"4"}]])");
}

TEST(InsightsReplay, APointerLeadsToNothingLaterThanTheReplay) {
  AccountBuilder builder;
  fill(builder);
  builder.at(kStartMs + 4000);
  const auto record = [&](EventNumber number) {
    return builder.call(kLogs, "GetLogRecord",
                        R"({"logRecordPointer":")" + insights::pointer_to(number) + "\"}");
  };
  EXPECT_NE(record(5).find(R"("n":"4")"), std::string::npos) << record(5);
  EXPECT_TRUE(record(6).starts_with("ResourceNotFoundException")) << record(6);
  EXPECT_TRUE(record(600).starts_with("ResourceNotFoundException"));
  EXPECT_TRUE(builder.call(kLogs, "GetLogRecord", R"({"logRecordPointer":"x"})")
                  .starts_with("InvalidParameterException"));
}

TEST(InsightsReplay, TooManyGroupsFailWithAReason) {
  AccountBuilder builder;
  for (int i = 0; i < 100'001; ++i) builder.event("/g", "s", kStartMs + i, std::to_string(i));
  const auto started = builder.answer(
      kLogs, "StartQuery",
      fmt::format(
          R"({{"logGroupName":"/g","startTime":{},"endTime":{},"queryString":"stats count(*) by @message"}})",
          kStartMs, kStartMs + 1'000'000));
  const std::string id(started.at("queryId").as_string());
  boost::json::object answer;
  for (int i = 0; i < 1000; ++i) {
    answer = builder.answer(kLogs, "GetQueryResults", R"({"queryId":")" + id + "\"}");
    if (answer.at("status").as_string() == "Failed") break;
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  EXPECT_EQ(answer.at("status").as_string(), "Failed");
  EXPECT_NE(answer.at("failureReason").as_string().find("100000 groups"), std::string::npos);
}

}  // namespace
}  // namespace culprit::server
