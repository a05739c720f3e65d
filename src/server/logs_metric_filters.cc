// PutMetricFilter, DescribeMetricFilters and DeleteMetricFilter.
#include <fmt/format.h>

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

bool has_metric(const boost::json::object& filter, const std::string& name_space, const std::string& metric) {
  const auto* all = filter.if_contains("metricTransformations");
  if (all == nullptr || !all->is_array()) return false;
  return std::ranges::any_of(all->get_array(), [&](const boost::json::value& one) {
    return one.is_object() && text_of(one.get_object(), "metricNamespace") == name_space &&
           text_of(one.get_object(), "metricName") == metric;
  });
}

std::vector<boost::json::object> filters_of(const Account& account) {
  if (account.is_live()) return account.live().metric_filters.descriptions();
  auto out = states_at(account, *account.evidence(), "logs:metric-filter");
  std::erase_if(out, [](const auto& each) { return each.contains("Deleted"); });
  return out;
}

}  // namespace

boost::json::object put_metric_filter(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const std::string name = need_filter_name(p), pattern = need_filter_pattern(p), group = need_group_name(p);
  const auto transformations = p.objects("metricTransformations");
  if (transformations.empty()) p.missing("metricTransformations");
  if (transformations.size() > 1)
    throw constraint_fault("InvalidParameterException",
                           fmt::format("[{} transformations]", transformations.size()),
                           "metricTransformations", "Member must have length less than or equal to 1");
  (void)account.live().logs.need_group(group);
  account.live().metric_filters.put({{"filterName", name},
                                     {"filterPattern", pattern},
                                     {"metricTransformations", {transformations.front().object()}},
                                     {"creationTime", to_epoch_ms(account.now())},
                                     {"logGroupName", group},
                                     {"applyOnTransformedLogs", p.flag("applyOnTransformedLogs")}},
                                    account.now());
  return {};
}

boost::json::object delete_metric_filter(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const std::string group = need_group_name(p);
  (void)account.live().logs.need_group(group);
  account.live().metric_filters.remove(group, need_filter_name(p), account.now());
  return {};
}

boost::json::object describe_metric_filters(Account& account, const ApiRequest& request) {
  const auto& p = request.parameters;
  const std::string group = p.text_or("logGroupName", ""), prefix = short_text(p, "filterNamePrefix", 512);
  const std::string metric = p.text_or("metricName", ""), name_space = p.text_or("metricNamespace", "");
  if (metric.empty() != name_space.empty())
    p.refuse("metricName and metricNamespace have to be given together.");
  if (!group.empty()) (void)need_group(account, *account.evidence(), group);
  auto all = filters_of(account);
  std::erase_if(all, [&](const auto& filter) {
    return (!group.empty() && text_of(filter, "logGroupName") != group) ||
           !text_of(filter, "filterName").starts_with(prefix) ||
           (!metric.empty() && !has_metric(filter, name_space, metric));
  });
  return answer_page(p, std::move(all), {"metricFilters", "nextToken", "limit"},
                     question_digest({"metric filters", group, prefix, metric, name_space}));
}

}  // namespace culprit::server
