#include "server/subscription_filter.h"

#include <fmt/format.h>

#include "store/valid_utf8.h"

namespace culprit::server {

SubscriptionFilter SubscriptionFilter::read(boost::json::object description) {
  auto pattern = FilterPattern::parse(text_of(description, "filterPattern"));
  if (!pattern) {
    const Error& error = pattern.error();
    throw ApiFault{"InvalidParameterException",
                   error.hint.empty() ? error.what : error.what + " " + error.hint};
  }
  SubscriptionFilter out{
      {}, std::move(*pattern), text_of(description, "filterName"), text_of(description, "destinationArn")};
  out.description = std::move(description);
  return out;
}

void publish(const std::vector<std::shared_ptr<const SubscriptionFilter>>& filters,
             const WrittenEvents& written, Webhooks& webhooks) {
  for (const auto& filter : filters) {
    const auto url = webhooks.url_of(filter->destination);
    if (!url) continue;
    boost::json::array events;
    for (std::size_t i = 0; i < written.events.size(); ++i) {
      const auto& [time, message] = written.events[i];
      if (!filter->pattern.matches(message)) continue;
      events.push_back(boost::json::object{{"id", fmt::format("{:056}", written.first_number + i)},
                                           {"timestamp", to_epoch_ms(time)},
                                           {"message", valid_utf8(message)}});
    }
    if (events.empty()) continue;
    const boost::json::object body{{"messageType", "DATA_MESSAGE"},
                                   {"owner", written.owner},
                                   {"logGroup", written.group},
                                   {"logStream", written.stream},
                                   {"subscriptionFilters", {filter->name}},
                                   {"logEvents", std::move(events)}};
    webhooks.post(*url,
                  {{"Content-Type", "application/json"}, {"x-amz-destination-arn", filter->destination}},
                  boost::json::serialize(body));
  }
}

}  // namespace culprit::server
