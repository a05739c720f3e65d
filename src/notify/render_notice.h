// A notice in the words of a channel. Pure but for the secrets, which are looked up.
//
// Slack-compatible: https://api.slack.com/messaging/webhooks
// PagerDuty Events v2: https://developer.pagerduty.com/docs/events-api-v2-overview
// Signed webhook: https://www.standardwebhooks.com (webhook-id, webhook-timestamp, webhook-signature)
// Mail: RFC 5322, RFC 2047
#pragma once

#include <string>

#include "notify/delivery.h"
#include "notify/notice.h"
#include "notify/secret.h"
#include "system/system.h"

namespace culprit {

struct RenderContext {
  std::string key;  // by which the receiver knows a message that comes again
  Time now;         // of sending, for the signature's timestamp
  Getenv getenv = getenv_of_process;
};

// kCredentials: a secret is not there. kUsage: an address that would send it in the clear.
Result<Delivery> render_notice(const Notice& notice, const Channel& channel, const RenderContext& context);

// PagerDuty's dedup_key of an incident.
std::string dedup_key(std::string_view incident);
// "<hash@domain>" of a message key.
std::string message_id(std::string_view key, std::string_view from);
// "v1,<base64>" of "id.timestamp.body"; a secret that begins with whsec_ is base64.
std::string webhook_signature(std::string_view secret, std::string_view id, std::int64_t timestamp_s,
                              std::string_view body);

}  // namespace culprit
