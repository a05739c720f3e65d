#include "notify/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <mutex>

#include "base/file.h"
#include "notify/retry.h"

namespace culprit {
namespace {

using testing::ElementsAre;
using Outcome = Delivered::Outcome;
namespace fs = std::filesystem;

const Time kStart = from_epoch_ms(1'755'817'391'000);

OutboxEntry entry(std::string key, std::string channel = "chat", std::string incident = "i1") {
  OutboxEntry e;
  e.key = std::move(key);
  e.channel = std::move(channel);
  e.who = "On-call";
  e.notice = {Notice::Kind::kOpened, std::move(incident), "shop", "slow", "P1", "text", {"a"}, kStart};
  e.created = kStart;
  return e;
}

class OutboxTest : public testing::Test {
 protected:
  OutboxTest() : folder_(*TemporaryDirectory::create()), outbox_(folder_.path() / "outbox") {}

  // Answers of the receiver, by key; default: done. What arrived stands in `arrived_`.
  Outbox::Report deliver(bool all_now = false) {
    auto report = outbox_.deliver([this] { return now_; },
                                  [this](const OutboxEntry& e) -> Delivered {
                                    const std::lock_guard lock(mutex_);
                                    const auto answer = answers_.contains(e.key)
                                                            ? answers_[e.key]
                                                            : Delivered{Outcome::kDone, "", "", {}};
                                    if (answer.outcome == Outcome::kDone) arrived_.push_back(e.key);
                                    return answer;
                                  },
                                  all_now);
    EXPECT_TRUE(report) << report.error().message();
    return report.value_or(Outbox::Report{});
  }
  bool put(OutboxEntry e) {
    const auto done = outbox_.put(std::move(e));
    EXPECT_TRUE(done) << done.error().message();
    return done.value_or(false);
  }

  TemporaryDirectory folder_;
  Outbox outbox_;
  Time now_ = kStart;
  std::mutex mutex_;
  std::map<std::string, Delivered> answers_;
  std::vector<std::string> arrived_;
};

TEST_F(OutboxTest, AKeyIsTakenOnceAlsoAfterItWasSent) {
  EXPECT_TRUE(put(entry("k")));
  EXPECT_FALSE(put(entry("k")));
  EXPECT_EQ(deliver().sent, 1);
  EXPECT_FALSE(put(entry("k")));
  EXPECT_EQ(deliver().sent, 0);
  EXPECT_THAT(arrived_, ElementsAre("k"));
}

TEST_F(OutboxTest, MessagesOfAnIncidentKeepTheirOrder) {
  answers_["opened"] = {Outcome::kLater, "down", "", {}};
  put(entry("opened"));
  put(entry("resolved"));
  put(entry("other", "chat", "i2"));
  put(entry("opened-by-mail", "mail"));
  deliver();
  EXPECT_THAT(arrived_, testing::UnorderedElementsAre("other", "opened-by-mail"));
  answers_.clear();
  EXPECT_EQ(deliver().sent, 0) << "before it is due";
  now_ += std::chrono::seconds(5);
  EXPECT_EQ(deliver().sent, 2);
  EXPECT_THAT(arrived_, ElementsAre(testing::_, testing::_, "opened", "resolved"));
}

TEST_F(OutboxTest, WhatCannotBeDeliveredForADayIsGivenUpAndStays) {
  answers_["k"] = {Outcome::kLater, "down", "", {}};
  put(entry("k"));
  now_ = kStart + std::chrono::hours(25);
  const auto report = deliver();
  EXPECT_EQ(report.given_up, 1);
  ASSERT_EQ(report.problems.size(), 1u);
  EXPECT_EQ(report.problems[0].problem, "down");
  EXPECT_EQ(outbox_.list(Outbox::Box::kGivenUp)->size(), 1u);
  EXPECT_FALSE(put(entry("k")));
}

TEST_F(OutboxTest, ARefusedMessageIsTriedSomeTimesThenLetsOthersPass) {
  answers_["bad"] = {Outcome::kRefused, "no such webhook", "", {}};
  put(entry("bad"));
  put(entry("good"));
  for (int i = 0; i < kRefusalsMax; ++i) deliver(true);
  EXPECT_THAT(arrived_, ElementsAre("good"));
  EXPECT_EQ(outbox_.list(Outbox::Box::kGivenUp)->size(), 1u);
}

TEST_F(OutboxTest, AClockThatWentBackMakesNothingWait) {
  answers_["k"] = {Outcome::kLater, "down", "", {}};
  put(entry("k"));
  deliver();
  answers_.clear();
  now_ -= std::chrono::hours(24);
  EXPECT_EQ(deliver().sent, 1);
}

TEST_F(OutboxTest, ADamagedFileIsMovedAwayAndTheOthersGo) {
  put(entry("k"));
  std::ofstream(folder_.path() / "outbox/pending/x.json") << "{\"format\":1";
  const auto report = deliver();
  EXPECT_EQ(report.sent, 1);
  EXPECT_EQ(report.damaged.size(), 1u);
  EXPECT_FALSE(fs::exists(folder_.path() / "outbox/pending/x.json"));
}

TEST_F(OutboxTest, AnotherOutboxOnTheSameFolderSeesWhatIsThere) {
  put(entry("k"));
  Outbox again(folder_.path() / "outbox");
  const auto list = again.list(Outbox::Box::kPending);
  ASSERT_TRUE(list);
  ASSERT_EQ(list->size(), 1u);
  auto wanted = entry("k");
  wanted.number = list->front().number;
  EXPECT_EQ(list->front(), wanted);
}

TEST(OutboxEntry, WhatIsWrittenReadsBack) {
  OutboxEntry e = entry("k");
  e.number = 7;
  e.attempts = 3;
  e.last = kStart;
  e.next = kStart + Duration(1);
  e.problem = "down";
  const auto again = read_entry(entry_text(e));
  ASSERT_TRUE(again) << again.error().message();
  EXPECT_EQ(*again, e);
}

TEST(OutboxEntry, WhatIsNoneIsRefused) {
  for (const std::string_view text :
       {"", "[]", "{}", R"({"format":2})", R"({"format":1,"notice":{}})", "\xff\xfe"})
    EXPECT_FALSE(read_entry(text)) << text;
}

TEST(RetryWait, GrowsFromSecondsToTenMinutesAndHeedsTheReceiver) {
  Duration before{0};
  for (int attempts = 1; attempts <= 6; ++attempts) {
    const auto wait = retry_wait(attempts, "k", {});
    EXPECT_GT(wait, before);
    before = wait;
  }
  EXPECT_LE(retry_wait(1, "k", {}), Duration(5'000));
  EXPECT_LE(retry_wait(1'000, "k", {}), Duration(600'000));
  EXPECT_GE(retry_wait(1'000, "k", {}), Duration(450'000));
  EXPECT_EQ(retry_wait(1, "k", Duration(90'000)), Duration(90'000));
}

}  // namespace
}  // namespace culprit
