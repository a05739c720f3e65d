#include "server/metric_filter.h"

#include <set>

#include "logs/filter_value.h"
#include "server/parameters.h"

namespace culprit::server {

namespace {

constexpr std::size_t kDimensionsMax = 3;
constexpr std::size_t kDimensionBytesMax = 1024;

ApiFault refused(std::string message) { return {"InvalidParameterException", std::move(message)}; }

// The number that an event which matches adds.
std::optional<double> amount_of(const MetricFilter& filter, std::string_view message) {
  if (!filter.value.starts_with('$'))
    return filter.pattern.matches(message) ? filter_number(filter.value) : std::nullopt;
  const auto text = filter.pattern.value(message, filter.value);
  return text ? filter_number(*text) : std::nullopt;
}

// nullopt when the event lacks one of them.
std::optional<std::vector<Dimension>> dimensions_of(const MetricFilter& filter, std::string_view message) {
  std::vector<Dimension> out;
  for (const auto& [name, selector] : filter.dimensions) {
    const auto value = filter.pattern.value(message, selector);
    if (!value || value->empty()) return std::nullopt;
    out.push_back({name, value->substr(0, kDimensionBytesMax)});
  }
  return out;
}

using Amounts = std::vector<std::pair<double, double>>;

PutValues put_of(const MetricFilter& filter, Time minute, std::vector<Dimension> dimensions,
                 Amounts amounts) {
  return {{filter.name_space, filter.metric, std::move(dimensions)},
          filter.unit,
          minute,
          std::chrono::seconds{60},
          std::move(amounts),
          {}};
}

void add_worth(const MetricFilter& filter, std::span<const std::pair<Time, std::string>> events,
               std::vector<PutValues>& out) {
  // Of one minute and one set of dimensions together.
  std::map<std::pair<Time, std::vector<Dimension>>, Amounts> sums;
  std::set<Time> minutes, matched;
  for (const auto& [time, message] : events) {
    const Time minute = floor_minute(time);
    minutes.insert(minute);
    const auto amount = amount_of(filter, message);
    auto dimensions = amount ? dimensions_of(filter, message) : std::nullopt;
    if (!dimensions) continue;
    matched.insert(minute);
    sums[{minute, std::move(*dimensions)}].emplace_back(*amount, 1.0);
  }
  for (auto& [key, amounts] : sums) out.push_back(put_of(filter, key.first, key.second, std::move(amounts)));
  if (filter.default_value)
    for (const Time minute : minutes)
      if (!matched.contains(minute))
        out.push_back(put_of(filter, minute, {}, {{*filter.default_value, 1.0}}));
}

}  // namespace

MetricFilter MetricFilter::read(boost::json::object description) {
  auto parsed = FilterPattern::parse(text_of(description, "filterPattern"));
  if (!parsed) {
    const Error& error = parsed.error();
    throw refused(error.hint.empty() ? error.what : error.what + " " + error.hint);
  }
  const auto* list = description.if_contains("metricTransformations");
  const auto* all = list == nullptr ? nullptr : list->if_array();
  if (all == nullptr || all->size() != 1 || !(*all)[0].is_object())
    throw refused("metricTransformations has to hold one transformation.");
  const Parameters p((*all)[0].get_object(), "InvalidParameterException");
  MetricFilter out{{},
                   std::move(*parsed),
                   p.need_text("metricNamespace"),
                   p.need_text("metricName"),
                   p.text_or("unit", "None"),
                   p.need_text("metricValue"),
                   p.real("defaultValue"),
                   {}};
  if (!out.value.starts_with('$') && !filter_number(out.value))
    throw refused("metricValue has to be a number or begin with $.");
  if (out.name_space.starts_with("AWS/")) throw refused("metricNamespace must not begin with AWS/.");
  if (const auto dimensions = p.object_at("dimensions"))
    for (const auto& [name, selector] : dimensions->object()) {
      if (!selector.is_string()) throw refused("a dimension's value has to be a field of the pattern.");
      out.dimensions[std::string(name)] = selector.get_string();
    }
  if (out.dimensions.size() > kDimensionsMax) throw refused("A metric filter may have at most 3 dimensions.");
  if (!out.dimensions.empty() && out.default_value)
    throw refused(
        "Invalid metric transformation: dimensions and default value are mutually exclusive properties.");
  if (!out.dimensions.empty() && out.pattern.kind() == FilterPattern::Kind::kTerms)
    throw refused("Dimensions need a JSON or space-delimited filter pattern.");
  // A double, as the service answers it.
  if (out.default_value)
    description["metricTransformations"].as_array()[0].as_object()["defaultValue"] = *out.default_value;
  out.description = std::move(description);
  return out;
}

std::vector<PutValues> worth_of(const std::vector<std::shared_ptr<const MetricFilter>>& filters,
                                std::span<const std::pair<Time, std::string>> events) {
  std::vector<PutValues> out;
  for (const auto& filter : filters) add_worth(*filter, events, out);
  return out;
}

}  // namespace culprit::server
