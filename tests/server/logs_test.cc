// Pages of log events: every event once, in order, whatever the page size.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "account_builder.h"
#include "server/log_pages.h"

namespace culprit::server {
namespace {

constexpr auto kLogs = aws::Service::kLogs;
constexpr std::int64_t kStart = 1'795'500'000'000;

// Events of three streams, out of order within a few seconds, several at one millisecond.
void fill(AccountBuilder& builder, int events) {
  std::mt19937 random(7);
  for (int i = 0; i < events; ++i) {
    const auto jitter = static_cast<std::int64_t>(random() % 5000);
    builder.event("/g", "s" + std::to_string(random() % 3), kStart + i * 200 / 7 * 7 + jitter,
                  (random() % 3 == 0 ? "ERROR request " : "ok request ") + std::to_string(i));
  }
  builder.event("/other", "s0", kStart, "ERROR elsewhere");
}

std::vector<std::string> messages(const boost::json::object& answer) {
  std::vector<std::string> out;
  for (const auto& event : answer.at("events").as_array())
    out.emplace_back(event.as_object().at("message").as_string());
  return out;
}

std::vector<std::string> all_pages(AccountBuilder& builder, const std::string& more, int limit) {
  std::vector<std::string> out;
  std::string token;
  for (int pages = 0; pages < 10'000; ++pages) {
    const auto answer = builder.answer(kLogs, "FilterLogEvents",
                                       fmt::format(R"({{"logGroupName":"/g","limit":{}{}{}}})", limit, more,
                                                   token.empty() ? "" : R"(,"nextToken":")" + token + "\""));
    const auto page = messages(answer);
    EXPECT_LE(page.size(), static_cast<std::size_t>(limit));
    out.insert(out.end(), page.begin(), page.end());
    const auto* next = answer.if_contains("nextToken");
    if (next == nullptr) return out;
    token = next->as_string().c_str();
  }
  ADD_FAILURE() << "no end of pages";
  return out;
}

TEST(FilterLogEvents, EveryPageSizeGivesTheSameEventsOnce) {
  AccountBuilder builder;
  fill(builder, 900);
  const auto whole = all_pages(builder, R"(,"filterPattern":"ERROR")", 10'000);
  ASSERT_GT(whole.size(), 200u);
  EXPECT_EQ(std::set(whole.begin(), whole.end()).size(), whole.size());
  for (const int limit : {1, 7, 50, 299})
    EXPECT_EQ(all_pages(builder, R"(,"filterPattern":"ERROR")", limit), whole) << limit;
}

TEST(FilterLogEvents, ComesByTimeWhateverTheOrderOfArrival) {
  AccountBuilder builder;
  fill(builder, 300);
  const auto answer = builder.answer(kLogs, "FilterLogEvents", R"({"logGroupName":"/g"})");
  std::int64_t before = 0;
  for (const auto& event : answer.at("events").as_array()) {
    const auto time = event.as_object().at("timestamp").as_int64();
    EXPECT_GE(time, before);
    before = time;
  }
  EXPECT_EQ(answer.at("events").as_array().size(), 300u);
}

TEST(FilterLogEvents, TakesOneStreamOrAPrefix) {
  AccountBuilder builder;
  builder.event("/g", "web/1", kStart, "a")
      .event("/g", "web/2", kStart + 1, "b")
      .event("/g", "job/1", kStart + 2, "c");
  const auto asked = [&](const std::string& more) {
    return messages(builder.answer(kLogs, "FilterLogEvents", R"({"logGroupName":"/g")" + more + "}"));
  };
  EXPECT_EQ(asked(R"(,"logStreamNames":["web/2","job/1"])"), (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(asked(R"(,"logStreamNamePrefix":"web/")"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(
      builder.call(kLogs, "FilterLogEvents",
                   R"({"logGroupName":"/g","logStreamNames":["x"],"logStreamNamePrefix":"y"})"),
      "InvalidParameterException: LogStreamNames and LogStreamNamePrefix are mutually exclusive parameters.");
}

TEST(FilterLogEvents, TheEndIsInclusive) {
  AccountBuilder builder;
  builder.event("/g", "s", kStart, "a").event("/g", "s", kStart + 1, "b");
  const auto answer =
      builder.answer(kLogs, "FilterLogEvents",
                     fmt::format(R"({{"logGroupName":"/g","startTime":{},"endTime":{}}})", kStart, kStart));
  EXPECT_EQ(messages(answer), std::vector<std::string>{"a"});
}

TEST(FilterLogEvents, RefusesInTheServicesWords) {
  AccountBuilder builder;
  builder.event("/g", "s", kStart, "a");
  const auto asked = [&](const std::string& parameters) {
    return builder.call(kLogs, "FilterLogEvents", parameters);
  };
  EXPECT_EQ(asked(R"({"logGroupName":"/none"})"),
            "ResourceNotFoundException: The specified log group does not exist.");
  EXPECT_EQ(asked(R"({"logGroupName":"/g","limit":10001})"),
            "InvalidParameterException: 1 validation error detected: Value '10001' at 'limit' failed to "
            "satisfy constraint: "
            "Member must have value less than or equal to 10000");
  EXPECT_EQ(asked(R"({"logGroupName":"/g","nextToken":"made up"})"),
            "InvalidParameterException: The specified nextToken is invalid.");
  EXPECT_NE(asked(R"({"logGroupName":"/g","filterPattern":"IN ("})").find("Invalid character(s) in term '('"),
            std::string::npos);
  EXPECT_EQ(asked("{}"),
            "InvalidParameterException: 1 validation error detected: Value null at 'logGroupName' failed to "
            "satisfy "
            "constraint: Member must not be null");
}

TEST(FilterLogEvents, ATokenOfAnotherQuestionIsRefused) {
  AccountBuilder builder;
  fill(builder, 20);
  const auto answer = builder.answer(kLogs, "FilterLogEvents", R"({"logGroupName":"/g","limit":3})");
  const std::string token(answer.at("nextToken").as_string());
  EXPECT_EQ(builder.call(kLogs, "FilterLogEvents",
                         R"({"logGroupName":"/g","filterPattern":"ERROR","nextToken":")" + token + "\"}"),
            "InvalidParameterException: The specified nextToken is invalid.");
}

TEST(FilterLogEvents, ABadByteBecomesAReplacement) {
  AccountBuilder builder;
  builder.event("/g", "s", kStart, "caf\xE9!");
  EXPECT_EQ(messages(builder.answer(kLogs, "FilterLogEvents", R"({"logGroupName":"/g"})")),
            std::vector<std::string>{"caf\xEF\xBF\xBD!"});
}

TEST(FilterLogEvents, NothingLaterThanTheReplayedMomentIsSeen) {
  AccountBuilder builder;
  builder.event("/g", "s", kStart, "a").event("/g", "s", kStart + 60'000, "b").at(kStart + 59'999);
  EXPECT_EQ(messages(builder.answer(kLogs, "FilterLogEvents", R"({"logGroupName":"/g"})")),
            std::vector<std::string>{"a"});
}

TEST(GetLogEvents, NewestPageFirstAndBothWaysFromThere) {
  AccountBuilder builder;
  for (int i = 0; i < 10; ++i) builder.event("/g", "s", kStart + i * 1000, std::to_string(i));
  builder.event("/g", "t", kStart, "of another stream");
  const auto asked = [&](const std::string& more) {
    return builder.answer(kLogs, "GetLogEvents",
                          R"({"logGroupName":"/g","logStreamName":"s","limit":4)" + more + "}");
  };
  const auto newest = asked("");
  EXPECT_EQ(messages(newest), (std::vector<std::string>{"6", "7", "8", "9"}));
  const auto token = [](const boost::json::object& answer, const char* which) {
    return R"(,"nextToken":")" + std::string(answer.at(which).as_string()) + "\"";
  };
  const auto older = asked(token(newest, "nextBackwardToken"));
  EXPECT_EQ(messages(older), (std::vector<std::string>{"2", "3", "4", "5"}));
  EXPECT_EQ(messages(asked(token(older, "nextForwardToken"))),
            (std::vector<std::string>{"6", "7", "8", "9"}));
  const auto oldest = asked(token(older, "nextBackwardToken"));
  EXPECT_EQ(messages(oldest), (std::vector<std::string>{"0", "1"}));
  const auto end = asked(token(newest, "nextForwardToken"));
  EXPECT_TRUE(messages(end).empty());
  EXPECT_EQ(end.at("nextForwardToken"), newest.at("nextForwardToken"));
  EXPECT_EQ(messages(asked(R"(,"startFromHead":true)")), (std::vector<std::string>{"0", "1", "2", "3"}));
}

TEST(GetLogEvents, AStreamThatIsNotThereIsSaidSo) {
  AccountBuilder builder;
  builder.event("/g", "s", kStart, "a");
  EXPECT_EQ(builder.call(kLogs, "GetLogEvents", R"({"logGroupName":"/g","logStreamName":"t"})"),
            "ResourceNotFoundException: The specified log stream does not exist.");
}

TEST(DescribeLogGroups, PagesInOrderWithPrefixOrPattern) {
  AccountBuilder builder;
  for (const char* name : {"/b", "/a", "/c/Web"}) builder.event(name, "s", kStart, "x");
  const auto first = builder.answer(kLogs, "DescribeLogGroups", R"({"limit":2})");
  EXPECT_EQ(first.at("logGroups").as_array().size(), 2u);
  EXPECT_EQ(first.at("logGroups").as_array()[0].as_object().at("logGroupName").as_string(), "/a");
  const std::string token(first.at("nextToken").as_string());
  const auto second =
      builder.answer(kLogs, "DescribeLogGroups", R"({"limit":2,"nextToken":")" + token + "\"}");
  EXPECT_EQ(second.at("logGroups").as_array().size(), 1u);
  EXPECT_FALSE(second.contains("nextToken"));
  EXPECT_EQ(builder.answer(kLogs, "DescribeLogGroups", R"({"logGroupNamePrefix":"/b"})")
                .at("logGroups")
                .as_array()
                .size(),
            1u);
  const auto& group = first.at("logGroups").as_array()[0].as_object();
  EXPECT_EQ(group.at("arn").as_string(), "arn:aws:logs:us-east-1:123456789012:log-group:/a:*");
}

TEST(DescribeLogStreams, ByNameOrByLastEvent) {
  AccountBuilder builder;
  builder.event("/g", "a", kStart + 5, "x")
      .event("/g", "b", kStart + 1, "x")
      .event("/g", "b", kStart + 9, "x");
  const auto names = [&](const std::string& more) {
    std::string out;
    const auto answer = builder.answer(kLogs, "DescribeLogStreams", R"({"logGroupName":"/g")" + more + "}");
    for (const auto& stream : answer.at("logStreams").as_array())
      out += stream.as_object().at("logStreamName").as_string();
    return out;
  };
  EXPECT_EQ(names(""), "ab");
  EXPECT_EQ(names(R"(,"orderBy":"LastEventTime","descending":true)"), "ba");
  EXPECT_EQ(names(R"(,"logStreamNamePrefix":"b")"), "b");
}

TEST(TestMetricFilter, ShowsMatchesWithTheirFields) {
  AccountBuilder builder;
  builder.event("/g", "s", kStart, "x");
  EXPECT_EQ(
      builder.call(kLogs, "TestMetricFilter",
                   R"({"filterPattern":"[ip, status=5*]","logEventMessages":["1.2.3.4 500","1.2.3.4 200"]})"),
      R"({"matches":[{"eventNumber":1,"eventMessage":"1.2.3.4 500","extractedValues":{"$ip":"1.2.3.4","$status":"500"}}]})");
}

// Pages against a sort of everything, with pages so small that every boundary is met.
TEST(LogPages, GoBackwardAsTheyGoForward) {
  AccountBuilder builder;
  fill(builder, 400);
  const auto store = builder.store();
  LogPageQuery query(*MessagePattern::filter("request"));
  query.group = "/g";
  query.window = {from_epoch_ms(0), from_epoch_ms(kStart * 2)};
  query.events_max = 10'000;
  const auto whole = find_page(*store, query);
  ASSERT_TRUE(whole.has_value());
  ASSERT_EQ(whole->events.size(), 400u);
  EXPECT_FALSE(whole->more);
  query.direction = LogDirection::kBackward;
  query.events_max = 13;
  std::vector<EventNumber> backward;
  for (bool more = true; more;) {
    const auto page = find_page(*store, query);
    ASSERT_TRUE(page.has_value());
    for (auto it = page->events.rbegin(); it != page->events.rend(); ++it) backward.push_back(it->number);
    more = page->more;
    if (!page->events.empty()) query.beyond = position_of(page->events.front());
  }
  std::vector<EventNumber> forward;
  for (const auto& event : whole->events) forward.push_back(event.number);
  std::ranges::reverse(backward);
  EXPECT_EQ(backward, forward);
}

TEST(LogPages, ABytesLimitEndsAPageButNeverEmptiesIt) {
  AccountBuilder builder;
  for (int i = 0; i < 5; ++i) builder.event("/g", "s", kStart + i, std::string(1000, 'x'));
  const auto store = builder.store();
  LogPageQuery query(*MessagePattern::literal(""));
  query.group = "/g";
  query.window = {from_epoch_ms(0), from_epoch_ms(kStart * 2)};
  query.bytes_max = 2100;
  EXPECT_EQ(find_page(*store, query)->events.size(), 2u);
  query.bytes_max = 10;
  EXPECT_EQ(find_page(*store, query)->events.size(), 1u);
  EXPECT_TRUE(find_page(*store, query)->more);
}

}  // namespace
}  // namespace culprit::server
