// PutSubscriptionFilter, DescribeSubscriptionFilters and DeleteSubscriptionFilter.
#include <algorithm>

#include "server/answer_page.h"
#include "server/live.h"
#include "server/log_groups.h"
#include "server/logs_names.h"
#include "server/logs_operations.h"
#include "server/page_token.h"
#include "server/states.h"

namespace culprit::server {

namespace {

std::vector<boost::json::object> filters_of(const Account& account) {
  if (account.is_live()) return account.live().subscription_filters.descriptions();
  auto out = states_at(account, *account.evidence(), SubscriptionFilter::kKind.states);
  std::erase_if(out, [](const auto& each) { return each.contains("Deleted"); });
  return out;
}

}  // namespace

boost::json::object put_subscription_filter(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const std::string name = need_filter_name(p), pattern = need_filter_pattern(p), group = need_group_name(p);
  const std::string destination = p.need_text("destinationArn");
  if (!destination.starts_with("arn:")) p.refuse("destinationArn is not a valid ARN.");
  const std::string distribution = p.text_or("distribution", "ByLogStream");
  if (distribution != "ByLogStream" && distribution != "Random")
    throw constraint_fault("InvalidParameterException", distribution, "distribution",
                           "Member must satisfy enum value set: [Random, ByLogStream]");
  (void)account.live().logs.need_group(group);
  boost::json::object description{{"filterName", name},
                                  {"logGroupName", group},
                                  {"filterPattern", pattern},
                                  {"destinationArn", destination},
                                  {"distribution", distribution},
                                  {"applyOnTransformedLogs", p.flag("applyOnTransformedLogs")},
                                  {"creationTime", to_epoch_ms(account.now())}};
  if (const auto role = p.text("roleArn")) description["roleArn"] = *role;
  account.live().subscription_filters.put(std::move(description), account.now());
  return {};
}

boost::json::object delete_subscription_filter(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const std::string group = need_group_name(p);
  (void)account.live().logs.need_group(group);
  account.live().subscription_filters.remove(group, need_filter_name(p), account.now());
  return {};
}

boost::json::object describe_subscription_filters(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const std::string group = need_group_name(p), prefix = short_text(p, "filterNamePrefix", 512);
  (void)need_group(account, *account.evidence(), group);
  auto all = filters_of(account);
  std::erase_if(all, [&](const auto& filter) {
    return text_of(filter, "logGroupName") != group || !text_of(filter, "filterName").starts_with(prefix);
  });
  return answer_page(p, std::move(all), {"subscriptionFilters", "nextToken", "limit"},
                     question_digest({"subscription filters", group, prefix}));
}

}  // namespace culprit::server
