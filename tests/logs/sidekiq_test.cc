#include "logs/sidekiq.h"

#include <gtest/gtest.h>

namespace culprit {
namespace {

using Event = SidekiqEntry::Event;

TEST(Sidekiq, JsonDoneLine) {
  const auto e = parse_sidekiq(
      R"({"ts":"2025-08-21T23:00:00.123Z","pid":1,"tid":"abc","lvl":"INFO","msg":"done","ctx":{"class":"SendReplyJob","jid":"b4a5","elapsed":1.234}})");
  ASSERT_TRUE(e);
  EXPECT_EQ(e->event, Event::kDone);
  EXPECT_EQ(e->level, "INFO");
  EXPECT_EQ(e->job_class, "SendReplyJob");
  EXPECT_EQ(e->jid, "b4a5");
  EXPECT_EQ(e->elapsed_s, 1.234);
}

TEST(Sidekiq, JsonStartAndFailLines) {
  EXPECT_EQ(parse_sidekiq(R"({"pid":1,"lvl":"INFO","msg":"start","ctx":{"class":"X","jid":"1"}})")->event,
            Event::kStart);
  const auto e = parse_sidekiq(
      R"({"pid":1,"lvl":"INFO","msg":"fail","ctx":{"class":"X","jid":"1","elapsed":"14.021"}})");
  EXPECT_EQ(e->event, Event::kFail);
  EXPECT_EQ(e->elapsed_s, 14.021);
}

TEST(Sidekiq, ExceptionReportNamesTheWrappedJob) {
  const auto e = parse_sidekiq(
      R"({"ts":"2025-08-21T23:00:00.123Z","pid":1,"tid":"abc","lvl":"WARN","msg":"{\"context\":\"Job raised exception\",\"job\":{\"retry\":3,\"queue\":\"low\",\"wrapped\":\"SendReplyJob\",\"class\":\"ActiveJob::QueueAdapters::SidekiqAdapter::JobWrapper\",\"jid\":\"b4a5\",\"args\":[{\"job_class\":\"SendReplyJob\"}]}}"})");
  ASSERT_TRUE(e);
  EXPECT_EQ(e->event, Event::kFail);
  EXPECT_EQ(e->job_class, "SendReplyJob");
  EXPECT_EQ(e->queue, "low");
  EXPECT_EQ(e->jid, "b4a5");
  EXPECT_EQ(e->message, "Job raised exception");
}

TEST(Sidekiq, TheExceptionsOwnLineNamesItsClass) {
  const auto e = parse_sidekiq(
      R"({"pid":1,"tid":"a","lvl":"WARN","msg":"Net::ReadTimeout: Net::ReadTimeout with #<TCPSocket:(closed)>\nsecond"})");
  EXPECT_EQ(e->event, Event::kOther);
  EXPECT_EQ(e->error_class, "Net::ReadTimeout");
  EXPECT_EQ(e->message, "Net::ReadTimeout: Net::ReadTimeout with #<TCPSocket:(closed)>");
  EXPECT_EQ(parse_sidekiq(R"({"pid":1,"tid":"a","lvl":"INFO","msg":"Booted: all well"})")->error_class, "");
}

TEST(Sidekiq, TextFormatter) {
  const auto e = parse_sidekiq(
      "2025-08-21T23:00:00.123Z pid=1 tid=abc class=SendReplyJob jid=b4a5 elapsed=1.234 INFO: done");
  ASSERT_TRUE(e);
  EXPECT_EQ(e->event, Event::kDone);
  EXPECT_EQ(e->job_class, "SendReplyJob");
  EXPECT_EQ(e->jid, "b4a5");
  EXPECT_EQ(e->elapsed_s, 1.234);
  const auto warn =
      parse_sidekiq("2025-08-21T23:00:00.123Z pid=1 tid=abc class=X jid=1 WARN: Net::ReadTimeout: x");
  EXPECT_EQ(warn->level, "WARN");
  EXPECT_EQ(warn->error_class, "Net::ReadTimeout");
}

TEST(Sidekiq, TextFormatterBeforeSidekiq6) {
  const auto e =
      parse_sidekiq("2025-08-21T23:00:00.123Z 1 TID-oxabc SendReplyJob JID-b4a5 INFO: fail: 2.5 sec");
  ASSERT_TRUE(e);
  EXPECT_EQ(e->event, Event::kFail);
  EXPECT_EQ(e->job_class, "SendReplyJob");
  EXPECT_EQ(e->jid, "b4a5");
  EXPECT_EQ(e->elapsed_s, 2.5);
}

TEST(Sidekiq, TextWithALevelInFront) {
  const auto e =
      parse_sidekiq("\x1b[1;32mINFO\x1b[0m  2025-08-21T23:00:00.123Z pid=1 tid=abc class=X jid=1: done");
  ASSERT_TRUE(e);
  EXPECT_EQ(e->event, Event::kDone);
}

TEST(Sidekiq, ActiveJobLines) {
  const auto start = parse_sidekiq(
      "I, [2025-08-21T23:00:05.500000 #1]  INFO -- : [ActiveJob] [SendReplyJob] [1f2e] Performing "
      "SendReplyJob (Job ID: "
      "1f2e) from Sidekiq(low) enqueued at 2025-08-21T23:00:00Z with arguments: 17");
  ASSERT_TRUE(start);
  EXPECT_EQ(start->event, Event::kStart);
  EXPECT_EQ(start->job_class, "SendReplyJob");
  EXPECT_EQ(start->queue, "low");
  EXPECT_EQ(start->jid, "1f2e");
  EXPECT_EQ(start->latency_s, 5.5);
  const auto done = parse_sidekiq(
      "I, [2025-08-21T23:00:05.500000 #1]  INFO -- : [ActiveJob] [X] [1f] Performed Channels::SendJob (Job "
      "ID: 1f) from "
      "Sidekiq(low) in 12.5ms");
  EXPECT_EQ(done->event, Event::kDone);
  EXPECT_EQ(done->elapsed_s, 0.0125);
  const auto fail = parse_sidekiq(
      "E, [2025-08-21T23:00:05.500000 #1] ERROR -- : [ActiveJob] [X] [1f] Error performing SendReplyJob (Job "
      "ID: 1f) from "
      "Sidekiq(low) in 30012.5ms: Net::ReadTimeout (Net::ReadTimeout):\napp/jobs/x.rb:1");
  EXPECT_EQ(fail->event, Event::kFail);
  EXPECT_EQ(fail->error_class, "Net::ReadTimeout");
  EXPECT_EQ(fail->elapsed_s, 30.0125);
  EXPECT_EQ(fail->level, "ERROR");
}

TEST(Sidekiq, ActiveJobThroughSidekiqsLogger) {
  const auto e = parse_sidekiq(
      R"({"ts":"2025-08-21T23:00:05Z","pid":1,"tid":"a","lvl":"INFO","msg":"Performing X (Job ID: 1f) from Sidekiq(low) enqueued at 2025-08-21T23:00:00Z"})");
  EXPECT_EQ(e->event, Event::kStart);
  EXPECT_EQ(e->latency_s, 5.0);
}

TEST(Sidekiq, OneAttemptToldThreeTimesIsOneAttempt) {
  using Teller = SidekiqEntry::Teller;
  const auto entry = [](std::string_view job, Teller teller) {
    SidekiqEntry e;
    e.job_class = job;
    e.event = Event::kFail;
    e.teller = teller;
    return e;
  };
  JobTellings tellings;
  int news = 0;
  for (int attempt = 0; attempt < 3; ++attempt)
    for (const auto teller : {Teller::kActiveJob, Teller::kJobLogger, Teller::kErrorReport})
      news += tellings.is_new(entry("A", teller));
  EXPECT_EQ(news, 3);
  EXPECT_TRUE(tellings.is_new(entry("B", Teller::kErrorReport)));
  EXPECT_TRUE(tellings.is_new(entry("B", Teller::kErrorReport)));
  EXPECT_FALSE(tellings.is_new(SidekiqEntry{}));
}

TEST(Sidekiq, TheReportIsAnotherTellerThanTheFailLine) {
  const auto line = parse_sidekiq(R"({"pid":1,"lvl":"INFO","msg":"fail","ctx":{"class":"X","jid":"1"}})");
  EXPECT_EQ(line->teller, SidekiqEntry::Teller::kJobLogger);
  const auto report =
      parse_sidekiq(R"({"pid":1,"lvl":"WARN","msg":"{\"context\":\"Job raised exception\",\"job\":{}}"})");
  EXPECT_EQ(report->teller, SidekiqEntry::Teller::kErrorReport);
}

TEST(Sidekiq, RefusesOtherTexts) {
  for (const std::string_view text :
       {"", "{}", "{\"msg\":\"x\"}", "plain", "I, [2025-08-21T23:00:05.5 #1]  INFO -- : Performing well",
        "2025-08-21 23:00:00 INFO x", "{\"lvl\":", "{\"lvl\":\"INFO\",\"pid\":1"})
    EXPECT_FALSE(parse_sidekiq(text) && parse_sidekiq(text)->event != Event::kOther) << text;
}

}  // namespace
}  // namespace culprit
