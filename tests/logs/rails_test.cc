#include "logs/rails.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "logs/rails_line.h"

namespace culprit {
namespace {

const Time kStart = from_epoch_ms(1'755'817'200'000);  // 2025-08-21T23:00:00Z
constexpr std::string_view kId = "a8d7a57f-ceba-4992-b866-5cb322ab1211";

class Feeder {
 public:
  // `at_ms` after kStart. The text is the line's body; level and tag as given.
  bool line(std::int64_t at_ms, std::string_view body, std::string_view id = kId,
            std::string_view level = "INFO", int pid = 1) {
    const std::string tag = id.empty() ? "" : fmt::format("[{}] ", id);
    return raw(at_ms, fmt::format("{}, [2025-08-21T23:00:{:02}.{:03}000 #{}] {:>5} -- : {}{}", level[0],
                                  at_ms / 1000 % 60, at_ms % 1000, pid, level, tag, body));
  }
  bool raw(std::int64_t at_ms, std::string_view event) {
    return assembler.feed(++number, kStart + Duration{at_ms}, event, emit);
  }
  void finish() { assembler.finish(emit); }

  RailsAssembler assembler;
  std::uint64_t number = 0;
  std::vector<RailsRequest> requests;
  RailsAssembler::Emit emit = [this](const RailsRequest& r) { requests.push_back(r); };
};

TEST(Rails, JoinsTheLinesOfARequest) {
  Feeder f;
  EXPECT_TRUE(f.line(
      0,
      "Started GET \"/api/v1/accounts/1/conversations?page=1\" for 10.0.1.7 at 2025-08-21 23:00:00 +0000"));
  EXPECT_TRUE(f.line(2, "Processing by Api::V1::Accounts::ConversationsController#index as JSON"));
  EXPECT_TRUE(f.line(3, "  Parameters: {\"page\"=>\"1\"}"));
  EXPECT_TRUE(f.line(250,
                     "Completed 200 OK in 248ms (Views: 3.1ms | ActiveRecord: 201.7ms (5 queries, 0 cached) "
                     "| Allocations: 4921)"));
  ASSERT_EQ(f.requests.size(), 1U);
  const auto& r = f.requests[0];
  EXPECT_EQ(r.id, kId);
  EXPECT_EQ(r.method, "GET");
  EXPECT_EQ(r.path, "/api/v1/accounts/1/conversations");
  EXPECT_EQ(r.endpoint, "Api::V1::Accounts::ConversationsController#index");
  EXPECT_EQ(r.status, 200);
  EXPECT_EQ(r.duration_ms, 248);
  EXPECT_EQ(r.database_ms, 201.7);
  EXPECT_EQ(r.view_ms, 3.1);
  EXPECT_EQ(r.remote_ip, "10.0.1.7");
  EXPECT_EQ(r.started, kStart);
  EXPECT_EQ(r.ended, kStart + Duration{250});
  EXPECT_EQ(r.first_event, 1U);
  EXPECT_EQ(r.last_event, 4U);
  EXPECT_EQ(r.error_event, 0U);
}

TEST(Rails, TakesTheExceptionBehindACompleted500) {
  Feeder f;
  f.line(0, "Started GET \"/x\" for 10.0.1.7 at 2025-08-21 23:00:00 +0000");
  f.line(1, "Processing by X#y as JSON");
  f.line(14'000,
         "Completed 500 Internal Server Error in 14999ms (ActiveRecord: 14599.1ms | Allocations: 492135)");
  f.line(14'001, "  ", kId, "FATAL");
  f.line(
      14'001,
      "ActiveRecord::QueryCanceled (PG::QueryCanceled: ERROR:  canceling statement due to statement timeout",
      kId, "FATAL");
  f.line(14'002, "app/models/conversation.rb:12:in `find'", kId, "FATAL");
  f.finish();
  ASSERT_EQ(f.requests.size(), 1U);
  EXPECT_EQ(f.requests[0].status, 500);
  EXPECT_EQ(f.requests[0].error_class, "ActiveRecord::QueryCanceled");
  EXPECT_EQ(f.requests[0].error_message,
            "PG::QueryCanceled: ERROR:  canceling statement due to statement timeout");
  EXPECT_EQ(f.requests[0].error_event, 5U);
  EXPECT_EQ(f.requests[0].last_event, 6U);
  EXPECT_FALSE(f.requests[0].rack_timeout);
}

TEST(Rails, TakesTheExceptionOutOfAJoinedEvent) {
  Feeder f;
  f.line(0, "Started GET \"/x\" for 10.0.1.7 at 2025-08-21 23:00:00 +0000");
  f.line(900, "Completed 500 Internal Server Error in 900ms (ActiveRecord: 1.0ms | Allocations: 1)");
  f.line(901,
         fmt::format("  \n[{0}] NoMethodError (undefined method `x' for nil:NilClass):\n[{0}]   \n[{0}] "
                     "app/x.rb:1:in `y'",
                     kId),
         kId, "FATAL");
  f.finish();
  ASSERT_EQ(f.requests.size(), 1U);
  EXPECT_EQ(f.requests[0].error_class, "NoMethodError");
  EXPECT_EQ(f.requests[0].error_message, "undefined method `x' for nil:NilClass");
}

TEST(Rails, ARequestKilledByRackTimeoutHasNoCompletedLine) {
  Feeder f;
  f.line(0, "Started GET \"/x\" for 10.0.1.7 at 2025-08-21 23:00:00 +0000");
  f.line(1, "Processing by X#y as JSON");
  f.line(15'001, "Rack::Timeout::RequestTimeoutException (Request ran for longer than 15000ms )", kId,
         "FATAL");
  f.line(15'002, "app/models/conversation.rb:12:in `find'", kId, "FATAL");
  f.finish();
  ASSERT_EQ(f.requests.size(), 1U);
  EXPECT_EQ(f.requests[0].status, 0);
  EXPECT_TRUE(f.requests[0].rack_timeout);
  EXPECT_EQ(f.requests[0].error_class, "Rack::Timeout::RequestTimeoutException");
  EXPECT_EQ(f.requests[0].error_message, "Request ran for longer than 15000ms");
  EXPECT_EQ(f.requests[0].endpoint, "X#y");
}

TEST(Rails, ARequestKilledByRackTimeoutWithACompleted500) {
  Feeder f;
  f.line(0, "Started GET \"/x\" for 10.0.1.7 at 2025-08-21 23:00:00 +0000");
  f.raw(
      15'000,
      fmt::format("source=rack-timeout id={} timeout=15000ms service=15001ms state=timed_out at=error", kId));
  f.line(15'001, "Completed 500 Internal Server Error in 15000ms (ActiveRecord: 14000.0ms | Allocations: 1)");
  f.line(15'002, "Rack::Timeout::RequestTimeoutException (Request ran for longer than 15000ms )", kId,
         "FATAL");
  f.finish();
  ASSERT_EQ(f.requests.size(), 1U);
  EXPECT_EQ(f.requests[0].status, 500);
  EXPECT_TRUE(f.requests[0].rack_timeout);
  EXPECT_EQ(f.requests[0].error_class, "Rack::Timeout::RequestTimeoutException");
  EXPECT_EQ(f.requests[0].duration_ms, 15000);
}

TEST(Rails, RackTimeoutsOwnLineAlone) {
  Feeder f;
  EXPECT_FALSE(f.raw(0, "source=rack-timeout timeout=15000ms state=ready at=info"));
  f.raw(0, fmt::format(
               "source=rack-timeout id={} wait=3ms timeout=15000ms service=15001ms state=timed_out at=error",
               kId));
  f.finish();
  ASSERT_EQ(f.requests.size(), 1U);
  EXPECT_TRUE(f.requests[0].rack_timeout);
  EXPECT_EQ(f.requests[0].duration_ms, 15001);
}

TEST(Rails, InterleavedRequestsKeepApart) {
  Feeder f;
  const auto id = [](int i) { return fmt::format("00000000-0000-4000-8000-{:012}", i); };
  for (int i = 0; i < 50; ++i) f.line(i, fmt::format("Started GET \"/p{}\" for 1.1.1.1 at x", i), id(i));
  for (int i = 49; i >= 0; --i) f.line(100 + i, fmt::format("Processing by C{}#a as HTML", i), id(i));
  for (int i = 0; i < 50; ++i) f.line(200 + i, fmt::format("Completed 200 OK in {}ms", 200 + i), id(i));
  ASSERT_EQ(f.requests.size(), 50U);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(f.requests[i].path, fmt::format("/p{}", i));
    EXPECT_EQ(f.requests[i].endpoint, fmt::format("C{}#a", i));
    EXPECT_EQ(f.requests[i].duration_ms, 200 + i);
  }
}

TEST(Rails, UntaggedRequestsAreToldApartByTheirDuration) {
  Feeder f;
  f.line(0, "Started GET \"/slow\" for 1.1.1.1 at x", "");
  f.line(1, "Processing by Slow#a as HTML", "");
  f.line(5'000, "Started GET \"/quick\" for 1.1.1.1 at x", "");
  f.line(5'001, "Processing by Quick#a as HTML", "");
  f.line(5'500, "Completed 500 Internal Server Error in 5500ms", "");
  f.line(5'600, "Completed 200 OK in 599ms", "");
  f.line(5'700, "RuntimeError (oops)", "", "FATAL");
  f.finish();
  ASSERT_EQ(f.requests.size(), 2U);
  EXPECT_EQ(f.requests[0].endpoint, "Quick#a");
  EXPECT_EQ(f.requests[1].endpoint, "Slow#a");
  EXPECT_EQ(f.requests[1].error_class, "RuntimeError");
}

TEST(Rails, ARequestThatNeverCompletesComesAtTheEnd) {
  Feeder f;
  f.line(0, "Started GET \"/api/v1/accounts/17/inboxes\" for 1.1.1.1 at x");
  EXPECT_TRUE(f.requests.empty());
  f.finish();
  ASSERT_EQ(f.requests.size(), 1U);
  EXPECT_EQ(f.requests[0].status, 0);
  EXPECT_EQ(f.requests[0].endpoint, "GET /api/v1/accounts/:id/inboxes");
}

TEST(Rails, OpenRequestsAreBounded) {
  Feeder f;
  std::size_t left = 0;
  f.emit = [&](const RailsRequest&) { ++left; };
  for (int i = 0; i < 100'000; ++i)
    f.line(i, "Started GET \"/x\" for 1.1.1.1 at x", fmt::format("00000000-0000-4000-8000-{:012}", i));
  EXPECT_EQ(left, 80'000U);
  for (int i = 0; i < 1000; ++i) f.line(i, "Started GET \"/x\" for 1.1.1.1 at x", "");
  f.finish();
  EXPECT_EQ(left, 101'000U);
}

TEST(Rails, LogrageJson) {
  Feeder f;
  EXPECT_TRUE(f.raw(
      500,
      R"({"method":"GET","path":"/api/v1/x?y=1","format":"json","controller":"Api::V1::XController","action":"index","status":200,"allocations":12,"duration":412.5,"view":1.5,"db":300.25,"host":"h","remote_ip":"10.0.1.7","user_id":7,"params":{"status":"open"}})"));
  ASSERT_EQ(f.requests.size(), 1U);
  const auto& r = f.requests[0];
  EXPECT_EQ(r.endpoint, "Api::V1::XController#index");
  EXPECT_EQ(r.path, "/api/v1/x");
  EXPECT_EQ(r.status, 200);
  EXPECT_EQ(r.duration_ms, 412.5);
  EXPECT_EQ(r.database_ms, 300.25);
  EXPECT_EQ(r.view_ms, 1.5);
  EXPECT_EQ(r.started, kStart + Duration{88});
}

TEST(Rails, LogrageJsonBehindRubysHeaderWithAnException) {
  Feeder f;
  f.line(
      900,
      R"({"method":"GET","path":"/x","controller":"X","action":"y","status":500,"duration":1.5,"error":"ActiveRecord::QueryCanceled: PG::QueryCanceled: ERROR"})");
  f.line(901, "ActiveRecord::QueryCanceled (PG::QueryCanceled: ERROR:  canceling", kId, "FATAL");
  f.finish();
  ASSERT_EQ(f.requests.size(), 1U);
  EXPECT_EQ(f.requests[0].id, kId);
  EXPECT_EQ(f.requests[0].error_class, "ActiveRecord::QueryCanceled");
  EXPECT_EQ(f.requests[0].error_message, "PG::QueryCanceled: ERROR");
  EXPECT_EQ(f.requests[0].last_event, 2U);
}

TEST(Rails, LogrageKeysAndValues) {
  Feeder f;
  EXPECT_TRUE(f.raw(
      0,
      "method=POST path=/widget format=html controller=WidgetsController action=create status=503 "
      "error='Rack::Timeout::RequestTimeoutException: Request ran' duration=15000.12 view=0.00 db=14000.00"));
  f.finish();
  ASSERT_EQ(f.requests.size(), 1U);
  EXPECT_EQ(f.requests[0].status, 503);
  EXPECT_EQ(f.requests[0].endpoint, "WidgetsController#create");
  EXPECT_EQ(f.requests[0].database_ms, 14000.0);
  EXPECT_TRUE(f.requests[0].rack_timeout);
  EXPECT_EQ(f.requests[0].error_message, "Request ran");
}

TEST(Rails, AStatusThatIsNoneIsNone) {
  Feeder f;
  f.raw(0, R"({"method":"GET","path":"/x","status":200000000000})");
  f.raw(0, "Completed 99999999999 OK in 5ms");
  f.finish();
  ASSERT_EQ(f.requests.size(), 2U);
  EXPECT_EQ(f.requests[0].status, 0);
  EXPECT_EQ(f.requests[1].status, 0);
}

TEST(Rails, ALogThatBeginsInTheMiddleStillTellsWhatEnds) {
  Feeder f;
  EXPECT_FALSE(f.line(1, "Rendered layout x.html.erb (Duration: 1.0ms)"));
  f.line(5'000, "Completed 200 OK in 2000ms (ActiveRecord: 1.0ms)");
  ASSERT_EQ(f.requests.size(), 1U);
  EXPECT_EQ(f.requests[0].started, kStart + Duration{3'000});
}

TEST(Rails, OtherLinesAreNoPart) {
  Feeder f;
  EXPECT_FALSE(f.line(0, "Puma starting", ""));
  EXPECT_FALSE(f.line(0, "[ActiveJob] [X] [a8d7a57f-ceba-4992-b866-5cb322ab1211] Performing X", ""));
  EXPECT_FALSE(f.raw(0, ""));
  EXPECT_FALSE(f.raw(0, "{\"level\":\"info\"}"));
  EXPECT_FALSE(f.raw(0, "TRANSACTION (0.2ms)  BEGIN"));
}

TEST(Rails, AHandledErrorDoesNotFailTheRequest) {
  Feeder f;
  f.line(0, "Started GET \"/x\" for 1.1.1.1 at x");
  f.line(1, "Net::ReadTimeout (Net::ReadTimeout)", kId, "ERROR");
  f.line(2, "Completed 200 OK in 2ms");
  ASSERT_EQ(f.requests.size(), 1U);
  EXPECT_EQ(f.requests[0].status, 200);
  EXPECT_EQ(f.requests[0].error_class, "Net::ReadTimeout");
}

TEST(Rails, AFailedRequestDoesNotWaitForever) {
  Feeder f;
  f.line(0, "Started GET \"/x\" for 1.1.1.1 at x");
  f.line(1, "Completed 500 Internal Server Error in 1ms");
  for (int i = 0; i < 2'001; ++i) f.raw(2, "noise");
  EXPECT_EQ(f.requests.size(), 1U);
}

TEST(Rails, PathShapesNameKindsNotThings) {
  EXPECT_EQ(path_shape("GET", "/api/v1/accounts/17/conversations/204?x=1"),
            "GET /api/v1/accounts/:id/conversations/:id");
  EXPECT_EQ(
      path_shape("GET", "/rails/active_storage/blobs/redirect/eyJfcmFpbHMiOnsiZGF0YSI6MX0--abc123/photo.png"),
      "GET /rails/active_storage/blobs/redirect/:id/photo.png");
  EXPECT_EQ(path_shape("GET", "/x/a8d7a57f-ceba-4992-b866-5cb322ab1211"), "GET /x/:id");
  EXPECT_EQ(path_shape("GET", "/"), "GET /");
}

}  // namespace
}  // namespace culprit
