// Collecting from an AWS that behaves, misbehaves, refuses and stays silent.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "fake_aws.h"
#include "memory_store.h"
#include "sources/aws/collection.h"
#include "sources/aws/log_filter.h"

namespace culprit::aws {
namespace {

using testing::HasSubstr;

const Time kStart = from_epoch_ms(1755817200000);  // 2025-08-21T23:00:00Z

System small_system() {
  System system;
  system.name = "small";
  Component web;
  web.id = "web";
  web.kind = ComponentKind::kEcsService;
  web.cluster = "cluster";
  web.name = "web-service";
  web.log_group = "/web";
  Component db;
  db.id = "db";
  db.kind = ComponentKind::kRdsInstance;
  db.name = "database";
  system.components = {web, db};
  SystemMetric cpu;
  cpu.id = "db.cpu";
  cpu.component = "db";
  cpu.metric = {"AWS/RDS", "CPUUtilization", {{"DBInstanceIdentifier", "database"}}};
  cpu.statistics = {"Average", "Maximum"};
  cpu.unit = "percent";
  system.metrics = {cpu};
  LogPattern error;
  error.id = "web.error";
  error.component = "web";
  error.any_of = {"ERROR"};
  error.filter = "ERROR";
  system.patterns = {error};
  return system;
}

std::string log_event(std::int64_t at_ms, const std::string& id, const std::string& message) {
  return boost::json::serialize(boost::json::object{{"timestamp", at_ms},
                                                    {"ingestionTime", at_ms + 10},
                                                    {"eventId", id},
                                                    {"logStreamName", "s"},
                                                    {"message", message}});
}

class Collecting : public testing::Test {
 protected:
  Collecting() {
    options.window = {kStart, kStart + std::chrono::minutes{10}};
    options.baseline = {kStart - std::chrono::minutes{30}, kStart};
    options.tail = std::chrono::minutes{10};
    aws.on("GetCallerIdentity",
           "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123:user/u</"
           "Arn><Account>123</Account>"
           "</GetCallerIdentityResult></GetCallerIdentityResponse>");
    aws.on("DescribeClusters", R"({"clusters":[{"clusterName":"cluster","status":"ACTIVE"}],"failures":[]})");
    aws.on(
        "DescribeServices",
        R"({"services":[{"serviceName":"web-service","createdAt":1755817200.5,"desiredCount":2}],"failures":[]})");
    aws.on("ListTasks", R"({"taskArns":["arn:task/1"]})");
    aws.on("DescribeTasks", R"({"tasks":[{"taskArn":"arn:task/1","startedAt":1755817200}],"failures":[]})");
    aws.on("DescribeDBInstances",
           "<DescribeDBInstancesResponse><DescribeDBInstancesResult><DBInstances><DBInstance>"
           "<DBInstanceIdentifier>database</DBInstanceIdentifier><AllocatedStorage>100</AllocatedStorage>"
           "<MultiAZ>false</MultiAZ></DBInstance></DBInstances></DescribeDBInstancesResult></"
           "DescribeDBInstancesResponse>");
    aws.on(
        "DescribeEvents",
        "<DescribeEventsResponse><DescribeEventsResult><Events><Event><Message>Restarted</Message>"
        "<Date>2025-08-21T23:01:00Z</Date></Event></Events></DescribeEventsResult></DescribeEventsResponse>");
    aws.on("GetMetricData",
           R"({"MetricDataResults":[{"Id":"q0","Timestamps":[1755817260,1755817200],"Values":[2.5,1]},)"
           R"({"Id":"q1","Timestamps":[1755817200],"Values":[9]}],"Messages":[]})");
    aws.on("DescribeAlarms", R"({"MetricAlarms":[],"CompositeAlarms":[]})");
    aws.on("DescribeLogGroups",
           R"({"logGroups":[{"logGroupName":"/web","storedBytes":1},{"logGroupName":"/web2"}]})");
    aws.on("FilterLogEvents", R"({"events":[]})");
  }

  Result<void> collect() {
    const Session session = session_with(variables);
    Collection collection(system, options, store, *progress, clock);
    Client client(session, aws, clock, [&](const JournalEntry& entry) { collection.put(entry); });
    return collect_with(client, collection);
  }

  // Events of one piece at their time, whatever piece is asked.
  void serve_log(std::vector<std::pair<std::int64_t, std::string>> lines) {
    aws.on("FilterLogEvents", [lines = std::move(lines)](const Call& call) {
      const auto start = call.parameters.at("startTime").as_int64(),
                 end = call.parameters.at("endTime").as_int64();
      const auto* filter = call.parameters.if_contains("filterPattern");
      std::string list;
      for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines[i].first < start || lines[i].first > end) continue;
        if (filter != nullptr && lines[i].second.find("ERROR") == std::string::npos) continue;
        list += (list.empty() ? "" : ",") + log_event(lines[i].first, std::to_string(i), lines[i].second);
      }
      return ok("{\"events\":[" + list + "]}");
    });
  }

  System system = small_system();
  CollectAwsOptions options;
  Variables variables = with_keys();
  FakeAws aws;
  FakeClock clock{kStart + std::chrono::hours{1}};
  MemoryStore store;
  std::unique_ptr<Progress> progress = make_silent_progress();
};

TEST_F(Collecting, KeepsStatesInTheFormOfTheAwsCli) {
  ASSERT_TRUE(collect());
  ASSERT_EQ(store.states_of("ecs:service").size(), 1u);
  EXPECT_EQ(store.states_of("ecs:service")[0].document.at("createdAt"), "2025-08-21T23:00:00.500000+00:00");
  EXPECT_EQ(store.states_of("ecs:task")[0].document.at("startedAt"), "2025-08-21T23:00:00+00:00");
  const auto instances = store.states_of("rds:db-instance");
  ASSERT_EQ(instances.size(), 1u);
  EXPECT_EQ(instances[0].document.at("AllocatedStorage"), 100);
  EXPECT_EQ(instances[0].document.at("MultiAZ"), false);
  EXPECT_EQ(store.states_of("rds:event")[0].document.at("Date"), "2025-08-21T23:01:00+00:00");
  EXPECT_EQ(store.notes["aws.account"], "123");
}

TEST_F(Collecting, AsksForRunningAndStoppedTasks) {
  ASSERT_TRUE(collect());
  std::string asked;
  for (const auto& call : aws.calls)
    if (call.operation == "ListTasks")
      asked += std::string(call.parameters.at("desiredStatus").as_string()) + " ";
  EXPECT_EQ(asked, "RUNNING STOPPED ");
}

TEST_F(Collecting, KeepsDatapointsAscendingWithUnit) {
  ASSERT_TRUE(collect());
  ASSERT_EQ(store.series.size(), 2u);
  EXPECT_EQ(store.series[0].statistic, "Average");
  EXPECT_EQ(store.series[0].unit, "Percent");
  EXPECT_THAT(store.series[0].points,
              testing::ElementsAre(Datapoint{kStart, 1}, Datapoint{kStart + std::chrono::seconds{60}, 2.5}));
}

TEST_F(Collecting, JournalHoldsEachCallAsAwsCommandWithoutSecrets) {
  ASSERT_TRUE(collect());
  ASSERT_EQ(store.journal.size(), aws.calls.size());
  bool found = false;
  for (const auto& entry : store.journal) {
    EXPECT_EQ(entry.request.find("secret"), std::string::npos);
    found =
        found || (entry.action == "rds:DescribeDBInstances" &&
                  entry.request ==
                      "aws rds describe-db-instances --db-instance-identifier database --region us-east-1");
  }
  EXPECT_TRUE(found);
}

TEST_F(Collecting, AppendsLogEventsInOrderOfTimeThoughFetchedByImportance) {
  const auto base = to_epoch_ms(kStart);
  serve_log({{base - 1'000'000, "baseline"},
             {base + 700'000, "tail"},
             {base + 1000, "incident"},
             {base + 1000, "incident two"}});
  ASSERT_TRUE(collect());
  std::vector<std::string> messages;
  for (const auto& event : store.events) messages.push_back(event.message);
  EXPECT_THAT(messages, testing::ElementsAre("baseline", "incident", "incident two", "tail"));
  std::vector<std::int64_t> starts;
  for (const auto& call : aws.calls)
    if (call.operation == "FilterLogEvents") starts.push_back(call.parameters.at("startTime").as_int64());
  const auto first_of_baseline =
      std::ranges::find_if(starts, [&](std::int64_t start) { return start < base; });
  EXPECT_TRUE(std::ranges::all_of(starts.begin(), first_of_baseline,
                                  [&](std::int64_t start) { return start >= base; }));
  EXPECT_TRUE(
      std::ranges::all_of(first_of_baseline, starts.end(), [&](std::int64_t start) { return start < base; }));
}

TEST_F(Collecting, FollowsEmptyPagesThatCarryAToken) {
  aws.on("FilterLogEvents", [n = 0](const Call& call) mutable {
    if (call.parameters.at("startTime") != to_epoch_ms(kStart)) return ok(R"({"events":[]})");
    if (++n < 4) return ok("{\"events\":[],\"nextToken\":\"t" + std::to_string(n) + "\"}");
    return ok("{\"events\":[" + log_event(to_epoch_ms(kStart), "1", "found") + "]}");
  });
  ASSERT_TRUE(collect());
  ASSERT_EQ(store.events.size(), 1u);
  EXPECT_EQ(store.events[0].message, "found");
}

TEST_F(Collecting, ARepeatedTokenEndsWithAGapNotALoop) {
  aws.on("FilterLogEvents", R"({"events":[],"nextToken":"same"})");
  ASSERT_TRUE(collect());
  ASSERT_NE(store.gap("/web"), nullptr);
  EXPECT_EQ(store.gap("/web")->reason, GapReason::kUnreadable);
  EXPECT_THAT(store.gap("/web")->detail, HasSubstr("same page token twice"));
}

TEST_F(Collecting, AnEventThatComesTwiceIsKeptOnce) {
  const auto event = log_event(to_epoch_ms(kStart), "77", "once");
  aws.on("FilterLogEvents", [event](const Call& call) {
    if (call.parameters.at("startTime") != to_epoch_ms(kStart)) return ok(R"({"events":[]})");
    if (call.parameters.contains("nextToken")) return ok("{\"events\":[" + event + "]}");
    return ok("{\"events\":[" + event + "],\"nextToken\":\"n\"}");
  });
  ASSERT_TRUE(collect());
  EXPECT_EQ(store.events.size(), 1u);
}

TEST_F(Collecting, AThrottlingStormPassesWithBackOff) {
  aws.on("FilterLogEvents", [n = 0](const Call&) mutable {
    return ++n <= 6 ? json_error("ThrottlingException") : ok(R"({"events":[]})");
  });
  ASSERT_TRUE(collect());
  EXPECT_EQ(store.gap("/web")->reason, GapReason::kEmpty);  // and nothing throttled is left
  EXPECT_GT(clock.slept().count(), 0);
}

TEST_F(Collecting, EndlessThrottlingIsAGapThatSaysSo) {
  aws.on("FilterLogEvents", [](const Call&) { return json_error("ThrottlingException"); });
  ASSERT_TRUE(collect());
  EXPECT_EQ(store.gap("/web")->reason, GapReason::kThrottled);
  EXPECT_EQ(store.gap("/web")->window->start, options.baseline.start);
  // Given up twice by each of the four threads at most, then left alone.
  EXPECT_LE(aws.count("FilterLogEvents"), 10u * (2 + 4));
}

TEST_F(Collecting, RetryAfterIsObeyed) {
  aws.on("DescribeAlarms", [n = 0](const Call&) mutable -> TransportResult<HttpResponse> {
    if (++n > 1) return ok(R"({"MetricAlarms":[]})");
    auto response = json_error("TooManyRequestsException", 429);
    response->headers = {{"retry-after", "30"}};
    return response;
  });
  ASSERT_TRUE(collect());
  EXPECT_GE(clock.slept(), std::chrono::seconds{30});
}

TEST_F(Collecting, ADeniedActionIsAGapWithItsIamAction) {
  aws.on("FilterLogEvents", [](const Call&) { return json_error("AccessDeniedException"); });
  aws.on("DescribeEvents", [](const Call&) {
    return answer(
        403, "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>");
  });
  ASSERT_TRUE(collect());
  EXPECT_EQ(store.gap("/web")->reason, GapReason::kDenied);
  EXPECT_EQ(store.gap("/web")->action, "logs:FilterLogEvents");
  EXPECT_EQ(store.gap("events of DB instance database")->action, "rds:DescribeEvents");
  EXPECT_LE(aws.count("FilterLogEvents"), 4u);  // not once for each piece
}

TEST_F(Collecting, AMissingLogGroupIsAGapAndNotAskedForEvents) {
  aws.on("DescribeLogGroups", R"({"logGroups":[{"logGroupName":"/web2"}]})");
  ASSERT_TRUE(collect());
  EXPECT_EQ(store.gap("/web")->reason, GapReason::kMissing);
  EXPECT_EQ(aws.count("FilterLogEvents"), 0u);
}

TEST_F(Collecting, AMissingServiceIsAGap) {
  aws.on(
      "DescribeServices",
      R"({"services":[],"failures":[{"arn":"arn:aws:ecs:x:1:service/cluster/web-service","reason":"MISSING"}]})");
  ASSERT_TRUE(collect());
  EXPECT_EQ(store.gap("ECS service web-service")->reason, GapReason::kMissing);
  EXPECT_EQ(store.gap("ECS service web-service")->component, "web");
}

TEST_F(Collecting, TellsAMetricWithoutDataFromOneThatDoesNotExist) {
  aws.on("GetMetricData", R"({"MetricDataResults":[{"Id":"q0","Timestamps":[],"Values":[]}]})");
  aws.on("ListMetrics", R"({"Metrics":[]})");
  ASSERT_TRUE(collect());
  EXPECT_EQ(store.gap(to_string(system.metrics[0].metric))->reason, GapReason::kMissing);
  store = MemoryStore{};
  aws.on("ListMetrics", R"({"Metrics":[{"MetricName":"CPUUtilization"}]})");
  ASSERT_TRUE(collect());
  EXPECT_EQ(store.gap(to_string(system.metrics[0].metric))->reason, GapReason::kEmpty);
}

TEST_F(Collecting, AMetricThatCloudWatchGivesInPartOrNotAtAllIsAGap) {
  aws.on("GetMetricData", [n = 0](const Call&) mutable {
    if (++n == 1)
      return ok(
          R"({"MetricDataResults":[{"Id":"q0","StatusCode":"PartialData","Timestamps":[1755817200],"Values":[1]}],"NextToken":"n"})");
    return ok(
        R"({"MetricDataResults":[{"Id":"q0","StatusCode":"Complete","Timestamps":[1755817260],"Values":[1]}]})");
  });
  ASSERT_TRUE(collect());
  EXPECT_EQ(store.gap(to_string(system.metrics[0].metric)), nullptr);  // the last page made it whole
  for (const auto& [status, reason, word] :
       {std::tuple{"InternalError", GapReason::kUnreadable, "only a part"},
        {"PartialData", GapReason::kUnreadable, "only a part"},
        {"Forbidden", GapReason::kDenied, "nothing"}}) {
    const bool forbidden = reason == GapReason::kDenied;
    store = MemoryStore{};
    aws.on("GetMetricData",
           fmt::format(
               R"({{"MetricDataResults":[{{"Id":"q0","StatusCode":"{}","Timestamps":[{}],"Values":[{}]}}]}})",
               status, forbidden ? "" : "1755817200", forbidden ? "" : "1"));
    ASSERT_TRUE(collect());
    const auto* gap = store.gap(to_string(system.metrics[0].metric));
    ASSERT_NE(gap, nullptr) << status;
    EXPECT_EQ(gap->reason, reason);
    EXPECT_THAT(gap->detail, HasSubstr(word));
    EXPECT_THAT(gap->detail, HasSubstr(status));
  }
}

TEST_F(Collecting, TasksWithoutEndAreCutAndTold) {
  aws.on("ListTasks", [n = 0](const Call&) mutable {
    std::string arns;
    for (int i = 0; i < 1000; ++i) arns += fmt::format("{}\"arn:task/{}-{}\"", i == 0 ? "" : ",", n, i);
    return ok(fmt::format(R"({{"taskArns":[{}],"nextToken":"t{}"}})", arns, n++));
  });
  ASSERT_TRUE(collect());
  const auto* gap = store.gap("running tasks of ECS service web-service");
  ASSERT_NE(gap, nullptr);
  EXPECT_EQ(gap->reason, GapReason::kCut);
  EXPECT_EQ(aws.count("DescribeTasks"), 100u);
}

TEST_F(Collecting, WhatAServiceSaysOfAnErrorIsCutAndMadePrintable) {
  aws.on("DescribeServices", [](const Call&) {
    return answer(400, "{\"__type\":\"ValidationException\",\"message\":\"\\u001b[31m" +
                           std::string(1'000'000, 'x') + "\"}");
  });
  ASSERT_TRUE(collect());
  const auto* gap = store.gap("ECS service web-service");
  ASSERT_NE(gap, nullptr);
  EXPECT_LT(gap->detail.size(), 1500u);
  EXPECT_EQ(gap->detail.find('\x1b'), std::string::npos);
  for (const auto& entry : store.journal) EXPECT_LT(entry.outcome.size(), 1500u);
}

TEST_F(Collecting, CredentialsThatExpireMidwayLeaveWhatCameBeforeAndGapsForTheRest) {
  std::atomic<int> asked = 0;
  aws.on("FilterLogEvents", [&](const Call& call) {
    if (++asked > 1) return json_error("ExpiredTokenException");
    return ok("{\"events\":[" + log_event(call.parameters.at("startTime").as_int64(), "1", "early") + "]}");
  });
  const auto done = collect();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kCredentials);
  ASSERT_EQ(store.events.size(), 1u);
  EXPECT_EQ(store.events[0].message, "early");
  bool baseline = false;
  for (const auto& gap : store.gaps) {
    EXPECT_NE(gap.reason, GapReason::kEmpty) << gap.detail;
    if (gap.subject == "/web" && gap.window && gap.window->start == options.baseline.start) baseline = true;
  }
  EXPECT_TRUE(baseline);
  EXPECT_EQ(store.gap("log events")->reason, GapReason::kNotAsked);
}

TEST_F(Collecting, NothingButRefusalsIsDenied) {
  for (const char* operation :
       {"DescribeClusters", "DescribeServices", "ListTasks", "DescribeDBInstances", "DescribeEvents",
        "GetMetricData", "DescribeAlarms", "DescribeLogGroups", "FilterLogEvents"})
    aws.on(operation, [](const Call&) { return json_error("AccessDeniedException"); });
  const auto done = collect();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kDenied);
  EXPECT_THAT(done.error().what, HasSubstr("logs:FilterLogEvents"));
  EXPECT_THAT(done.error().what, HasSubstr("rds:DescribeEvents"));
}

TEST_F(Collecting, EndlessThrottlingOfEverythingEndsWithinAMinute) {
  FakeAws storm;
  storm.otherwise = [](const Call&) { return json_error("ThrottlingException"); };
  const Session session = session_with(variables);
  Collection collection(system, options, store, *progress, clock);
  std::vector<std::string> notices;
  std::mutex mutex;
  Client client(session, storm, clock, {}, [&](std::string_view line) {
    const std::lock_guard lock(mutex);
    notices.emplace_back(line);
  });
  const auto done = collect_with(client, collection);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kUnreachable);
  EXPECT_THAT(done.error().what, HasSubstr("throttled"));
  EXPECT_LT(clock.slept(), std::chrono::minutes{1});
  ASSERT_FALSE(notices.empty());
  EXPECT_THAT(notices[0], HasSubstr("sts:GetCallerIdentity is throttled"));
}

TEST_F(Collecting, ANetworkThatSwallowsPacketsIsNotTriedAgainAndAgain) {
  FakeAws silent;
  silent.otherwise = [this](const Call&) -> TransportResult<HttpResponse> {
    clock.sleep(std::chrono::seconds{60});
    return tl::unexpected(TransportError{"timed out", true, false});
  };
  AwsOptions one_endpoint;
  one_endpoint.endpoint_url = "http://127.0.0.1:1";
  const Session session = session_with(variables, one_endpoint);
  Collection collection(system, options, store, *progress, clock);
  Client client(session, silent, clock);
  ASSERT_FALSE(collect_with(client, collection));
  EXPECT_EQ(silent.calls.size(), 1u);  // one endpoint for all services, and one attempt used the patience up
}

TEST_F(Collecting, AnExpiredTokenEndsTheWholeWithAHint) {
  aws.on("GetCallerIdentity", [](const Call&) {
    return answer(
        403,
        "<ErrorResponse><Error><Code>ExpiredToken</Code><Message>expired</Message></Error></ErrorResponse>");
  });
  const auto done = collect();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kCredentials);
  EXPECT_THAT(done.error().hint, HasSubstr("aws sso login"));
  EXPECT_EQ(aws.calls.size(), 1u);
}

TEST_F(Collecting, KeysThatNobodyKnowsEndTheWholeMidway) {
  aws.on("DescribeServices", [](const Call&) { return json_error("UnrecognizedClientException"); });
  const auto done = collect();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kCredentials);
}

TEST_F(Collecting, ASilentEndpointIsUnreachableAsAWhole) {
  FakeAws silent;
  silent.otherwise = [](const Call&) { return no_answer(); };
  const Session session = session_with(variables);
  Collection collection(system, options, store, *progress, clock);
  Client client(session, silent, clock);
  const auto done = collect_with(client, collection);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kUnreachable);
  EXPECT_THAT(done.error().message(), HasSubstr("Connection refused"));
  EXPECT_EQ(silent.calls.size(), 5u * 4u);  // each service four times, then no more
}

TEST_F(Collecting, OneSilentServiceIsAGap) {
  aws.on("DescribeDBInstances", [](const Call&) { return no_answer(); });
  ASSERT_TRUE(collect());
  EXPECT_EQ(store.gap("DB instance database")->reason, GapReason::kUnreachable);
  EXPECT_EQ(store.gap("events of DB instance database")->reason, GapReason::kUnreachable);
  EXPECT_EQ(store.series.size(), 2u);
}

TEST_F(Collecting, TruncatedAnswersAreGapsAfterAsecondTry) {
  aws.on("GetMetricData", R"({"MetricDataResults":[{"Id":"q0","Times)");
  aws.on("DescribeDBInstances", "<DescribeDBInstancesResponse><DescribeDBInst");
  ASSERT_TRUE(collect());
  EXPECT_EQ(store.gap("DB instance database")->reason, GapReason::kUnreadable);
  EXPECT_EQ(store.gap(to_string(system.metrics[0].metric))->reason, GapReason::kUnreadable);
  EXPECT_EQ(aws.count("DescribeDBInstances"), 3u);
}

TEST_F(Collecting, AHugeAnswerIsAGap) {
  aws.on("DescribeServices", [](const Call&) -> TransportResult<HttpResponse> {
    return tl::unexpected(TransportError{"the answer is larger than 16 MiB", false, true});
  });
  ASSERT_TRUE(collect());
  EXPECT_EQ(store.gap("ECS service web-service")->reason, GapReason::kUnreadable);
  EXPECT_THAT(store.gap("ECS service web-service")->detail, HasSubstr("larger than"));
}

TEST_F(Collecting, AnswersOfTheWrongShapeAreHarmless) {
  for (const char* operation :
       {"DescribeServices", "DescribeClusters", "ListTasks", "DescribeTasks", "GetMetricData",
        "DescribeAlarms", "DescribeLogGroups", "FilterLogEvents", "ListMetrics"})
    aws.on(operation,
           R"({"services":[1,[{}]],"clusters":{"a":1},"taskArns":[{}, null],"tasks":"x","failures":[3],
      "MetricDataResults":[{"Id":"q99999999999","Timestamps":[1],"Values":["NaN"]},{"Id":"q0","Timestamps":[1e300,{}],"Values":[1]}],
      "MetricAlarms":[[]],"logGroups":[7],"events":[{"timestamp":"soon","message":5}, []],"Metrics":0})");
  aws.on("DescribeDBInstances",
         "<DescribeDBInstancesResponse><DescribeDBInstancesResult><DBInstances>text</DBInstances>"
         "</DescribeDBInstancesResult></DescribeDBInstancesResponse>");
  EXPECT_TRUE(collect());
}

TEST_F(Collecting, TheByteLimitGoesToTheIncidentFirstAndTheCutIsTold) {
  std::vector<std::pair<std::int64_t, std::string>> lines;
  for (int i = -30; i < 20; ++i) lines.emplace_back(to_epoch_ms(kStart) + i * 60'000, std::string(99, 'x'));
  serve_log(lines);
  options.max_log_bytes = 1700;  // 15 lines and a reserve
  ASSERT_TRUE(collect());
  std::size_t in_window = 0;
  for (const auto& event : store.events) in_window += options.window.contains(event.time) ? 1 : 0;
  EXPECT_EQ(in_window, 10u);
  bool baseline_cut = false;
  for (const auto& gap : store.gaps)
    baseline_cut =
        baseline_cut || (gap.reason == GapReason::kCut && gap.window->start == options.baseline.start);
  EXPECT_TRUE(baseline_cut);
}

TEST_F(Collecting, ACutIncidentWindowKeepsEveryLineThatAPatternWants) {
  std::vector<std::pair<std::int64_t, std::string>> lines;
  for (int i = 0; i < 600; ++i)
    lines.emplace_back(to_epoch_ms(kStart) + i * 1000, i % 100 == 0 ? "ERROR" : std::string(99, 'x'));
  serve_log(lines);
  options.max_log_bytes = 10'000;
  ASSERT_TRUE(collect());
  std::size_t errors = 0;
  for (const auto& event : store.events) errors += event.message == "ERROR" ? 1 : 0;
  EXPECT_EQ(errors, 6u);
  std::size_t cut_stretches = 0;
  for (const auto& gap : store.gaps) {
    if (gap.reason != GapReason::kCut || gap.window->start < options.window.start ||
        gap.window->end > options.window.end)
      continue;
    EXPECT_THAT(gap.detail, HasSubstr("only lines that the system's patterns match"));
    ++cut_stretches;
  }
  EXPECT_GE(cut_stretches, 1u);
}

TEST_F(Collecting, CollectingTwiceGivesTheSameNumbers) {
  std::vector<std::pair<std::int64_t, std::string>> lines;
  for (int i = 0; i < 500; ++i)
    lines.emplace_back(to_epoch_ms(kStart) - 900'000 + i * 3000 / 2 * 2, "line " + std::to_string(i));
  serve_log(lines);
  ASSERT_TRUE(collect());
  const auto first = store.events;
  store = MemoryStore{};
  ASSERT_TRUE(collect());
  ASSERT_EQ(store.events.size(), first.size());
  for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(store.events[i].message, first[i].message) << i;
}

TEST_F(Collecting, AStatisticTheServiceFailsOverDoesNotCostTheUsualOnes) {
  system.metrics[0].extra_statistics = {"p99"};
  aws.on("GetMetricData", [](const Call& call) {
    if (boost::json::serialize(call.parameters).find("p99") != std::string::npos)
      return json_error("InternalServiceFault", 500);
    return ok(R"({"MetricDataResults":[{"Id":"q0","Timestamps":[1755817200],"Values":[4]}]})");
  });
  ASSERT_TRUE(collect());
  ASSERT_FALSE(store.series.empty());
  EXPECT_EQ(store.series.front().points.front().value, 4);
  EXPECT_EQ(store.gap(to_string(system.metrics[0].metric))->reason, GapReason::kUnreachable);
}

TEST_F(Collecting, StopsPayingAtTheCostCap) {
  options.max_cost_usd = 0.000015;  // one metric
  ASSERT_TRUE(collect());
  EXPECT_EQ(aws.count("GetMetricData"), 0u);
  EXPECT_EQ(store.gap(to_string(system.metrics[0].metric))->reason, GapReason::kNotAsked);
}

TEST_F(Collecting, AFullDiskEndsTheWhole) {
  store.broken = Error{ErrorCode::kStorage, "no space left", "store", "free some"};
  const auto done = collect();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kStorage);
}

TEST_F(Collecting, CloudWatchFallsBackToTheQueryProtocol) {
  aws.on("GetMetricData", [](const Call& call) {
    if (header_of(call.request, "X-Amz-Target").empty())
      return ok(
          "<GetMetricDataResponse><GetMetricDataResult><MetricDataResults><member><Id>q0</Id><Timestamps>"
          "<member>2025-08-21T23:00:00Z</member></Timestamps><Values><member>4.5</member></Values></member>"
          "</MetricDataResults></GetMetricDataResult></GetMetricDataResponse>");
    return answer(404, "not here");
  });
  ASSERT_TRUE(collect());
  ASSERT_EQ(store.series.size(), 1u);
  EXPECT_THAT(store.series[0].points, testing::ElementsAre(Datapoint{kStart, 4.5}));
}

TEST_F(Collecting, ARefusedMetricDoesNotTakeTheOthersWithIt) {
  SystemMetric odd = system.metrics[0];
  odd.id = "db.odd";
  odd.metric.name = "Odd";
  system.metrics.push_back(odd);
  aws.on("GetMetricData", [](const Call& call) {
    const std::string body = boost::json::serialize(call.parameters);
    if (body.find("Odd") != std::string::npos) return json_error("ValidationError");
    return ok(R"({"MetricDataResults":[{"Id":"q0","Timestamps":[1755817200],"Values":[1]}]})");
  });
  ASSERT_TRUE(collect());
  EXPECT_FALSE(store.series.empty());
  EXPECT_EQ(store.gap(to_string(odd.metric))->reason, GapReason::kUnreadable);
}

TEST_F(Collecting, AClockThatIsOffIsCorrectedFromTheDateHeader) {
  aws.on("DescribeClusters", [n = 0](const Call& call) mutable -> TransportResult<HttpResponse> {
    if (++n > 1) {
      EXPECT_EQ(header_of(call.request, "X-Amz-Date"), "20250822T010000Z");
      return ok(R"({"clusters":[]})");
    }
    auto response = answer(
        403,
        R"({"__type":"InvalidSignatureException","message":"Signature expired: a is now earlier than b"})");
    response->headers = {{"date", "Fri, 22 Aug 2025 01:00:00 GMT"}};
    return response;
  });
  ASSERT_TRUE(collect());
  EXPECT_EQ(aws.count("DescribeClusters"), 2u);
}

TEST_F(Collecting, InvalidUtf8AndLoneSurrogatesSurvive) {
  aws.on("FilterLogEvents", [](const Call& call) {
    const auto start = std::to_string(call.parameters.at("startTime").as_int64());
    if (start != std::to_string(to_epoch_ms(kStart))) return ok("{}");
    return ok("{\"events\":[{\"timestamp\":" + start +
              ",\"eventId\":\"1\",\"message\":\"a\xff z \\ud83d end\"}]}");
  });
  ASSERT_TRUE(collect());
  ASSERT_EQ(store.events.size(), 1u);
  EXPECT_EQ(store.events[0].message, "a\xff z \xef\xbf\xbd end");
}

TEST_F(Collecting, OldEventsOfRdsAreSaidToBeGone) {
  FakeClock later{kStart + std::chrono::hours{24 * 30}};
  const Session session = session_with(variables);
  Collection collection(system, options, store, *progress, later);
  Client client(session, aws, later);
  ASSERT_TRUE(collect_with(client, collection));
  EXPECT_EQ(aws.count("DescribeEvents"), 0u);
  EXPECT_EQ(store.gap("events of DB instance database")->reason, GapReason::kNotAsked);
  EXPECT_EQ(store.series[0].period, std::chrono::seconds{300});  // what CloudWatch still keeps at that age
}

}  // namespace
}  // namespace culprit::aws
