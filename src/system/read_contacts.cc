#include "system/read_contacts.h"

#include <fmt/format.h>

namespace culprit {

namespace {

using Kind = Channel::Kind;

const std::vector<std::string_view> kSeverities = {"P0", "P1", "P2", "P3"};

bool is_reference(std::string_view text) {
  return (text.starts_with("env:") && text.size() > 4) || (text.starts_with("file:") && text.size() > 5);
}

template <class T>
Field<T> channels(std::string_view key, std::vector<std::string> T::*member) {
  return {key, [=](Reading& reading, const YamlNode& node, T& value) {
            for_each_item(reading, node, key, [&](const YamlNode& item) {
              auto id = read_id(reading, item, key);
              if (!id) return;
              reading.refer(NameKind::kChannel, item, *id);
              (value.*member).push_back(std::move(*id));
            });
          }};
}

const Fields<Channel>& channel_fields() {
  static const Fields<Channel> fields{
      "channel",
      {id("id", &Channel::id, NameKind::kChannel).required(),
       choice("kind", &Channel::kind,
              {{"slack", Kind::kSlack},
               {"pagerduty", Kind::kPagerDuty},
               {"webhook", Kind::kWebhook},
               {"smtp", Kind::kSmtp}})
           .required(),
       text("url", &Channel::url), text("key", &Channel::key), text("from", &Channel::from),
       texts("to", &Channel::to), text("user", &Channel::user), text("password", &Channel::password),
       text("ca", &Channel::ca)}};
  return fields;
}

// Every capsule keeps the system file, so a secret must not stand in it. The text itself is not repeated.
void check_secret(Reading& reading, const YamlNode& channel, std::string_view key) {
  const YamlNode* node = channel.find(key);
  if (node == nullptr || is_reference(node->text)) return;
  reading.problem(*node, fmt::format("{} is a secret and does not belong into the system file", key),
                  "Write env:NAME (an environment variable) or file:/path (its first line).");
}

void check_url(Reading& reading, const YamlNode& channel, const std::vector<std::string_view>& schemes) {
  const YamlNode* node = channel.find("url");
  if (node == nullptr || is_reference(node->text)) return;
  for (const auto scheme : schemes)
    if (node->text.starts_with(scheme)) return;
  reading.problem(*node, fmt::format("url must begin with {}", fmt::join(schemes, " or ")),
                  "Or write env:NAME or file:/path, where it stands.");
}

void need(Reading& reading, const YamlNode& node, const Channel& channel, std::string_view key,
          std::string_view why) {
  if (node.find(key) == nullptr)
    reading.problem(node, fmt::format("the key '{}' is missing in channel '{}'", key, channel.id),
                    std::string(why));
}

void check_channel(Reading& reading, const YamlNode& node, const Channel& channel) {
  if (node.kind != YamlNode::Kind::kMap || node.find("kind") == nullptr) return;
  check_secret(reading, node, "key");
  check_secret(reading, node, "password");
  switch (channel.kind) {
    case Kind::kSlack:
      need(reading, node, channel, "url",
           "Whoever knows a Slack webhook's URL can post: name where it is kept.");
      check_secret(reading, node, "url");
      break;
    case Kind::kPagerDuty:
      need(reading, node, channel, "key", "It is the integration's routing key (Events API v2).");
      check_url(reading, node, {"https://", "http://"});
      break;
    case Kind::kWebhook:
      need(reading, node, channel, "url", "It is asked by POST.");
      need(reading, node, channel, "key", "It signs each message, so that the receiver knows whose it is.");
      check_url(reading, node, {"https://", "http://"});
      break;
    case Kind::kSmtp:
      need(reading, node, channel, "url", "smtps://host:465, or smtp://host:587 with STARTTLS.");
      need(reading, node, channel, "from", "The sender's address.");
      need(reading, node, channel, "to", "A list of addresses.");
      check_url(reading, node, {"smtps://", "smtp://"});
      break;
  }
}

}  // namespace

void read_channels(Reading& reading, const YamlNode& node, System& system) {
  for_each_item(reading, node, "channels", [&](const YamlNode& item) {
    Channel channel;
    read_map(reading, item, channel_fields(), channel);
    check_channel(reading, item, channel);
    system.channels.push_back(std::move(channel));
  });
}

const Fields<Contact>& contact_fields() {
  static const Fields<Contact> fields{
      "contact",
      {text("role", &Contact::role).required(), text("name", &Contact::name),
       text("reach", &Contact::reach).required(),
       words("severities", &Contact::severities, kSeverities).required(),
       channels("notify", &Contact::notify), duration<std::chrono::minutes>("after", &Contact::after)}};
  return fields;
}

const Fields<Stakeholder>& stakeholder_fields() {
  static const Fields<Stakeholder> fields{
      "stakeholder",
      {text("name", &Stakeholder::name).required(), text("reach", &Stakeholder::reach).required(),
       words("severities", &Stakeholder::severities, kSeverities).required(),
       channels("notify", &Stakeholder::notify)}};
  return fields;
}

}  // namespace culprit
