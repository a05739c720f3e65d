#include "notify/recipients.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "notify/send_delivery.h"

namespace culprit {
namespace {

using std::chrono::minutes;
using testing::ElementsAre;

System shop() {
  System s;
  s.name = "shop";
  s.channels.resize(3);
  s.channels[0].id = "pager";
  s.channels[1].id = "chat";
  s.channels[2].id = "mail";
  s.contacts = {{"Database", "", "x", {"P0", "P1"}, {"mail", "chat"}, minutes(15)},
                {"On-call", "", "x", {"P0", "P1", "P2"}, {"pager", "chat"}, minutes(0)}};
  s.stakeholders = {{"Support", "#support", {"P0"}, {"mail"}}};
  return s;
}

TEST(Recipients, ComeInTheOrderOfTheirTurnAndEachChannelOnce) {
  EXPECT_THAT(recipients(shop(), "P1"), ElementsAre(Recipient{"On-call", "pager", minutes(0), true},
                                                    Recipient{"On-call", "chat", minutes(0), true},
                                                    Recipient{"Database", "mail", minutes(15), true}));
  EXPECT_THAT(recipients(shop(), "P2"), ElementsAre(Recipient{"On-call", "pager", minutes(0), true},
                                                    Recipient{"On-call", "chat", minutes(0), true}));
  EXPECT_TRUE(recipients(shop(), "P3").empty());
}

TEST(Recipients, AStakeholderWhoSharesAChannelIsToldAtOnce) {
  const auto p0 = recipients(shop(), "P0");
  ASSERT_EQ(p0.size(), 3u);
  EXPECT_EQ(p0.back(), (Recipient{"Support", "mail", minutes(0), false}));
}

TEST(Recipients, ASystemWithoutThemSaysWhatToWrite) {
  EXPECT_TRUE(check_recipients(shop()));
  System none;
  none.name = "none";
  const auto done = check_recipients(none);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().hint, testing::HasSubstr("notify"));
}

TEST(JudgeStatus, TellsWhatMayWorkLaterFromWhatWillNot) {
  using Outcome = Delivered::Outcome;
  struct Case {
    int status;
    Outcome outcome;
  };
  for (const auto& [status, outcome] :
       {Case{200, Outcome::kDone}, Case{202, Outcome::kDone}, Case{301, Outcome::kRefused},
        Case{400, Outcome::kRefused}, Case{403, Outcome::kRefused}, Case{404, Outcome::kRefused},
        Case{410, Outcome::kRefused}, Case{408, Outcome::kLater}, Case{429, Outcome::kLater},
        Case{500, Outcome::kLater}, Case{503, Outcome::kLater}})
    EXPECT_EQ(judge_status(status, "x", "").outcome, outcome) << status;
  EXPECT_EQ(judge_status(429, "x", "30").wait, Duration(30'000));
  EXPECT_EQ(judge_status(503, "x", "Wed, 21 Oct 2015 07:28:00 GMT").wait, std::nullopt);
}

TEST(ShownAddress, HasNeitherPathNorLogin) {
  EXPECT_EQ(shown_address("https://user:pw@hooks.example.com:8443/T0/secret?x"),
            "https://hooks.example.com:8443");
  EXPECT_EQ(shown_address("nonsense-secret"), "the address");
}

TEST(SendDelivery, NobodyThereIsForLater) {
  Delivery d;
  d.url = "http://127.0.0.1:1/secret";
  const auto post = send_delivery(d);
  EXPECT_EQ(post.outcome, Delivered::Outcome::kLater);
  EXPECT_THAT(post.what, testing::Not(testing::HasSubstr("secret")));
  d.form = Delivery::Form::kMail;
  d.url = "smtp://127.0.0.1:1";
  d.from = "a@b";
  d.to = {"c@d"};
  EXPECT_EQ(send_delivery(d).outcome, Delivered::Outcome::kLater);
}

}  // namespace
}  // namespace culprit
