#include "notify/render_notice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace culprit {
namespace {

using testing::HasSubstr;
using testing::Not;

Notice notice(Notice::Kind kind = Notice::Kind::kOpened) {
  return {kind, "2025-08-21T2303Z-shop", "shop",          "requests fail & <wait>",
          "P1", "since 23:03",           {"ECS-HighCPU"}, from_epoch_ms(1'755'817'391'000)};
}

RenderContext context(std::string value = "https://hooks.example.com/T0/secret") {
  return {"2025/opened/chat", from_epoch_ms(1'755'817'400'000),
          [value](const std::string&) { return std::optional(value); }};
}

Channel channel(Channel::Kind kind) {
  Channel c;
  c.id = "c";
  c.kind = kind;
  c.key = "env:KEY";
  c.url = "env:URL";
  return c;
}

std::string header(const Delivery& d, std::string_view name) {
  for (const auto& [n, v] : d.headers)
    if (n == name) return v;
  return "";
}

TEST(RenderNotice, SlackGetsItsEscapesAndTheKey) {
  const auto d = render_notice(notice(), channel(Channel::Kind::kSlack), context());
  ASSERT_TRUE(d) << d.error().message();
  EXPECT_EQ(d->url, "https://hooks.example.com/T0/secret");
  EXPECT_EQ(header(*d, "Idempotency-Key"), "2025/opened/chat");
  const auto text = std::string(boost::json::parse(d->body).at("text").as_string());
  EXPECT_THAT(text, HasSubstr("[P1] shop: requests fail &amp; &lt;wait&gt;"));
  EXPECT_THAT(text, HasSubstr("alarm ECS-HighCPU"));
}

TEST(RenderNotice, PagerDutyJoinsTheMessagesOfAnIncident) {
  auto c = channel(Channel::Kind::kPagerDuty);
  c.url.clear();
  const auto opened = render_notice(notice(), c, context("R0UTINGKEY"));
  ASSERT_TRUE(opened) << opened.error().message();
  EXPECT_EQ(opened->url, "https://events.pagerduty.com/v2/enqueue");
  const auto body = boost::json::parse(opened->body).as_object();
  EXPECT_EQ(body.at("event_action"), "trigger");
  EXPECT_EQ(body.at("routing_key"), "R0UTINGKEY");
  EXPECT_EQ(body.at("payload").at("severity"), "error");
  const auto resolved = render_notice(notice(Notice::Kind::kResolved), c, context("R0UTINGKEY"));
  const auto end = boost::json::parse(resolved->body).as_object();
  EXPECT_EQ(end.at("event_action"), "resolve");
  EXPECT_EQ(end.at("dedup_key"), body.at("dedup_key"));
  EXPECT_FALSE(end.contains("payload"));
}

// The example of the Standard Webhooks specification's reference libraries.
TEST(RenderNotice, WebhookSignatureIsThatOfTheSpecification) {
  EXPECT_EQ(webhook_signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek",
                              1614265330, R"({"test": 2432232314})"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(RenderNotice, WebhookIsSignedWithTheTimeOfSending) {
  const auto d = render_notice(notice(), channel(Channel::Kind::kWebhook), context("http://10.0.0.1/hook"));
  ASSERT_TRUE(d) << d.error().message();
  EXPECT_EQ(header(*d, "webhook-id"), "2025/opened/chat");
  EXPECT_EQ(header(*d, "webhook-timestamp"), "1755817400");
  EXPECT_EQ(header(*d, "webhook-signature"),
            webhook_signature("http://10.0.0.1/hook", "2025/opened/chat", 1755817400, d->body));
}

TEST(RenderNotice, MailCannotBeGivenHeadersByATitle) {
  auto c = channel(Channel::Kind::kSmtp);
  c.url = "smtp://127.0.0.1:25";
  c.from = "culprit@example.com";
  c.to = {"ops@example.com", "db@example.com"};
  auto n = notice();
  n.title = "a\r\nBcc: everyone@example.com";
  const auto d = render_notice(n, c, context());
  ASSERT_TRUE(d) << d.error().message();
  const auto head = d->body.substr(0, d->body.find("\r\n\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("\nBcc")));
  EXPECT_THAT(head, HasSubstr("Date: Thu, 21 Aug 2025 23:03:11 +0000\r\n"));
  EXPECT_THAT(head, HasSubstr("To: ops@example.com, db@example.com\r\n"));
  EXPECT_THAT(head, HasSubstr("Message-ID: " + message_id("2025/opened/chat", "culprit@example.com")));
  n.title = "größer als sonst, und zwar so viel größer, dass eine Zeile dafür nicht ausreicht";
  const auto other = render_notice(n, c, context());
  EXPECT_THAT(other->body, HasSubstr("Subject: =?UTF-8?B?"));
  EXPECT_THAT(other->body, HasSubstr("?=\r\n =?UTF-8?B?"));
}

TEST(RenderNotice, ASecretThatIsNotThereIsNamedByItsReference) {
  auto without = context();
  without.getenv = [](const std::string&) { return std::nullopt; };
  const auto d = render_notice(notice(), channel(Channel::Kind::kSlack), without);
  ASSERT_FALSE(d);
  EXPECT_EQ(d.error().code, ErrorCode::kCredentials);
  EXPECT_THAT(d.error().what, HasSubstr("URL is not set"));
}

TEST(RenderNotice, AnAddressThatIsNoneOrInTheClearIsRefusedWithoutShowingIt) {
  for (const std::string url : {"T0/B0/secret", "http://hooks.example.com/T0/secret", "ftp://x/secret"}) {
    const auto d = render_notice(notice(), channel(Channel::Kind::kSlack), context(url));
    ASSERT_FALSE(d) << url;
    EXPECT_THAT(d.error().message(), Not(HasSubstr("secret"))) << url;
  }
  EXPECT_TRUE(render_notice(notice(), channel(Channel::Kind::kSlack), context("http://127.0.0.1:9/x")));
  EXPECT_FALSE(
      render_notice(notice(), channel(Channel::Kind::kSlack), context("http://127.0.0.1.evil.com/x")));
  EXPECT_FALSE(
      render_notice(notice(), channel(Channel::Kind::kSlack), context("http://localhost@evil.com/x")));
}

TEST(RenderNotice, KeysOfDifferentMessagesDiffer) {
  EXPECT_NE(message_id("a", "x@y"), message_id("b", "x@y"));
  EXPECT_EQ(message_id("a", "x@y.z").substr(33), "@y.z>");
  EXPECT_EQ(message_id("a", "nobody").substr(33), "@culprit.invalid>");
}

}  // namespace
}  // namespace culprit
