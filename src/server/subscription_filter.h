// Subscription filters: log events that are written and match go to a webhook, as CloudWatch Logs gives them
// to a function or a stream.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "logs/filter_pattern.h"
#include "server/live_group_filters.h"
#include "server/webhooks.h"

namespace culprit::server {

struct SubscriptionFilter {
  static constexpr FilterKind kKind{"logs:subscription-filter", "subscription filter", 2};

  boost::json::object description;  // of DescribeSubscriptionFilters
  FilterPattern pattern;
  std::string name, destination;

  static SubscriptionFilter read(boost::json::object description);
};

struct WrittenEvents {
  std::string owner;  // id of the account
  std::string group, stream;
  EventNumber first_number = 0;
  std::span<const std::pair<Time, std::string>> events;
};

// {"messageType": "DATA_MESSAGE", "owner", "logGroup", "logStream", "subscriptionFilters", "logEvents":
// [{"id", "timestamp", "message"}]}, one message a filter; none when nothing matches or the destination has
// no webhook.
void publish(const std::vector<std::shared_ptr<const SubscriptionFilter>>& filters,
             const WrittenEvents& written, Webhooks& webhooks);

}  // namespace culprit::server
